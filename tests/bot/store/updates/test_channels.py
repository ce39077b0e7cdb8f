"""Where to look for what the bot missed."""

from __future__ import annotations

from bot.store import Database
from bot.store.updates import channels
from bot.store.updates.channels import Channel

BOT, OTHER_BOT = 1, 2


async def test_the_latest_message_of_each_channel_counts(database: Database) -> None:
    for channel in (Channel(5, 100), Channel(6, 50), Channel(5, 300), Channel(5, 200)):
        await channels.note(database, BOT, channel)
    await channels.note(database, OTHER_BOT, Channel(7, 1))
    assert set(await channels.recent(database, BOT)) == {Channel(5, 300), Channel(6, 50)}
