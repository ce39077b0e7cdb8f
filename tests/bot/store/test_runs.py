"""One run at a time in all replicas, and no run is forgotten whose holder was killed."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update

from bot.errors import AlreadyRunning, LeaseLost
from bot.store import Database, runs
from bot.store.runs import Lease, Run, RunState
from bot.store.tables import RunRow, database_now
from tests.bot.store.samples import REQUEST


async def later(database: Database) -> None:
    """Let every lease lapse and every report fall due, as a minute would."""
    async with database.writing() as connection:
        await connection.execute(
            update(RunRow).values(lease=database_now() - 1, report_at=RunRow.report_at - 100)
        )


async def test_of_many_that_start_at_once_one_runs(database: Database, address: str) -> None:
    replicas = [Database.at(address) for _ in range(4)]
    asked = [runs.begin(replica, f"r{i}", REQUEST) for i, replica in enumerate(replicas)]
    began = await asyncio.gather(*asked, return_exceptions=True)
    (winner,) = [run for run in began if isinstance(run, Run)]
    losers = [error for error in began if isinstance(error, AlreadyRunning)]
    assert len(losers) == 3
    assert {error.run_id for error in losers} == {winner.id}
    for replica in replicas:
        await replica.close()


async def test_a_second_run_hears_who_when_and_how_far(database: Database) -> None:
    first = await runs.begin(database, "one", REQUEST)
    await runs.renew(database, Lease(first.id, "one"), epoch=2, loss=0.2, accuracy=0.95)
    with pytest.raises(AlreadyRunning, match="Ada") as refused:
        await runs.begin(database, "two", REQUEST)
    running = await runs.get(database, refused.value.run_id)
    assert (running.epoch, running.accuracy) == (2, 0.95)
    await runs.end(database, Lease(first.id, "one"), RunState.CANCELLED, "stopped")
    assert (await runs.begin(database, "two", REQUEST)).holder == "two"


async def test_a_dead_holder_is_marked_reported_once_and_replaced(database: Database) -> None:
    dead = await runs.begin(database, "one", REQUEST)
    assert await runs.to_report(database) is None, "it is alive"
    await later(database)
    assert await runs.running(database) is None
    told = await runs.to_report(database)
    assert told is not None
    assert (told.id, told.state) == (dead.id, RunState.INTERRUPTED)
    assert await runs.to_report(database) is None, "another replica is telling it"
    await later(database)
    assert (await runs.to_report(database)) == told, "that replica died before it told"
    await runs.reported(database, told.id)
    await later(database)
    assert await runs.to_report(database) is None
    with pytest.raises(LeaseLost):
        await runs.renew(database, Lease(dead.id, "one"))
    assert (await runs.begin(database, "two", REQUEST)).id != dead.id


async def test_whoever_starts_next_need_not_wait_for_the_watch(database: Database) -> None:
    dead = await runs.begin(database, "one", REQUEST)
    await later(database)
    assert (await runs.begin(database, "two", REQUEST)).state is RunState.RUNNING
    assert (await runs.get(database, dead.id)).state is RunState.INTERRUPTED


async def test_a_holder_reports_its_own_run(database: Database) -> None:
    run = await runs.begin(database, "one", REQUEST)
    await runs.end(database, Lease(run.id, "one"), RunState.FAILED, "no disk")
    assert await runs.to_report(database) is None, "the holder has a while to do so"
    await later(database)
    due = await runs.to_report(database)
    assert due is not None and due.reason == "no disk"


async def test_any_replica_may_ask_the_run_to_stop(database: Database) -> None:
    assert await runs.request_cancel(database, "Bob") is None
    run = await runs.begin(database, "one", REQUEST)
    asked = await runs.request_cancel(database, "Bob")
    assert asked is not None and asked.id == run.id
    await runs.request_cancel(database, "Eve")
    seen = await runs.renew(database, Lease(run.id, "one"))
    assert seen.cancelled_by == "Bob"
