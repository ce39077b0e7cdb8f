"""What the admin who requested a run is told of it, by one bot at a time."""

from __future__ import annotations

from sqlalchemy import case, select, update

from bot.store.engine.database import Database
from bot.store.runs.lock import mark_lapsed
from bot.store.runs.records import SHOW_SECONDS, Address, Run, RunState, read_run
from bot.store.tables import RunRow, database_now

REPORT_SECONDS = 30.0
"""How long a bot may take to tell the admin how a run ended, before another one does: above sending
three messages and two pictures at the pace that Telegram allows."""


async def show_at(database: Database, run: int, address: Address) -> None:
    """Note which message shows how far a run is."""
    async with database.writing() as connection:
        await connection.execute(
            update(RunRow).where(RunRow.id == run).values(address=str(address))
        )


async def to_tell(database: Database, platform: str, exclude_holder: str = "") -> Run | None:
    """Claim a run about which its admin is to be told: how far it is, or how it ended.

    Of several bots on a platform one at a time gets the run, again and again while it runs. When it
    has ended, call `reported` when the admin knows; if this bot ends before that, another one
    reports the run.

    Args:
        platform: where the caller can reach admins.
        exclude_holder: a process that is alive, however long the database was away.
    """
    async with database.writing() as connection:
        await mark_lapsed(connection, exclude_holder)
        due = (RunRow.report_at <= database_now()) & RunRow.address.startswith(f"{platform}:")
        first = select(RunRow.id).where(due).order_by(RunRow.id).limit(1).scalar_subquery()
        pause = case((RunRow.state == RunState.RUNNING, SHOW_SECONDS), else_=REPORT_SECONDS)
        claimed = await connection.execute(
            update(RunRow)
            # `due` again: of two bots that found the same run, the second finds it taken.
            .where(RunRow.id == first, due)
            .values(report_at=database_now() + pause)
            .returning(RunRow.id)
        )
        number = claimed.scalar_one_or_none()
        if number is None:
            return None
        return await read_run(connection, number)


async def reported(database: Database, run: int) -> None:
    """Note that the admin was told how a run ended."""
    async with database.writing() as connection:
        await connection.execute(update(RunRow).where(RunRow.id == run).values(report_at=None))
