"""In which channels people write to the bot, where a platform does not bring what it missed.

Discord sends each message once. What comes while the bot is away has to be looked for, in the
channels in which somebody has written to it before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select, update

from bot.store.engine.database import Database
from bot.store.tables import ChannelRow
from bot.store.updates.records import LOOKED_UP_SECONDS

KEPT_FOR = timedelta(days=30)
"""How long a channel is looked into after the last message to the bot there."""

MAX_CHANNELS = 200
"""Channels that are looked into at a start, the latest: Discord allows 50 requests a second."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel in which somebody wrote to the bot.

    Attributes:
        id: the channel.
        last: the id of the last message to the bot there.
    """

    id: int
    last: int


async def note(database: Database, bot: int, channel: Channel) -> None:
    """Note that somebody wrote to a bot in a channel.

    Raises:
        StoreUnavailable: the database is away.
    """
    now = datetime.now(UTC)
    here = (ChannelRow.bot == bot) & (ChannelRow.id == channel.id)
    async with database.writing(LOOKED_UP_SECONDS) as connection:
        known = (await connection.execute(select(ChannelRow.last).where(here))).scalar()
        if known is None:
            await connection.execute(delete(ChannelRow).where(ChannelRow.at < now - KEPT_FOR))
            await connection.execute(
                insert(ChannelRow).values(bot=bot, id=channel.id, at=now, last=channel.last)
            )
        elif known < channel.last:
            await connection.execute(
                update(ChannelRow).where(here).values(at=now, last=channel.last)
            )


async def recent(database: Database, bot: int) -> list[Channel]:
    """Return the channels in which people wrote to a bot, the latest first.

    Raises:
        StoreUnavailable: the database is away.
    """
    asked = (
        select(ChannelRow.id, ChannelRow.last)
        .where(ChannelRow.bot == bot)
        .order_by(ChannelRow.at.desc())
        .limit(MAX_CHANNELS)
    )
    async with database.reading(LOOKED_UP_SECONDS) as connection:
        return [Channel(row.id, row.last) for row in await connection.execute(asked)]
