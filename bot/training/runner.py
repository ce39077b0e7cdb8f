"""Trains models: claims a run, and sees it through child process, gate and publishing.

The bot has one, so that a machine that is large enough answers and trains. `python -m bot trainer`
is one by itself. Both claim from the database what an admin has requested.

Every step may be the last: a run is a row in the database, whose lease lapses if this process
does; what the child writes is a folder that is whole or absent; a version is stored, activated
and its run ended in one transaction. So whatever is killed when, what serves goes on serving.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from bot.errors import CancelRequested, Ending, LeaseLost, TrainingFailed
from bot.serving.child_process import call_in_child
from bot.store import Database, StoreUnavailable, corrections, runs, versions
from bot.store.archive import pack, unpack
from bot.store.runs import HEARTBEAT_SECONDS, NO_HOLDER, Lease, Run, RunRequest, RunState
from bot.store.versions import Activation, Version
from bot.training.gate import Verdict, judge
from bot.training.jobs import Job, preparation, write_corrections
from bot.training.process import PhaseProgress, started
from bot.training.progress import RunProgress, pid_namespace
from bot.training.resources import Shortage, shortage
from model.artifact import DEFAULT_MODEL, ModelFolder
from model.datasets import mnist
from model.errors import InklingError
from model.recipes import RECIPES

log = logging.getLogger(__name__)

PREPARED_RECIPE = "fine-tune"
"""What /train runs by default: what it learns from is made before anybody asks for it."""

PREPARE_SECONDS = 600.0
"""How long after its start a bot waits with that: people who try it out come first."""

PUBLISH_ATTEMPTS = 10
"""With the pause between them half a minute, which a database that restarts needs."""

PUBLISH_PAUSE_SECONDS = 3.0
"""Between two attempts to publish while the database is away."""


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
                self._work = asyncio.create_task(self._carry_out(run), name=f"run {run.id}")
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

    async def _carry_out(self, run: Run) -> None:
        lease = Lease(run.id, self.holder)
        folder = self._scratch / f"run-{run.id}"
        try:
            folder.mkdir(parents=True)
            await self._outcome(RunProgress(run), lease, folder)
        except LeaseLost as lost:
            # Whoever took the run for dead has marked it.
            log.warning("Run %d: %s", run.id, lost)
        except asyncio.CancelledError:
            # The child has ended by now; there are a few seconds left to write that down.
            await self._end(lease, RunState.INTERRUPTED, Ending.BOT_STOPPED)
            raise
        except CancelRequested:
            await self._end(lease, RunState.CANCELLED, Ending.CANCELLED)
        except Exception as error:
            await self._end(lease, RunState.FAILED, *_ending(error, run))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    async def _outcome(self, state: RunProgress, lease: Lease, folder: Path) -> None:
        """Train and publish while the lease is renewed; raise what ended either of them."""
        training = asyncio.create_task(self._make(state, lease, folder))
        renewing = asyncio.create_task(self._renew_lease(state, lease))
        try:
            await asyncio.wait([training, renewing], return_when=asyncio.FIRST_COMPLETED)
            if not training.done():
                await renewing
            await training
        finally:
            for task in (training, renewing):
                task.cancel()
            await asyncio.gather(training, renewing, return_exceptions=True)

    async def _make(self, state: RunProgress, lease: Lease, folder: Path) -> None:
        """Train, measure, judge and publish."""
        activation = await versions.active(self._database)
        active = await self._fetch(activation, folder / "active")
        accepted = await corrections.accepted(self._database)
        file = folder / "corrections.npz"
        state.corrections = write_corrections(accepted, file)
        job = Job(
            recipe=state.run.recipe,
            out=folder / "model",
            epochs=state.run.epochs or None,
            start=active.path if RECIPES[state.run.recipe].needs_base else None,
            corrections=file if state.corrections else None,
        )
        async with started(self._command(job)) as child:
            async for said in child.progress():
                state.advance(said)
        state.advance(PhaseProgress("measuring", 0, 0))
        log.info("Run %d is trained, and measured now.", lease.run)
        made = await asyncio.to_thread(ModelFolder.open, job.out)
        verdict = await call_in_child(_judge, active, made, accepted)
        archive = await asyncio.to_thread(pack, made.path)
        version = Version(
            id=made.manifest.version,
            at=datetime.now(UTC),
            recipe=made.manifest.recipe,
            corrections=state.corrections,
            test_accuracy=made.manifest.test_accuracy,
            test_loss=made.manifest.test_loss,
            passed=verdict.passed,
            gate=verdict.to_json(),
        )
        await self._publish(version, archive, state, lease, activation.number)

    async def _fetch(self, activation: Activation, path: Path) -> ModelFolder:
        """Fetch the version that serves, which may be the shipped one.

        Raises:
            ModelError: it is damaged.
        """
        if activation.version is None:
            return await asyncio.to_thread(ModelFolder.open, DEFAULT_MODEL)
        archive = await versions.archive_of(self._database, activation.version)
        return await asyncio.to_thread(
            lambda: ModelFolder.open(unpack(archive, path / str(activation.version)))
        )

    async def _publish(
        self, version: Version, archive: bytes, state: RunProgress, lease: Lease, compared_with: int
    ) -> None:
        state.publishing = True
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(StoreUnavailable),
            stop=stop_after_attempt(PUBLISH_ATTEMPTS),
            wait=wait_fixed(PUBLISH_PAUSE_SECONDS),
            reraise=True,
        ):
            with attempt:
                await runs.renew(self._database, lease, **state.figures())
                active = await versions.publish(
                    self._database, version, archive, lease, compared_with
                )
                log.info("Version %s is stored, active: %s.", version.id, active)

    async def _renew_lease(self, state: RunProgress, lease: Lease) -> None:
        """Renew the lease, write how far the run is, and look whether an admin cancelled it."""
        while True:
            try:
                state.run = await runs.renew(self._database, lease, **state.figures())
            except StoreUnavailable as error:
                log.warning("Run %d goes on without its database: %s", lease.run, error)
            except LeaseLost:
                if state.publishing:
                    return  # published, most likely: that ends the run, and decides by itself
                raise
            if state.run.cancelled_by is not None:
                raise CancelRequested(state.run.cancelled_by)
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _end(self, lease: Lease, state: RunState, ending: Ending, detail: str = "") -> None:
        """Release the lock. If the database is away, the lease lapses, and others do it."""
        with suppress(StoreUnavailable):
            await runs.end(self._database, lease, state, ending, detail)


def _ending(error: Exception, run: Run) -> tuple[Ending, str]:
    """Return why a run failed, and what only this run knows of it."""
    match error:
        case TrainingFailed():
            return error.ending, error.detail
        case InklingError():
            return Ending.REFUSED, str(error)
        case OSError():
            return Ending.NOT_WRITTEN, str(error)
        case _:
            log.error("Run %d failed for an unknown reason.", run.id, exc_info=error)
            return Ending.UNFORESEEN, ""


def _judge(active: ModelFolder, made: ModelFolder, accepted: corrections.Accepted) -> Verdict:
    """Judge a new version on all test images, which only the process that does this needs."""
    return judge(active, made, mnist.test_set(), accepted)
