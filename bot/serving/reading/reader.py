"""From a photo's bytes to what the bot answers, in a process that a photo cannot harm for long."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import cast

from bot.errors import ReadingTooCostly
from bot.serving.reading.messages import (
    PHOTOS_AT_ONCE,
    Explanation,
    ReadingFailed,
    ReadingResult,
    RecordedReading,
    Task,
)
from bot.serving.reading.process import Limits, ProcessEnded, ReadingProcess
from model.artifact import DEFAULT_MODEL
from model.errors import ModelError

log = logging.getLogger(__name__)

REMEMBERED_FILES = 1000
"""Files that broke a limit and are not tried again, by their hash of 32 bytes."""


class Reader:
    """Reads photos in a process of its own, and starts that process again when it ended.

    Use it as an asynchronous context manager: the process runs for as long as the context.

    Args:
        limits: what one photo may cost.

    Attributes:
        version: of the model that reads photos from now on.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.version = ""
        self._limits = limits or Limits()
        self._model = DEFAULT_MODEL
        self._process: ReadingProcess | None = None
        self._loaded = False
        self._starting = asyncio.Lock()
        self._places = asyncio.Semaphore(PHOTOS_AT_ONCE)
        self._taking_all_places = asyncio.Lock()
        self._costly: OrderedDict[bytes, None] = OrderedDict()

    async def __aenter__(self) -> Reader:
        """Start the process. It loads its libraries while the bot does other things."""
        self._process = await ReadingProcess.start(self._limits)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        if self._process is not None:
            await self._process.close()

    @property
    def runs(self) -> bool:
        """Whether the reading process is there; if not, the next photo starts it."""
        return self._process is not None and not self._process.ended

    async def ready(self) -> None:
        """Wait until the model that ships with the program is loaded.

        Raises:
            ModelError: that model is damaged.
        """
        await self._running()

    async def load(self, model: Path) -> str:
        """Load a model folder in the reading process, and return its version.

        Photos are read by the version before until `use`.

        Raises:
            ModelError: it is damaged, or made for other preprocessing.
        """
        try:
            return cast(str, await self._call(Task.LOAD, model, b""))
        except ReadingTooCostly:
            raise ModelError(
                "Expected a model that loads within the limits of a photo. "
                f"Received {model.name}, which does not."
            ) from None

    def use(self, model: Path, version: str) -> None:
        """Read photos with a model folder that was loaded, from now on.

        A photo that came before is read by the version that was active then.
        """
        self._model, self.version = model, version

    async def read(self, photo: bytes, *, with_card: bool = True) -> ReadingResult:
        """Read one photo, and draw its card.

        Raises:
            PhotoError: if the bytes are not a photo that can be read.
        """
        task = Task.READ_WITH_CARD if with_card else Task.READ
        return cast(ReadingResult, await self._call(task, self._model, photo))

    async def record(self, drawing: bytes) -> RecordedReading:
        """Read a drawing, and record what the network makes of each digit.

        Raises:
            PhotoError: if the bytes are not a picture that can be read.
        """
        return cast(RecordedReading, await self._call(Task.RECORD, self._model, drawing))

    async def explain(self, photo: bytes) -> Explanation:
        """Read one photo, and say and show why it was read so.

        Raises:
            PhotoError: if the bytes are not a photo that can be read.
        """
        return cast(Explanation, await self._call(Task.EXPLAIN, self._model, photo))

    async def _call(self, task: Task, model: Path, photo: bytes) -> object:
        """Have some work done, again if another photo ended the process.

        If nobody knows which of two photos ended it, each is tried again alone.
        """
        name = hashlib.sha256(photo).digest()
        if name in self._costly:
            raise ReadingTooCostly
        alone = False
        while True:
            try:
                async with self._place(alone=alone):
                    return await (await self._running()).call(task, model, photo)
            except ReadingTooCostly:
                break
            except ProcessEnded as ended:
                if alone and ended.suspect:
                    break
                alone |= ended.suspect
        log.warning("A photo of %d bytes broke the limits of reading.", len(photo))
        if photo:
            self._costly[name] = None
        if len(self._costly) > REMEMBERED_FILES:
            self._costly.popitem(last=False)
        raise ReadingTooCostly

    @asynccontextmanager
    async def _place(self, *, alone: bool) -> AsyncIterator[None]:
        """Wait for a place in the process, or for all of them."""
        async with AsyncExitStack() as taken:
            if alone:
                await taken.enter_async_context(self._taking_all_places)
            for _ in range(PHOTOS_AT_ONCE if alone else 1):
                await taken.enter_async_context(self._places)
            yield

    async def _running(self) -> ReadingProcess:
        async with self._starting:
            assert self._process is not None, "the context was entered"
            if self._process.ended:
                log.warning("The reading process ended. Starting another one.")
                self._process, self._loaded = await ReadingProcess.start(self._limits), False
            if not self._loaded:
                try:
                    # Its libraries and the model are loaded before a photo's time counts.
                    self.version = cast(str, await self._process.call(Task.LOAD, self._model))
                except ProcessEnded:
                    raise ReadingFailed("The reading process ended while it started.") from None
                self._loaded = True
            return self._process
