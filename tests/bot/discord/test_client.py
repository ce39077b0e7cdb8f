"""What the bot asks of Discord when it connects."""

from __future__ import annotations

import discord

from bot.discord.client import PERMISSIONS, DiscordClient


async def test_no_privileged_intent_is_asked_for() -> None:
    client = DiscordClient()
    asked = {name for name, is_asked in client.intents if is_asked}
    assert asked == {"guilds", "guild_messages", "dm_messages"}
    await client.close()


def test_what_it_may_do_in_a_server_is_no_more_than_it_does() -> None:
    assert not PERMISSIONS.value & discord.Permissions.elevated().value
    assert PERMISSIONS.attach_files and PERMISSIONS.read_message_history
