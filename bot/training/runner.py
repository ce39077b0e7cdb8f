"""Trains models while the bot answers: lock, child process, gate, publishing, report.

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
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import psutil
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from bot.errors import CancelRequested, InsufficientResources, LeaseLost, TrainingFailed
from bot.serving.active_model import ActiveModel, ServedVersion
from bot.store import Database, StoreUnavailable, corrections, runs, versions
from bot.store.archive import pack
from bot.store.runs import HEARTBEAT_SECONDS, Lease, Run, RunRequest, RunState
from bot.store.versions import Version
from bot.training.gate import Verdict, judge
from bot.training.process import Job, started, write_corrections
from bot.training.progress import ProgressSnapshot, RunProgress, pid_namespace
from bot.training.resources import shortage
from model.artifact import ModelFolder
from model.datasets import mnist
from model.errors import InklingError

log = logging.getLogger(__name__)

SHOW_SECONDS = 3.0
"""Between edits of the live message: Telegram allows about one a second in a chat, and twenty a
minute where several people read."""

PUBLISH_ATTEMPTS = 10
"""With the pause between them half a minute, which a database that restarts needs."""

PUBLISH_PAUSE_SECONDS = 3.0
"""Between two attempts to publish while the database is away."""


class Notifies(Protocol):
    """Tells admins what happens."""

    async def show(self, snapshot: ProgressSnapshot) -> None:
        """Bring the run's live message up to date."""

    async def report(self, run: Run) -> None:
        """Say how a run ended; raises if nobody could be told."""


