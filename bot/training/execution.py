"""Carries out one run: child process, gate, publishing.

Every step may be the last: a run is a row in the database, whose lease lapses if this process
does; what the child writes is a folder that is whole or absent; a version is stored, activated
and its run ended in one transaction. So whatever is killed when, what serves goes on serving.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_fixed

from bot.errors import CancelRequested, Ending, LeaseLost, TrainingFailed
from bot.serving.child_process import call_in_child
from bot.store import Database, StoreUnavailable, corrections, runs, versions
from bot.store.archive import pack, unpack
from bot.store.runs import HEARTBEAT_SECONDS, Lease, Run, RunState
from bot.store.versions import Activation, Version
from bot.training.gate import Verdict, judge
from bot.training.jobs import Job, write_corrections
from bot.training.process import PhaseProgress, started
from bot.training.progress import RunProgress
from model.artifact import DEFAULT_MODEL, ModelFolder
from model.datasets import mnist
from model.errors import InklingError
from model.recipes import RECIPES

log = logging.getLogger(__name__)

PUBLISH_ATTEMPTS = 10
"""With the pause between them half a minute, which a database that restarts needs."""

PUBLISH_PAUSE_SECONDS = 3.0
"""Between two attempts to publish while the database is away."""


class Execution:
    """A run that this process has claimed.

    Args:
        database: where the run is, and versions are published.
        scratch: a folder of this process; the run has one of its own in it, while it lasts.
        command: what to run for a job.
        run: the run.
    """

    def __init__(
        self, database: Database, scratch: Path, command: Callable[[Job], list[str]], run: Run
    ) -> None:
        self._database = database
        self._folder = scratch / f"run-{run.id}"
        self._command = command
        self._lease = Lease(run.id, run.holder)
        self._progress = RunProgress(run)

    async def run(self) -> None:
        """Train, and end the run in the database however it goes."""
        try:
            self._folder.mkdir(parents=True)
            await self._outcome()
        except LeaseLost as lost:
            # Whoever took the run for dead has marked it.
            log.warning("Run %d: %s", self._lease.run, lost)
        except asyncio.CancelledError:
            # The child has ended by now; there are a few seconds left to write that down.
            await self._end(RunState.INTERRUPTED, Ending.BOT_STOPPED)
            raise
        except CancelRequested:
            await self._end(RunState.CANCELLED, Ending.CANCELLED)
        except Exception as error:
            await self._end(RunState.FAILED, *_ending(error, self._progress.run))
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _outcome(self) -> None:
        """Train and publish while the lease is renewed; raise what ended either of them."""
        training = asyncio.create_task(self._make())
        renewing = asyncio.create_task(self._renew_lease())
        try:
            await asyncio.wait([training, renewing], return_when=asyncio.FIRST_COMPLETED)
            if not training.done():
                await renewing
            await training
        finally:
            for task in (training, renewing):
                task.cancel()
            await asyncio.gather(training, renewing, return_exceptions=True)

    async def _make(self) -> None:
        """Train, measure, judge and publish."""
        activation = await versions.active(self._database)
        active = await self._fetch(activation, self._folder / "active")
        accepted = await corrections.accepted(self._database)
        file = self._folder / "corrections.npz"
        self._progress.corrections = write_corrections(accepted, file)
        job = Job(
            recipe=self._progress.run.recipe,
            out=self._folder / "model",
            epochs=self._progress.run.epochs or None,
            start=active.path if RECIPES[self._progress.run.recipe].needs_base else None,
            corrections=file if self._progress.corrections else None,
        )
        async with started(self._command(job)) as child:
            async for said in child.progress():
                self._progress.advance(said)
        self._progress.advance(PhaseProgress("measuring", 0, 0))
        log.info("Run %d is trained, and measured now.", self._lease.run)
        made = await asyncio.to_thread(ModelFolder.open, job.out)
        verdict = await call_in_child(_judge, active, made, accepted)
        archive = await asyncio.to_thread(pack, made.path)
        version = Version(
            id=made.manifest.version,
            at=datetime.now(UTC),
            recipe=made.manifest.recipe,
            corrections=self._progress.corrections,
            test_accuracy=made.manifest.test_accuracy,
            test_loss=made.manifest.test_loss,
            passed=verdict.passed,
            gate=verdict.to_json(),
        )
        await self._publish(version, archive, activation.number)

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

    async def _publish(self, version: Version, archive: bytes, compared_with: int) -> None:
        self._progress.publishing = True
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(StoreUnavailable),
            stop=stop_after_attempt(PUBLISH_ATTEMPTS),
            wait=wait_fixed(PUBLISH_PAUSE_SECONDS),
            reraise=True,
        ):
            with attempt:
                await runs.renew(self._database, self._lease, **self._progress.figures())
                active = await versions.publish(
                    self._database, version, archive, self._lease, compared_with
                )
                log.info("Version %s is stored, active: %s.", version.id, active)

    async def _renew_lease(self) -> None:
        """Renew the lease, write how far the run is, and look whether an admin cancelled it."""
        while True:
            try:
                self._progress.run = await runs.renew(
                    self._database, self._lease, **self._progress.figures()
                )
            except StoreUnavailable as error:
                log.warning("Run %d goes on without its database: %s", self._lease.run, error)
            except LeaseLost:
                if self._progress.publishing:
                    return  # published, most likely: that ends the run, and decides by itself
                raise
            if self._progress.run.cancelled_by is not None:
                raise CancelRequested(self._progress.run.cancelled_by)
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _end(self, state: RunState, ending: Ending, detail: str = "") -> None:
        """Release the lock. If the database is away, the lease lapses, and others do it."""
        with suppress(StoreUnavailable):
            await runs.end(self._database, self._lease, state, ending, detail)


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
