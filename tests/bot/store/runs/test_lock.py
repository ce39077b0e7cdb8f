"""One run at a time in all replicas, and no run is forgotten whose holder was killed."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update

from bot.errors import AlreadyRunning, Ending, LeaseLost
from bot.store import Database, runs
from bot.store.runs import (
    HEARTBEAT_SECONDS,
    LEASE_SECONDS,
    RENEW_SECONDS,
    Lease,
    Run,
    RunState,
)
from bot.store.tables import RunRow, database_now
from tests.bot.store.samples import REQUEST, begun


async def later(database: Database) -> None:
    """Let every lease lapse and every report fall due, as a minute would."""
    async with database.writing() as connection:
        await connection.execute(
            update(RunRow).values(lease=database_now() - 1, report_at=RunRow.report_at - 100)
        )


async def test_of_many_that_start_at_once_one_runs(database: Database, address: str) -> None:
    replicas = [Database.at(address) for _ in range(4)]
    asked = [runs.request(replica, REQUEST) for replica in replicas]
    began = await asyncio.gather(*asked, return_exceptions=True)
    (winner,) = [run for run in began if isinstance(run, Run)]
    losers = [error for error in began if isinstance(error, AlreadyRunning)]
    assert len(losers) == 3
    assert {error.run_id for error in losers} == {winner.id}
    for replica in replicas:
        await replica.close()


async def test_a_second_run_hears_who_when_and_how_far(database: Database) -> None:
    first = await begun(database, "one")
    await runs.renew(database, Lease(first.id, "one"), epoch=2, loss=0.2, accuracy=0.95)
    with pytest.raises(AlreadyRunning, match="Ada") as refused:
        await begun(database, "two")
    running = await runs.get(database, refused.value.run_id)
    assert (running.epoch, running.accuracy) == (2, 0.95)
    await runs.end(database, Lease(first.id, "one"), RunState.CANCELLED, Ending.CANCELLED)
    assert (await begun(database, "two")).holder == "two"


async def test_a_dead_holder_is_marked_reported_once_and_replaced(database: Database) -> None:
    dead = await begun(database, "one")
    assert await runs.to_tell(database, "telegram") is None, "it has just been shown"
    await later(database)
    assert await runs.running(database) is None
    told = await runs.to_tell(database, "telegram")
    assert told is not None
    assert (told.id, told.state) == (dead.id, RunState.INTERRUPTED)
    assert told.reason == Ending.HOLDER_GONE
    assert await runs.to_tell(database, "telegram") is None, "another bot is telling it"
    await later(database)
    assert (await runs.to_tell(database, "telegram")) == told, "that bot died before it told"
    await runs.reported(database, told.id)
    await later(database)
    assert await runs.to_tell(database, "telegram") is None
    with pytest.raises(LeaseLost):
        await runs.renew(database, Lease(dead.id, "one"))
    assert (await begun(database, "two")).id != dead.id


async def test_whoever_starts_next_need_not_wait_for_the_watch(database: Database) -> None:
    dead = await begun(database, "one")
    await later(database)
    assert (await begun(database, "two")).state is RunState.RUNNING
    assert (await runs.get(database, dead.id)).state is RunState.INTERRUPTED


async def test_of_two_that_claim_a_run_one_gets_it(database: Database, address: str) -> None:
    requested = await runs.request(database, REQUEST)
    assert requested.waits
    assert await runs.waiting(database) == requested
    others = [Database.at(address) for _ in range(4)]
    claims = [runs.claim(other, Lease(requested.id, f"t{i}")) for i, other in enumerate(others)]
    (winner,) = [run for run in await asyncio.gather(*claims) if run is not None]
    assert not winner.waits
    assert await runs.waiting(database) is None
    for other in others:
        await other.close()


async def test_a_run_that_nobody_claims_ends_after_an_hour_and_says_why(
    database: Database,
) -> None:
    requested = await runs.request(database, REQUEST)
    async with database.writing() as connection:
        await connection.execute(update(RunRow).values(lease=RunRow.lease - 3590))
    assert await runs.waiting(database) is not None
    await later(database)
    assert await runs.waiting(database) is None
    assert await runs.claim(database, Lease(requested.id, "one")) is None
    told = await runs.to_tell(database, "telegram")
    assert told is not None and told.state is RunState.INTERRUPTED
    assert told.reason == Ending.NOBODY_CAME


async def test_a_run_that_waits_is_cancelled_at_once(database: Database) -> None:
    run = await runs.request(database, REQUEST)
    asked = await runs.request_cancel(database, "Bob")
    assert asked is not None and asked.id == run.id
    cancelled = await runs.get(database, run.id)
    assert (cancelled.state, cancelled.reason) == (RunState.CANCELLED, Ending.CANCELLED)
    assert cancelled.cancelled_by == "Bob"
    assert await runs.claim(database, Lease(run.id, "one")) is None


async def test_any_replica_may_ask_the_run_to_stop(database: Database) -> None:
    assert await runs.request_cancel(database, "Bob") is None
    run = await begun(database, "one")
    asked = await runs.request_cancel(database, "Bob")
    assert asked is not None and asked.id == run.id
    await runs.request_cancel(database, "Eve")
    seen = await runs.renew(database, Lease(run.id, "one"))
    assert seen.cancelled_by == "Bob"


def test_two_renewals_may_fail_as_slowly_as_they_can_before_a_run_is_taken_for_dead() -> None:
    assert LEASE_SECONDS > 2 * (RENEW_SECONDS + HEARTBEAT_SECONDS)