class TrainingRunner:
    """Trains, one run at a time across all replicas.

    Args:
        scratch: a folder of this process, for what a run writes.
        notifier: tells admins.
        command: what to run for a job.
    """

    def __init__(
        self,
        database: Database,
        active_model: ActiveModel,
        scratch: Path,
        notifier: Notifies,
        command: Callable[[Job], list[str]] = Job.command,
    ) -> None:
        self._database = database
        self._active_model = active_model
        self._scratch = scratch
        self._notifier = notifier
        self._command = command
        self._holder = f"{pid_namespace()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._work: asyncio.Task[None] | None = None

    async def begin(self, wanted: RunRequest, *, go_on: bool) -> Run:
        """Start a run, unless it would not fit or another one runs.

        Args:
            go_on: from the active version's weights, instead of from scratch.

        Raises:
            InsufficientResources, AlreadyRunning, StoreUnavailable: nothing was started.
        """
        missing = shortage(wanted.recipe, self._scratch)
        if missing is not None:
            raise InsufficientResources(missing.text)
        run = await runs.begin(self._database, self._holder, wanted)
        log.info("Run %d: %s, for admin %d.", run.id, run.recipe, run.started_by)
        self._work = asyncio.create_task(self._carry_out(run, go_on), name=f"run {run.id}")
        return run

    async def show_in(self, run: Run, message: int) -> None:
        """Say which message shows the run's progress."""
        with suppress(LeaseLost):
            await runs.renew(self._database, Lease(run.id, self._holder), message=message)

    async def watch(self) -> None:
        """Report every run that nobody has reported, such as those of replicas that were killed."""
        await self._release_the_dead()
        while True:
            try:
                run = await runs.to_report(self._database, exclude_holder=self._holder)
                if run is not None:
                    await self._report(run)
            except StoreUnavailable as error:
                log.debug("No runs could be looked for (%s).", error)
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _release_the_dead(self) -> None:
        """At start: the run of a process that was killed here need not wait for its lease."""
        run = await runs.running(self._database)
        if run is None or run.holder == self._holder:
            return
        where, process, _ = run.holder.split(":")
        if where == pid_namespace() and (
            int(process) == os.getpid() or not psutil.pid_exists(int(process))
        ):
            await runs.give_up(self._database, Lease(run.id, run.holder))

    async def close(self) -> None:
        """Stop the child first, then mark and report the run."""
        if self._work is not None:
            self._work.cancel()
            with suppress(asyncio.CancelledError):
                await self._work

    async def _carry_out(self, run: Run, go_on: bool) -> None:
        lease = Lease(run.id, self._holder)
        folder = self._scratch / f"run-{run.id}"
        try:
            folder.mkdir(parents=True)
            await self._outcome(RunProgress(run), lease, folder, go_on)
        except LeaseLost as lost:
            # The replica that took the run for dead reports it.
            log.warning("Run %d: %s", run.id, lost)
        except asyncio.CancelledError:
            # The child has ended by now; there are a few seconds left to report that.
            stopped = "The bot was stopped meanwhile. /train again once it is back."
            await self._end(lease, RunState.INTERRUPTED, stopped)
            raise
        except CancelRequested as asked:
            await self._end(lease, RunState.CANCELLED, f"{asked.admin} stopped it.")
        except Exception as error:
            await self._end(lease, RunState.FAILED, _reason(error, run))
        else:
            await self._end(lease, None, "")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    async def _outcome(self, state: RunProgress, lease: Lease, folder: Path, go_on: bool) -> None:
        """Train and publish while the lease is renewed; raise what ended either of them."""
        training = asyncio.create_task(self._make(state, lease, folder, go_on))
        renewing = asyncio.create_task(self._renew_lease(state, lease))
        showing = asyncio.create_task(self._show(state))
        try:
            await asyncio.wait([training, renewing], return_when=asyncio.FIRST_COMPLETED)
            if not training.done():
                await renewing
            await training
        finally:
            for task in (training, renewing, showing):
                task.cancel()
            await asyncio.gather(training, renewing, showing, return_exceptions=True)

    async def _make(self, state: RunProgress, lease: Lease, folder: Path, go_on: bool) -> None:
        """Train, measure, judge and publish."""
        serving = self._active_model.serving
        accepted = await corrections.accepted(self._database)
        file = folder / "corrections.npz"
        state.corrections = write_corrections(accepted, file)
        job = Job(
            recipe=state.run.recipe,
            out=folder / "model",
            epochs=state.run.epochs or None,
            start=serving.folder.path if go_on else None,
            corrections=file if state.corrections else None,
        )
        async with started(self._command(job)) as child:
            state.child = child
            async for progress in child.progress():
                state.advance(progress)
        state.measuring = True
        log.info("Run %d is trained, and measured now.", lease.run)
        made = await asyncio.to_thread(ModelFolder.open, job.out)
        verdict = await asyncio.to_thread(_judge, serving, made, accepted)
        archive = await asyncio.to_thread(pack, made.path)
        version = Version(
            id=made.manifest.version,
            at=datetime.now(UTC),
            recipe=made.manifest.recipe,
            corrections=state.corrections,
            test_accuracy=made.manifest.test_accuracy,
            test_loss=made.manifest.test_loss,
            passed=verdict.passed,
            gate=str(verdict),
        )
        await self._publish(version, archive, state, lease, serving.activation.number)
        await self._active_model.refresh()

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

    async def _show(self, state: RunProgress) -> None:
        while True:
            await asyncio.sleep(SHOW_SECONDS)
            await self._notifier.show(state.snapshot())

    async def _end(self, lease: Lease, state: RunState | None, reason: str) -> None:
        """Release the lock, unless publishing has, and report.

        If the database is away, the lease lapses, and the next replica that looks does both.
        """
        with suppress(StoreUnavailable):
            if state is not None:
                await runs.end(self._database, lease, state, reason)
            await self._report(await runs.get(self._database, lease.run))

    async def _report(self, run: Run) -> None:
        try:
            await self._notifier.report(run)
        except Exception:
            # It stays unreported, and the next replica that looks tries again.
            log.exception("Nobody could be told how run %d ended.", run.id)
            return
        with suppress(StoreUnavailable):
            await runs.reported(self._database, run.id)


def _reason(error: Exception, run: Run) -> str:
    """Return what to tell the admin of a run that failed."""
    match error:
        case TrainingFailed():
            return str(error)
        case InklingError():
            return f"{error} Nothing has changed; /train again."
        case OSError():
            return f"The run could not write its files ({error}). Make room, then /train again."
        case _:
            log.error("Run %d failed for an unknown reason.", run.id, exc_info=error)
            return "Something went wrong on my side, and it is noted in the log."


def _judge(serving: ServedVersion, made: ModelFolder, accepted: corrections.Accepted) -> Verdict:
    return judge(serving.folder, made, mnist.test_set(), accepted)
