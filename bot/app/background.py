"""Background tasks, from start to stop. No answer to a photo waits for any of them."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

from bot.errors import SettingsError
from bot.serving.active_model import ActiveModel
from bot.serving.answer_log import AnswerLog
from bot.serving.tasks import background
from bot.store import Database, StoreUnavailable, answers, migrate
from bot.training.reports import RunReports
from bot.training.runner import TrainingRunner

log = logging.getLogger(__name__)

SCRATCH_FOLDER = Path("data/scratch")
"""Beside the database, where there is room; what lies here is worth nothing after a restart."""

_SCRATCH_NAME = re.compile(r"(\d+)-.+")

AWAY_SECONDS = 5.0
"""How long a background task pauses before it starts again, after an error too."""

CLEANING_SECONDS = 3600.0
"""How often old glyphs are deleted; they are kept for a week, so an hour more or less is fine."""


@dataclass(frozen=True, slots=True)
class BackgroundTasks:
    """The tasks that work in the background, started and stopped together."""

    database: Database
    active_model: ActiveModel
    answer_log: AnswerLog
    runner: TrainingRunner
    reports: RunReports

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Bring the database up to date and load the active version; then work in the background.

        A database that is away is waited for in the background: photos are answered meanwhile.

        Raises:
            NewerSchema: this program is older than the database.
        """
        writing: Callable[[], Awaitable[None]] = self.answer_log.run
        try:
            await migrate(self.database)
            await self.active_model.refresh()
        except StoreUnavailable as error:
            log.warning("Answering photos without a memory for now. %s", error)
            writing = self._migrate_and_write
        async with AsyncExitStack() as opened:
            opened.push_async_callback(self.answer_log.close)
            for name, work in (
                ("answer_log", writing),
                ("active_model", self.active_model.run),
                ("training", self.runner.run),
                ("reports", self.reports.run),
                ("cleaning", self._clean),
            ):
                await opened.enter_async_context(background(_forever(work, name), name))
            opened.push_async_callback(self._stop_training)
            yield

    async def _migrate_and_write(self) -> None:
        await migrate(self.database)
        await self.answer_log.run()

    async def _stop_training(self) -> None:
        """End the run that this process carries out, and tell its admin while there is time."""
        await self.runner.close()
        await self.reports.tell()

    async def _clean(self) -> None:
        while True:
            await answers.drop_old_glyphs(self.database)
            await asyncio.sleep(CLEANING_SECONDS)


async def _forever(work: Callable[[], Awaitable[None]], name: str) -> None:
    """Run work for ever: start it again when it ends or fails."""
    while True:
        try:
            await work()
        except StoreUnavailable as error:
            log.debug("%s waits for the database (%s).", name, error)
        except Exception:
            log.exception("%s begins again after an error.", name)
        await asyncio.sleep(AWAY_SECONDS)


@contextmanager
def scratch_folder(under: Path = SCRATCH_FOLDER) -> Iterator[Path]:
    """Make a folder for this process, and delete it at the end.

    Clears what killed processes left. Where nothing can be written, as in a container with a
    read-only file system, the folder is made in the system's temporary folder.

    Raises:
        SettingsError: nothing can be written there either.
    """
    folder = _make_scratch_folder(under)
    try:
        yield folder.resolve()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_scratch_folder(under: Path) -> Path:
    prefix = f"{os.getpid()}-"
    try:
        under.mkdir(parents=True, exist_ok=True)
        _clear_scratch(under)
        return Path(tempfile.mkdtemp(prefix=prefix, dir=under))
    except OSError as error:
        log.info("%s cannot be written (%s).", under, error.strerror)
    try:
        return Path(tempfile.mkdtemp(prefix=f"inkling-{prefix}"))
    except OSError as error:
        raise SettingsError(
            f"Expected {under}, or the folder that TMPDIR names, to be a folder that can be "
            f"written. Received neither ({error.strerror})."
        ) from error


def _clear_scratch(under: Path) -> None:
    """Delete the folders of processes that no longer run; leave what is not ours."""
    for left in under.iterdir():
        owner = _SCRATCH_NAME.fullmatch(left.name)
        if owner is None:
            continue
        process = int(owner[1])
        # Our own number was that of an earlier process: in a container it is often 1 or 7.
        if process == os.getpid() or not psutil.pid_exists(process):
            shutil.rmtree(left, ignore_errors=True)


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM and Ctrl-C set; a second signal ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told(number: int, _: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        loop.call_soon_threadsafe(stop.set)

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    return stop


async def finished(work: Coroutine[Any, Any, None], *, before: asyncio.Event) -> bool:
    """Run a coroutine until it ends or the event is set, which cancels it.

    Returns:
        Whether the work came to its end. Its exceptions are raised.
    """
    task = asyncio.create_task(work)
    waiting = asyncio.create_task(before.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not task.done():
        task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return False
    return True
