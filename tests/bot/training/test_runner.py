"""From /train to a version that serves, with a child that does not need TensorFlow."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text, update

from bot.errors import AlreadyRunning, Ending
from bot.serving.active_model import ActiveModel
from bot.serving.tasks import background
from bot.store import Database, runs, versions
from bot.store.runs import Run, RunState
from bot.store.tables import RunRow
from bot.training.gate import Verdict
from bot.training.jobs import Job
from bot.training.reports import News, RunReports
from bot.training.resources import Shortage
from bot.training.runner import TrainingRunner
from model.datasets import mnist
from model.types import Examples
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

STEP = {"event": "phase", "phase": "learning", "done": 1, "of": 4}

HANGS = f"""
import time
print({json.dumps(STEP)!r}, flush=True)
print({json.dumps(EPOCH)!r}, flush=True)
time.sleep(60)
"""


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that happens in another process, or is not worth an event."""
    async with asyncio.timeout(60):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.1)


class Announced:
    """What admins would have seen."""

    platform = "telegram"

    def __init__(self) -> None:
        self.shown: list[Run] = []
        self.reported: list[Run] = []
        self.away = False

    async def show(self, run: Run) -> None:
        self.shown.append(run)

    async def report(self, run: Run) -> None:
        if self.away:
            raise ConnectionError("Telegram is away")
        self.reported.append(run)

    async def spread(self, run: Run) -> None:
        """Leave it unsaid: there is nobody else."""

    async def tell(self, say: Callable[[], str]) -> None:
        raise AssertionError(say())


class Place:
    """A bot that trains in its own process, or a trainer: then it tells nobody."""

    def __init__(self, database: Database, scratch: Path, program: str, model: Path) -> None:
        def command(job: Job) -> list[str]:
            return [sys.executable, "-c", program, str(model), str(job.out)]

        scratch.mkdir(parents=True, exist_ok=True)
        self.command = command
        self.scratch = scratch
        self.reader = FakeReader(SEVEN)
        self.notifier = Announced()
        news: News = deque()
        active_model = ActiveModel(database, self.reader, scratch / "versions", news.append)
        self.runner = TrainingRunner(database, scratch, command)
        self.reports = RunReports(
            database, (self.notifier,), self.runner.holder, active_model.refresh, news
        )

    async def tidy(self) -> bool:
        """Whether nothing of a run is left lying about."""
        return not list(self.scratch.glob("run-*"))

    async def ended(self, run: Run) -> Run:
        """Wait until a run has ended and was reported here."""

        async def told() -> bool:
            await self.reports.tell()
            return run.id in [told.id for told in self.notifier.reported]

        await until(told)
        return next(told for told in self.notifier.reported if told.id == run.id)


Places = Callable[[str, str], Place]


@pytest.fixture(autouse=True)
def judged_by_few_images(monkeypatch: pytest.MonkeyPatch, few_test_images: Examples) -> None:
    # In this process, since another one would not see them.
    monkeypatch.setattr("bot.training.execution.call_in_child", asyncio.to_thread)
    monkeypatch.setattr(mnist, "test_set", lambda: few_test_images)


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Places:
    model = variant(tmp_path / "made")
    return lambda name, program: Place(database, tmp_path / name, program, model)


@asynccontextmanager
async def training(*places: Place) -> AsyncIterator[None]:
    """Let these places carry out runs."""
    async with AsyncExitStack() as opened:
        for each in places:
            await opened.enter_async_context(background(each.runner.run(), "training"))
            opened.push_async_callback(each.runner.close)
        yield


async def started(database: Database, run: Run) -> None:
    """Wait until somebody carries out a run."""

    async def claimed() -> bool:
        return not (await runs.get(database, run.id)).waits

    await until(claimed)


async def test_a_good_version_is_published_and_serves(database: Database, place: Places) -> None:
    here = place("here", TRAINS)
    async with training(here):
        run = await here.runner.begin(REQUEST)
        told = await here.ended(run)
        assert (told.state, told.version, told.epoch, told.epochs) == (RunState.DONE, "made", 2, 2)
        assert here.reader.version == "made", "what the report says of it is true"
        stored = await versions.get(database, "made")
        assert stored is not None and stored.passed
        verdict = Verdict.from_json(stored.gate)
        assert verdict.passed and verdict.images.lost == verdict.images.gained == 0
        await until(here.tidy)
        # And its report is not repeated by the next bot that looks.
        assert await runs.to_tell(database, "telegram") is None


async def test_a_worse_version_is_kept_and_does_not_serve(
    database: Database, place: Places, tmp_path: Path
) -> None:
    worse = variant(tmp_path / "worse", damage=0.3)
    shutil.rmtree(tmp_path / "made")
    worse.rename(tmp_path / "made")
    here = place("here", TRAINS)
    async with training(here):
        told = await here.ended(await here.runner.begin(REQUEST))
    assert told.state is RunState.DONE
    assert (await versions.active(database)).version is None
    stored = await versions.get(database, "worse")
    assert stored is not None and not stored.passed
    assert not Verdict.from_json(stored.gate).images.no_worse


async def test_a_trainer_elsewhere_trains_what_a_bot_requests_and_the_bot_tells(
    database: Database, place: Places
) -> None:
    bot, trainer = place("bot", HANGS), place("trainer", TRAINS)
    run = await bot.runner.begin(REQUEST)
    assert run.waits, "the bot's own runner does not run in this test"
    async with training(trainer):
        told = await bot.ended(run)
    assert (told.state, told.version) == (RunState.DONE, "made")
    assert told.holder == trainer.runner.holder
    assert trainer.notifier.reported == [], "a trainer has no chat"


