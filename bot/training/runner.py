"""Claims the runs that fit here, one at a time, and has them carried out.

The bot has one, so that a machine that is large enough answers and trains. `python -m bot trainer`
is one by itself. Both claim from the database what an admin has requested.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from bot.errors import TrainingFailed
from bot.store import Database, StoreUnavailable, runs
from bot.store.runs import HEARTBEAT_SECONDS, NO_HOLDER, Lease, Run, RunRequest
from bot.training.execution import Execution
from bot.training.jobs import Job, preparation
from bot.training.process import started
from bot.training.progress import pid_namespace
from bot.training.resources import Shortage, shortage

log = logging.getLogger(__name__)

PREPARED_RECIPE = "fine-tune"
"""What /train runs by default: what it learns from is made before anybody asks for it."""

PREPARE_SECONDS = 600.0
"""How long after its start a bot waits with that: people who try it out come first."""


class TrainingRunner:
    """Carries out one run at a time.

    Args:
        database: where runs are requested, and versions published.
        scratch: a folder of this process, for what a run writes.
        command: what to run for a job.
        prepare: what to run once, in the background, before there is a job.
        prepare_after: seconds from the start until then.

    Attributes:
        holder: the name under which it claims runs.
    """

    def __init__(
        self,
        database: Database,
        scratch: Path,
        command: Callable[[Job], list[str]] = Job.command,
        *,
        prepare: Sequence[str] = tuple(preparation(PREPARED_RECIPE)),
        prepare_after: float = PREPARE_SECONDS,
    ) -> None:
        self._prepare = prepare
        self._prepare_after = prepare_after
        self.holder = f"{pid_namespace()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._database = database
        self._scratch = scratch
        self._command = command
        self._requested = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._closed = False
        self._declined: int | None = None

    async def begin(self, wanted: RunRequest) -> Run:
        """Request a run, unless another one runs. Whichever process can train carries it out.

        Raises:
            AlreadyRunning, StoreUnavailable: nothing was requested.
        """
        run = await runs.request(self._database, wanted)
        log.info("Run %d: %s is requested by admin %s.", run.id, run.recipe, run.started_by)
        self._requested.set()
        return run

    def shortage(self, recipe: str) -> Shortage | None:
        """Return what this process lacks to train a recipe now, or None."""
        return shortage(recipe, self._scratch)

    async def run(self) -> None:
        """Carry out every run that is requested and fits here, until cancelled or closed."""
        await self._release_the_dead()
        preparing = asyncio.create_task(self._make_ready(), name="preparing")
        try:
            await self._carry_out_all(preparing)
        finally:
            preparing.cancel()
            await asyncio.gather(preparing, return_exceptions=True)

    async def _make_ready(self) -> None:
        """Have made what the usual run learns from, so that it begins to learn within seconds."""
        await asyncio.sleep(self._prepare_after)
        if self.shortage(PREPARED_RECIPE) is not None:
            return
        try:
            async with started(self._prepare) as child:
                async for _ in child.progress():
                    pass
        except TrainingFailed as error:
            log.warning("What %s learns from is not ready. %s", PREPARED_RECIPE, error)
        else:
            log.info("What %s learns from is ready.", PREPARED_RECIPE)

    async def _carry_out_all(self, preparing: asyncio.Task[None]) -> None:
        while not self._closed:
            self._requested.clear()
            run = await self._claim()
            if run is not None:
                # The run makes what is missing by itself, and shows how far it is.
                preparing.cancel()
                await asyncio.gather(preparing, return_exceptions=True)
                execution = Execution(self._database, self._scratch, self._command, run)
                self._work = asyncio.create_task(execution.run(), name=f"run {run.id}")
                try:
                    await asyncio.shield(self._work)
                except asyncio.CancelledError:
                    await self.close()
                    raise
            with suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await self._requested.wait()

    async def close(self) -> None:
        """Stop the child first, then mark the run; no other run is claimed."""
        self._closed = True
        if self._work is not None:
            self._work.cancel()
            with suppress(asyncio.CancelledError):
                await self._work

    async def _claim(self) -> Run | None:
        """Take the run that waits, if there is one and it fits here."""
        try:
            run = await runs.waiting(self._database)
            if run is None or self._closed:
                return None
            missing = self.shortage(run.recipe)
            if missing is None:
                log.info("Run %d: training %s.", run.id, run.recipe)
                return await runs.claim(self._database, Lease(run.id, self.holder))
            if self._declined != run.id:
                log.info("Run %d waits for another process. %s", run.id, missing.text)
            self._declined = run.id
        except StoreUnavailable as error:
            log.debug("No runs could be looked for (%s).", error)
        return None

    async def _release_the_dead(self) -> None:
        """At start: the run of a process that was killed here need not wait for its lease."""
        run = await runs.running(self._database)
        if run is None or run.holder in (self.holder, NO_HOLDER):
            return
        where, process, _ = run.holder.split(":")
        if where == pid_namespace() and (
            int(process) == os.getpid() or not psutil.pid_exists(int(process))
        ):
            await runs.give_up(self._database, Lease(run.id, run.holder))
