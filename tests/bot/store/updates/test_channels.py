"""Where to look for what the bot missed."""

from __future__ import annotations

from bot.store import Database
from bot.store.updates import channels

BOT, OTHER_BOT = 1, 2


async def test_the_latest_message_of_each_channel_counts(database: Database) -> None:
    for latest in ({5: 100, 6: 50}, {5: 300}, {5: 200}):
        await channels.note(database, BOT, latest)
    await channels.note(database, OTHER_BOT, {7: 1})
    assert await channels.recent(database, BOT) == {5: 300, 6: 50}
    await channels.forget(database, BOT, 5)
    await channels.forget(database, BOT, 7)
    assert await channels.recent(database, BOT) == {6: 50}
    assert await channels.recent(database, OTHER_BOT) == {7: 1}
