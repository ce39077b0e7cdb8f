"""Each admin is told of a run by one bot at a time, where they can read it."""

from __future__ import annotations

from sqlalchemy import update

from bot.errors import Ending
from bot.store import Database, runs
from bot.store.runs import Address, Lease, RunState
from bot.store.tables import RunRow
from tests.bot.store.samples import begun


async def fall_due(database: Database) -> None:
    """Let every report fall due, as a few seconds would."""
    async with database.writing() as connection:
        await connection.execute(update(RunRow).values(report_at=RunRow.report_at - 5))


async def test_a_run_is_shown_by_one_bot_at_a_time_while_it_runs(database: Database) -> None:
    run = await begun(database, "one")
    assert await runs.to_tell(database, "telegram") is None
    await fall_due(database)
    assert await runs.to_tell(database, "telegram") == run
    assert await runs.to_tell(database, "telegram") is None
    await fall_due(database)
    assert await runs.to_tell(database, "telegram") == run, "again, as long as it runs"


async def test_a_run_is_told_on_its_own_platform(database: Database) -> None:
    elsewhere = Address("discord", "55", "66")
    run = await begun(database, "one")
    await runs.show_at(database, run.id, elsewhere)
    await runs.end(database, Lease(run.id, "one"), RunState.FAILED, Ending.NOT_WRITTEN, "/tmp")
    assert await runs.to_tell(database, "telegram") is None
    told = await runs.to_tell(database, "discord")
    assert told is not None
    assert (told.reason, told.address) == ("not written\n/tmp", elsewhere)
