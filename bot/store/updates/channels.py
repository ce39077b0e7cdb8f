"""In which channels people write to the bot, where a platform does not bring what it missed.

Discord sends each message once. What comes while the bot is away has to be looked for, in the
channels in which somebody has written to it before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select

from bot.store.engine.database import Database
from bot.store.tables import ChannelRow

KEPT_FOR = timedelta(days=30)
"""How long a channel is looked into after the last message to the bot there."""

MAX_CHANNELS = 200
"""Channels that are looked into at a start, the latest: Discord allows 50 requests a second."""


async def note(database: Database, bot: int, latest: Mapping[int, int]) -> None:
    """Note in which channels people wrote to a bot.

    Args:
        database: where it is noted.
        bot: the id of the bot.
        latest: the id of the last message to the bot, by channel.

    Raises:
        StoreUnavailable: the database is away; nothing is noted.
    """
    now = datetime.now(UTC)
    ours = ChannelRow.bot == bot
    async with database.writing() as connection:
        await connection.execute(delete(ChannelRow).where(ChannelRow.at < now - KEPT_FOR))
        asked = select(ChannelRow.id, ChannelRow.last).where(ours, ChannelRow.id.in_(latest))
        known = {row.id: row.last for row in await connection.execute(asked)}
        await connection.execute(delete(ChannelRow).where(ours, ChannelRow.id.in_(latest)))
        rows = [
            {"bot": bot, "id": channel, "at": now, "last": max(last, known.get(channel, 0))}
            for channel, last in latest.items()
        ]
        await connection.execute(insert(ChannelRow), rows)


async def forget(database: Database, bot: int, channel: int) -> None:
    """Forget that somebody wrote to a bot in a channel.

    Raises:
        StoreUnavailable: the database is away; it stays noted.
    """
    async with database.writing() as connection:
        await connection.execute(
            delete(ChannelRow).where(ChannelRow.bot == bot, ChannelRow.id == channel)
        )


async def recent(database: Database, bot: int) -> dict[int, int]:
    """Return the channels in which people wrote to a bot, the latest first, as for `note`.

    Raises:
        StoreUnavailable: the database is away.
    """
    asked = (
        select(ChannelRow.id, ChannelRow.last)
        .where(ChannelRow.bot == bot)
        .order_by(ChannelRow.at.desc())
        .limit(MAX_CHANNELS)
    )
    async with database.reading() as connection:
        return {row.id: row.last for row in await connection.execute(asked)}
