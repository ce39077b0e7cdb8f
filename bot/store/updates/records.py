"""Which updates were begun and answered, so that each is answered once, also across restarts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select, update

from bot.store.engine.database import Database
from bot.store.tables import UpdateRow

KEPT_FOR = timedelta(hours=25)
"""Telegram forgets an update that nobody has confirmed after 24 hours."""

MAX_DEATHS = 2
"""How often the bot may die with an update before that update may be the reason. All that were
pending may be it, so each is tried alone then, and given up if the bot dies with it once more."""

LOOKED_UP_SECONDS = 1.0
"""How long a look may take. An answer waits for it, and is given without it after that time."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What was known of an update when it was begun.

    Attributes:
        times: how often it was begun before without an end.
        answered: whether it was answered before.
    """

    times: int
    answered: bool

    @property
    def is_suspect(self) -> bool:
        """Whether the bot has died with it, among others, more often than chance explains."""
        return self.times == MAX_DEATHS

    @property
    def is_guilty(self) -> bool:
        """Whether the bot has died with it, too, when it was tried alone."""
        return self.times > MAX_DEATHS


async def begin(database: Database, bot: int, ids: Collection[int]) -> dict[int, Begun]:
    """Note that updates are about to be answered, and return those that were begun before.

    Suspects are not begun by that, see `try_alone`.

    Args:
        database: where it is noted.
        bot: the id of the bot that received them; each bot has numbers of its own.
        ids: the updates' numbers.

    Raises:
        StoreUnavailable: the database is away; nothing is noted.
    """
    now = datetime.now(UTC)
    async with database.writing(LOOKED_UP_SECONDS) as connection:
        # Numbers may begin anew after a quiet week, so old ones say nothing.
        await connection.execute(delete(UpdateRow).where(UpdateRow.at < now - KEPT_FOR))
        known = {
            row.id: Begun(row.begun, row.answered)
            for row in await connection.execute(
                select(UpdateRow.id, UpdateRow.begun, UpdateRow.answered).where(
                    UpdateRow.bot == bot, UpdateRow.id.in_(ids)
                )
            )
        }
        fresh = [number for number in ids if number not in known]
        if fresh:
            rows = [
                {"bot": bot, "id": number, "at": now, "begun": 1, "answered": False}
                for number in fresh
            ]
            await connection.execute(insert(UpdateRow), rows)
        if known:
            await connection.execute(
                update(UpdateRow)
                .where(UpdateRow.bot == bot, UpdateRow.id.in_(known), UpdateRow.begun < MAX_DEATHS)
                .values(begun=UpdateRow.begun + 1)
            )
    return known


async def try_alone(database: Database, bot: int, number: int) -> None:
    """Note that a suspect is about to be answered, and no other one.

    Raises:
        StoreUnavailable: the database is away; nothing is noted.
    """
    async with database.writing(LOOKED_UP_SECONDS) as connection:
        await connection.execute(
            update(UpdateRow)
            .where(UpdateRow.bot == bot, UpdateRow.id == number)
            .values(begun=MAX_DEATHS + 1)
        )


async def finish(database: Database, bot: int, ids: Collection[int]) -> None:
    """Note that updates were answered, and forget what was in them.

    Raises:
        StoreUnavailable: the database is away.
    """
    async with database.writing(LOOKED_UP_SECONDS) as connection:
        await connection.execute(
            update(UpdateRow)
            .where(UpdateRow.bot == bot, UpdateRow.id.in_(ids))
            .values(answered=True, content=None)
        )


async def lay_down(database: Database, bot: int, ids: Collection[int]) -> None:
    """Note that updates were left unanswered on purpose, so that this is not taken for a crash.

    Raises:
        StoreUnavailable: the database is away.
    """
    async with database.writing(LOOKED_UP_SECONDS) as connection:
        await connection.execute(
            update(UpdateRow).where(UpdateRow.bot == bot, UpdateRow.id.in_(ids)).values(begun=0)
        )


async def keep(database: Database, bot: int, contents: Mapping[int, str]) -> None:
    """Keep updates whose answers wait for Telegram, until they are answered.

    Raises:
        StoreUnavailable: the database is away.
    """
    async with database.writing(LOOKED_UP_SECONDS) as connection:
        for number, content in contents.items():
            await connection.execute(
                update(UpdateRow)
                .where(UpdateRow.bot == bot, UpdateRow.id == number)
                .values(content=content, begun=0)
            )


async def kept(database: Database, bot: int) -> list[str]:
    """Return what was kept of updates that are not answered yet, the oldest first.

    Raises:
        StoreUnavailable: the database is away.
    """
    async with database.reading(LOOKED_UP_SECONDS) as connection:
        found = await connection.execute(
            select(UpdateRow.content)
            .where(UpdateRow.bot == bot, UpdateRow.content.is_not(None), ~UpdateRow.answered)
            .order_by(UpdateRow.id)
        )
        return [content for content in found.scalars() if content is not None]
