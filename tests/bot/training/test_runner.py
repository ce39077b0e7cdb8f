"""From /train to a version that serves, with a child that does not need TensorFlow."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text, update

from bot.errors import AlreadyRunning
from bot.serving.active_model import ActiveModel
from bot.store import Database, runs, versions
from bot.store.runs import Run, RunState
from bot.store.tables import RunRow
from bot.training.process import Job
from bot.training.progress import ProgressSnapshot
from bot.training.runner import TrainingRunner
from tests.bot.fakes import SEVEN, FakeReader
from tests.bot.models import variant
from tests.bot.store.samples import REQUEST

EPOCH = {"event": "epoch", "epoch": 1, "epochs": 2, "loss": 0.5, "accuracy": 0.9, "seconds": 3.0}

TRAINS = f"""
import json, shutil, sys, time
epoch = {EPOCH!r}
for number in (1, 2):
    print(json.dumps(epoch | {{"epoch": number}}), flush=True)
shutil.copytree(sys.argv[1], sys.argv[2])
print(json.dumps({{"event": "done"}}))
"""

HANGS = f"print({json.dumps(EPOCH)!r}, flush=True); import time; time.sleep(60)"


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that happens in another process, or is not worth an event."""
    async with asyncio.timeout(60):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


class Announced:
    """What admins would have seen."""

    def __init__(self) -> None:
        self.shown: list[ProgressSnapshot] = []
        self.reported: list[Run] = []
        self.away = False

    async def show(self, snapshot: ProgressSnapshot) -> None:
        self.shown.append(snapshot)

    async def report(self, run: Run) -> None:
        if self.away:
            raise ConnectionError("Telegram is away")
        self.reported.append(run)


class Place:
    """One replica."""

    def __init__(self, database: Database, scratch: Path, program: str, model: Path) -> None:
        self.notifier = Announced()
        self.reader = FakeReader(SEVEN)
        self.active_model = ActiveModel(database, self.reader, scratch / "versions", self._tell)

        def command(job: Job) -> list[str]:
            return [sys.executable, "-c", program, str(model), str(job.out)]

        scratch.mkdir(parents=True, exist_ok=True)
        self.runner = TrainingRunner(database, self.active_model, scratch, self.notifier, command)
        self.scratch = scratch

    async def _tell(self, say: Callable[[], str]) -> None:
        raise AssertionError(say())

    async def tidy(self) -> bool:
        """Whether nothing of a run is left lying about."""
        return not list(self.scratch.glob("run-*"))

    async def ended(self, run: Run) -> Run:
        """Wait until a run has ended and was reported here."""

        async def told() -> bool:
            return run.id in [told.id for told in self.notifier.reported]

        await until(told)
        return next(told for told in self.notifier.reported if told.id == run.id)


Places = Callable[[str, str], Place]


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Places:
    model = variant(tmp_path / "made")
    return lambda name, program: Place(database, tmp_path / name, program, model)


@asynccontextmanager
async def stopped(*places: Place) -> AsyncIterator[None]:
    try:
        yield
    finally:
        for each in places:
            await each.runner.close()


async def test_a_good_version_is_published_and_serves(database: Database, place: Places) -> None:
    here = place("here", TRAINS)
    run = await here.runner.begin(REQUEST, go_on=False)
    told = await here.ended(run)
    assert (told.state, told.version, told.epoch, told.epochs) == (RunState.DONE, "made", 2, 2)
    assert here.reader.version == "made"
    stored = await versions.get(database, "made")
    assert stored is not None and stored.passed
    assert "0 lost, 0 gained" in stored.gate
    await until(here.tidy)
    # And its report is not repeated by whoever looks next.
    assert await runs.to_report(database) is None


async def test_a_worse_version_is_kept_and_does_not_serve(
    database: Database, place: Places, tmp_path: Path
) -> None:
    worse = variant(tmp_path / "worse", damage=0.3)
    shutil.rmtree(tmp_path / "made")
    worse.rename(tmp_path / "made")
    here = place("here", TRAINS)
    told = await here.ended(await here.runner.begin(REQUEST, go_on=False))
    assert told.state is RunState.DONE
    assert (await versions.active(database)).version is None
    stored = await versions.get(database, "worse")
    assert stored is not None and not stored.passed
    assert "✗ MNIST test images" in stored.gate


async def test_one_run_in_all_replicas_and_any_of_them_stops_it(
    database: Database, place: Places
) -> None:
    here, there = place("here", HANGS), place("there", HANGS)
    async with stopped(here, there):
        run = await here.runner.begin(REQUEST, go_on=False)
        with pytest.raises(AlreadyRunning, match="Ada"):
            await there.runner.begin(REQUEST, go_on=False)
        assert await runs.request_cancel(database, "Bob") is not None
        told = await here.ended(run)
        assert (told.state, told.reason) == (RunState.CANCELLED, "Bob stopped it.")
        await there.runner.begin(REQUEST, go_on=False)


async def test_a_child_that_dies_is_a_failed_run(database: Database, place: Places) -> None:
    here = place("here", "raise OSError(28, 'No space left on device')")
    told = await here.ended(await here.runner.begin(REQUEST, go_on=False))
    assert told.state is RunState.FAILED
    assert "disk is full" in told.reason
    assert await runs.running(database) is None


async def test_a_bot_that_is_stopped_stops_its_run_and_says_so(
    database: Database, place: Places
) -> None:
    here = place("here", HANGS)
    run = await here.runner.begin(REQUEST, go_on=False)
    await asyncio.sleep(0.2)
    await here.runner.close()
    (told,) = here.notifier.reported
    assert (told.id, told.state) == (run.id, RunState.INTERRUPTED)
    assert "The bot was stopped" in told.reason


async def test_a_run_that_was_taken_for_dead_publishes_nothing(
    database: Database, place: Places
) -> None:
    here = place("here", HANGS)
    async with stopped(here):
        run = await here.runner.begin(REQUEST, go_on=False)
        async with database.writing() as connection:
            await connection.execute(
                update(RunRow).values(state=RunState.INTERRUPTED, reason="taken for dead")
            )

        await until(here.tidy)
        assert (await runs.get(database, run.id)).state is RunState.INTERRUPTED
        assert here.notifier.reported == [], "whoever took it for dead reports it"


async def test_a_report_that_nobody_heard_is_made_again(database: Database, place: Places) -> None:
    here, there = place("here", "raise SystemExit('no')"), place("there", HANGS)
    here.notifier.away = True
    run = await here.runner.begin(REQUEST, go_on=False)

    async def ended() -> bool:
        return (await runs.get(database, run.id)).state is not RunState.RUNNING

    await until(ended)
    await asyncio.sleep(0.2)
    assert here.notifier.reported == []
    async with database.writing() as connection:
        await connection.execute(text("UPDATE runs SET report_at = 0"))
    watch = asyncio.create_task(there.runner.watch())
    assert (await there.ended(run)).state is RunState.FAILED
    watch.cancel()


async def test_a_run_of_a_process_that_was_killed_here_is_released_at_once(
    database: Database, place: Places
) -> None:
    here, there = place("here", HANGS), place("there", HANGS)
    async with stopped(here):
        run = await here.runner.begin(REQUEST, go_on=False)
        async with database.writing() as connection:
            # As if its holder had been another process of this machine, which is gone.
            where, _, token = run.holder.split(":")
            await connection.execute(update(RunRow).values(holder=f"{where}:999999999:{token}"))
        watch = asyncio.create_task(there.runner.watch())
        assert (await there.ended(run)).state is RunState.INTERRUPTED
        watch.cancel()
