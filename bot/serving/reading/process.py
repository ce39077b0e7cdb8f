"""One life of the reading process, seen from the bot: work goes in, and a limit may end it."""

from __future__ import annotations

import asyncio
import itertools
import math
import os
import pickle
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from bot.errors import ReadingTooCostly
from bot.messages.language import current_language
from bot.serving.child_process import MALLOC_ARENAS, environment
from bot.serving.reading.messages import LENGTH, Begun, Reply, Request, Task, packed

WATCH_SECONDS = 0.1
"""How often a photo's cost is looked at. Most photos are done before the first time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one photo may cost.

    Attributes:
        cpu_seconds: processor time of the reading process while the photo is in it. Two photos
            are worked on at a time, and one that takes long lets others go first for 2 s at most,
            so it has at least 8 s for itself. Ordinary photos take 0.05 s, the largest that are
            let in take 4 s.
        wall_seconds: for a photo that does not finish although it takes no processor time, or
            on a machine that is very busy.
        memory_bytes: resident memory of the whole process. It holds 100 to 140 MB when idle;
            decoding takes at most 256 MB for one photo and 130 MB for another beside it.
    """

    cpu_seconds: float = 20.0
    wall_seconds: float = 120.0
    memory_bytes: int = 600_000_000


UNLIMITED = Limits(cpu_seconds=math.inf, memory_bytes=sys.maxsize)
"""For work that is not about a stranger's file."""


class ProcessEnded(Exception):
    """The reading process ended before a request was done.

    Attributes:
        suspect: whether this request may be the reason; false if another one is known to be.
    """

    def __init__(self, *, suspect: bool) -> None:
        super().__init__()
        self.suspect = suspect


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose reply is not here yet.

    Attributes:
        reply: what it came to.
        begun: ends when it is worked on, from when its limits count.
    """

    reply: asyncio.Future[object]
    begun: asyncio.Future[object]


class ReadingProcess:
    """A running reading process; from `start`."""

    def __init__(self, process: asyncio.subprocess.Process, limits: Limits) -> None:
        self._process = process
        self._measured = psutil.Process(process.pid)
        self._limits = limits
        self._numbers = itertools.count()
        self._calls: dict[int, Call] = {}
        self._culprit_known = False
        self._listening = asyncio.create_task(self._listen(), name="reading process's replies")

    @classmethod
    async def start(cls, limits: Limits) -> ReadingProcess:
        """Start a process. The first request waits until its libraries are loaded."""
        process = await asyncio.create_subprocess_exec(
            # The warnings of libraries about strangers' files are for nobody.
            *(sys.executable, "-W", "ignore", "-m", "bot.serving.reading.worker", str(os.getpid())),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={"MALLOC_ARENA_MAX": MALLOC_ARENAS} | environment(),
        )
        return cls(process, limits)

    @property
    def ended(self) -> bool:
        """Whether nothing can be asked of this process any more."""
        return self._listening.done()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def call(self, task: Task, model: Path, photo: bytes = b"") -> object:
        """Have some work done.

        Raises:
            ReadingTooCostly: this request broke a limit, and the process was ended.
            ProcessEnded: the process ended for another or an unknown reason.
            InklingError: as the work raises it.
            ReadingFailed: an error in the work that nobody foresaw.
        """
        if self.ended:
            raise ProcessEnded(suspect=False)
        request = Request(next(self._numbers), task, model, photo, current_language())
        loop = asyncio.get_running_loop()
        call = self._calls[request.number] = Call(loop.create_future(), loop.create_future())
        try:
            await self._send(request)
            await self._watch(call, self._limits if photo else UNLIMITED)
            value = call.reply.result()
        finally:
            del self._calls[request.number]
        if isinstance(value, BaseException):
            raise value
        return value

    async def close(self) -> None:
        """End the process, whatever it is at."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        await self._listening

    async def _send(self, request: Request) -> None:
        assert self._process.stdin is not None
        # If the process has ended, `_listen` says so to whoever waits.
        with suppress(BrokenPipeError, ConnectionResetError):
            self._process.stdin.write(packed(request))
            await self._process.stdin.drain()

    async def _watch(self, call: Call, limits: Limits) -> None:
        """Wait for a reply, and end the process if a limit is broken meanwhile."""
        reply = call.reply
        await asyncio.wait([reply, call.begun], return_when=asyncio.FIRST_COMPLETED)
        began, cpu_before = time.monotonic(), self._cpu_seconds()
        while not (await asyncio.wait([reply], timeout=WATCH_SECONDS))[0]:
            too_long = self._cpu_seconds() - cpu_before > limits.cpu_seconds
            too_long |= time.monotonic() - began > limits.wall_seconds
            too_large = self._memory_bytes() > limits.memory_bytes
            if too_long or (too_large and self._working == 1):
                self._culprit_known = True
                reply.cancel()
                await self.close()
                raise ReadingTooCostly
            if too_large:
                # Nobody knows which of them it is.
                await self.close()

    def _take(self, reply: Reply) -> None:
        """Hand out what the process has said."""
        call = self._calls.get(reply.number)
        if call is None:
            return
        if reply.value is Begun.BEGUN:
            call.begun.set_result(None)
        elif not call.reply.done():
            call.reply.set_result(reply.value)

    async def _listen(self) -> None:
        """Hand out replies until the process ends, then tell everybody who waits."""
        assert self._process.stdout is not None
        with suppress(asyncio.IncompleteReadError, ConnectionResetError):
            while True:
                (length,) = LENGTH.unpack(await self._process.stdout.readexactly(LENGTH.size))
                content = await self._process.stdout.readexactly(length)
                reply: Reply = pickle.loads(content)  # noqa: S301 - our own process's
                self._take(reply)
        for call in self._calls.values():
            if not call.reply.done():
                suspect = call.begun.done() and not self._culprit_known
                call.reply.set_exception(ProcessEnded(suspect=suspect))

    @property
    def _working(self) -> int:
        """How many requests are worked on."""
        return sum(call.begun.done() for call in self._calls.values())

    def _cpu_seconds(self) -> float:
        try:
            times = self._measured.cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)

    def _memory_bytes(self) -> int:
        try:
            return int(self._measured.memory_info().rss)
        except psutil.Error:
            return 0