@pytest.mark.slow
async def test_of_two_trainers_one_carries_out_a_run(database: Database, place: Places) -> None:
    one, two = place("one", TRAINS), place("two", TRAINS)
    async with training(one, two):
        for name in ("first", "second"):
            told = await one.ended(await runs.request(database, REQUEST))
            assert told.state is RunState.DONE, name
            async with database.writing() as connection:
                await connection.execute(text("DELETE FROM activations"))
                await connection.execute(text("DELETE FROM versions"))


async def test_a_run_that_does_not_fit_here_waits_for_another_process(
    database: Database, place: Places, caplog: pytest.LogCaptureFixture
) -> None:
    small, large = place("small", TRAINS), place("large", TRAINS)
    small.runner.shortage = lambda recipe: Shortage("Far too little.")  # type: ignore[method-assign]
    with caplog.at_level(logging.INFO):
        async with training(small):
            run = await small.runner.begin(REQUEST)
            await asyncio.sleep(0.5)
            assert (await runs.get(database, run.id)).waits
            assert "waits for another process. Far too little." in caplog.text
            async with training(large):
                assert (await small.ended(run)).holder == large.runner.holder


async def test_how_far_it_is_reaches_the_chat(database: Database, place: Places) -> None:
    here = place("here", HANGS)
    async with training(here):
        await here.runner.begin(REQUEST)

        async def shown() -> bool:
            async with database.writing() as connection:
                await connection.execute(text("UPDATE runs SET report_at = 0"))
            await here.reports.tell()
            return any(run.epoch == 1 for run in here.notifier.shown)

        await until(shown)
    latest = here.notifier.shown[-1]
    assert (latest.phase, latest.phase_share, latest.loss) == ("learning", 0.25, 0.5)


async def test_one_run_at_a_time_and_any_bot_stops_it(database: Database, place: Places) -> None:
    here, there = place("here", HANGS), place("there", HANGS)
    async with training(here):
        run = await here.runner.begin(REQUEST)
        with pytest.raises(AlreadyRunning, match="Ada"):
            await there.runner.begin(REQUEST)
        await started(database, run)
        assert await runs.request_cancel(database, "Bob") is not None
        told = await here.ended(run)
        assert (told.state, told.reason) == (RunState.CANCELLED, Ending.CANCELLED)
        assert told.cancelled_by == "Bob"
        await there.runner.begin(REQUEST)


async def test_what_a_run_learns_from_is_made_before_and_gives_way_to_a_run(
    database: Database, place: Places, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said = 'print(\'{"event": "done"}\', flush=True)'
    caplog.set_level(logging.INFO)
    ready = TrainingRunner(
        database, tmp_path, prepare=[sys.executable, "-c", said], prepare_after=0.0
    )

    async def logged() -> bool:
        return "What fine-tune learns from is ready." in caplog.text

    async with background(ready.run(), "training"):
        await until(logged)
    here = place("here", TRAINS)
    forever = [sys.executable, "-c", "import time; time.sleep(600)"]
    here.runner = TrainingRunner(
        database, here.scratch, here.command, prepare=forever, prepare_after=0.0
    )
    async with training(here):
        await asyncio.sleep(0.5)
        assert (await here.ended(await here.runner.begin(REQUEST))).state is RunState.DONE


async def test_a_child_that_dies_is_a_failed_run(database: Database, place: Places) -> None:
    here = place("here", "raise OSError(28, 'No space left on device')")
    async with training(here):
        told = await here.ended(await here.runner.begin(REQUEST))
    assert told.state is RunState.FAILED
    assert told.reason == Ending.DISK_FULL
    assert await runs.running(database) is None


async def test_a_process_that_is_stopped_stops_its_run_and_takes_no_other(
    database: Database, place: Places
) -> None:
    here = place("here", HANGS)
    async with training(here):
        run = await here.runner.begin(REQUEST)
        await started(database, run)
        await here.runner.close()
        told = await here.ended(run)
        assert told.state is RunState.INTERRUPTED
        assert told.reason == Ending.BOT_STOPPED
        another = await here.runner.begin(REQUEST)
        await asyncio.sleep(0.3)
        assert (await runs.get(database, another.id)).waits


async def test_a_run_that_was_taken_for_dead_publishes_nothing(
    database: Database, place: Places
) -> None:
    here = place("here", HANGS)
    async with training(here):
        run = await here.runner.begin(REQUEST)
        await started(database, run)
        async with database.writing() as connection:
            await connection.execute(
                update(RunRow).values(state=RunState.INTERRUPTED, reason="taken for dead")
            )

        await until(here.tidy)
        assert (await runs.get(database, run.id)).state is RunState.INTERRUPTED


async def test_a_run_of_a_process_that_was_killed_here_is_released_at_once(
    database: Database, place: Places
) -> None:
    here, there = place("here", HANGS), place("there", HANGS)
    async with training(here):
        run = await here.runner.begin(REQUEST)
        await started(database, run)
        async with database.writing() as connection:
            # As if its holder had been another process of this machine, which is gone.
            where, _, token = (await runs.get(database, run.id)).holder.split(":")
            await connection.execute(update(RunRow).values(holder=f"{where}:999999999:{token}"))
        async with training(there):
            assert (await there.ended(run)).state is RunState.INTERRUPTED
