"""One `python -m model train … --json` as a child process, and what its end means.

Its standard output is its progress. Whatever happens to it (a crash, a kill, no memory, no disk)
happens to it alone.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import NamedTuple

import psutil

from bot.serving.child_process import environment
from bot.training.endings import explain, explain_stall
from bot.training.resources import CGROUP_FOLDER, out_of_memory_kills

log = logging.getLogger(__name__)

STOP_SECONDS = 5.0
"""Between asking a child to stop and ending it. A PaaS gives the whole bot 30 s."""

REMEMBERED_LINES = 30
"""Of what a child says on standard error: the end of a traceback."""

STALL_SECONDS = 300.0
"""How long a child may neither write nor compute before it counts as hanging. The longest silence
of a healthy one is a download that waits for a slow server."""

STALL_LOOKS = 10
"""How often within that time is looked whether the child has computed."""

IDLE_CPU_SHARE = 0.01
"""Processor time that a hanging child may take, as a share of that time: its idle threads wake now
and then."""

LONGEST_LINE = 1 << 20
"""Bytes. A progress line has a few hundred."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One epoch, as `train --json` prints it."""

    epoch: int
    epochs: int
    loss: float
    accuracy: float
    seconds: float


@dataclass(frozen=True, slots=True)
class PhaseProgress:
    """How far the process is with what it does now, as `train --json --phases` prints it.

    Attributes:
        phase: "data", "handwriting", "tensorflow", "teacher", "learning" or "measuring".
        done, of: steps; `of` is 0 where nobody knows how many there are.
    """

    phase: str
    done: int
    of: int


class SignsOfLife(NamedTuple):
    """What a child has done so far.

    Attributes:
        lines: written to its standard error.
        cpu_seconds: processor time, of its own children too.
    """

    lines: int
    cpu_seconds: float


class Child:
    """A training run in a process of its own; from `started`."""

    def __init__(self, process: asyncio.subprocess.Process, stall_seconds: float) -> None:
        self._process = process
        self._stall_seconds = stall_seconds
        self._lines = 0
        self._warned = False
        self._said: deque[str] = deque(maxlen=REMEMBERED_LINES)
        self._kills = out_of_memory_kills(CGROUP_FOLDER)
        self._listening = asyncio.create_task(self._listen(), name="training's standard error")

    async def progress(self) -> AsyncIterator[Progress | PhaseProgress]:
        """Yield each epoch and each step of a phase, to the end.

        Raises:
            TrainingFailed: no model was made, or the child hangs.
        """
        done = False
        while line := await self._next_line():
            match self._parse(line):
                case Progress() | PhaseProgress() as said:
                    yield said
                case True:
                    done = True
        status = await self._process.wait()
        await self._listening
        if status != 0 or not done:
            killed = out_of_memory_kills(CGROUP_FOLDER) > self._kills
            raise explain(status, list(self._said), out_of_memory=killed)

    async def _next_line(self) -> bytes:
        """Wait for a line of standard output; empty at its end.

        Raises:
            TrainingFailed: nothing is written and nothing computed for `self._stall_seconds`.
        """
        assert self._process.stdout is not None
        since, before = time.monotonic(), self._signs_of_life()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._stall_seconds / STALL_LOOKS):
                    return await self._process.stdout.readline()
            now = self._signs_of_life()
            computed = now.cpu_seconds - before.cpu_seconds
            if now.lines > before.lines or computed > IDLE_CPU_SHARE * self._stall_seconds:
                since, before = time.monotonic(), now
            elif time.monotonic() - since >= self._stall_seconds:
                raise explain_stall(list(self._said))

    def _signs_of_life(self) -> SignsOfLife:
        return SignsOfLife(self._lines, cpu_seconds(self._process.pid))

    def _parse(self, line: bytes) -> Progress | PhaseProgress | bool:
        """Return how far it is, True for the line that ends a run, or False for anything else."""
        try:
            said = json.loads(line)
            if said["event"] == "epoch":
                return Progress(**{name: said[name] for name in Progress.__dataclass_fields__})
            if said["event"] == "phase":
                return PhaseProgress(said["phase"], said["done"], said["of"])
            return bool(said["event"] == "done")
        except (ValueError, KeyError, TypeError):
            if not self._warned:
                log.warning(
                    'Expected a line of progress such as {"event": "epoch", "epoch": 1, …} from '
                    "the training process. Received %r; further ones are not reported.",
                    line[:200],
                )
            self._warned = True
            return False

    async def stop(self) -> None:
        """End the child and whatever it has started; returns when it is gone."""
        if self._process.returncode is None:
            self._signal(signal.SIGTERM)
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await self._process.wait()
        # The group may outlive its leader: synthetic digits are made in processes of their own.
        self._signal(signal.SIGKILL)
        await self._process.wait()
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    async def _listen(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            text = line.decode(errors="replace").rstrip()
            self._said.append(text)
            self._lines += 1
            log.info("Training says: %s", text)


@asynccontextmanager
async def started(
    command: Sequence[str], *, stall_seconds: float = STALL_SECONDS
) -> AsyncIterator[Child]:
    """Run a command as a training child, and leave nothing of it behind.

    Args:
        command: what to run.
        stall_seconds: how long the child may neither write nor compute.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.training.launcher", str(os.getpid()), *command),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(),
        start_new_session=True,
        limit=LONGEST_LINE,
    )
    child = Child(process, stall_seconds)
    try:
        yield child
    finally:
        await child.stop()


def cpu_seconds(process: int) -> float:
    """Return the processor time that a process and its children have taken so far."""
    total = 0.0
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(process)
        for each in (parent, *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                times = each.cpu_times()
                total += times.user + times.system
    return total
