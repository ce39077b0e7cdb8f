"""Commands are called as each language calls them, and as Discord allows."""

from __future__ import annotations

import re
from typing import Any

import pytest_asyncio

from bot.conversation.services import Services
from bot.discord.client import DiscordClient
from bot.discord.commands.names import Translator
from bot.messages.language import LANGUAGES

Json = dict[str, Any]

SLASH = 1
"""The kind of a command that is typed; the others stand in menus."""

ENGLISH = {"en-US", "en-GB"}


@pytest_asyncio.fixture
async def commands(services: Services) -> list[Json]:
    """What the bot tells Discord of its commands."""
    client = DiscordClient()
    client.serve(services)
    found = [
        await command.get_translated_payload(client.tree, Translator())
        for command in client.tree.get_commands() + client.tree.get_commands(type=None)
    ]
    await client.close()
    return list({each["name"]: each for each in found}.values())


async def test_names_and_purposes_are_said_in_every_language(commands: list[Json]) -> None:
    others = {name.partition("_")[0] for name in LANGUAGES if name != "en"}
    for command in commands:
        for field in ("name_localizations", "description_localizations"):
            if command["type"] == SLASH or field.startswith("name"):
                said_in = {code.partition("-")[0] for code in command[field] if code not in ENGLISH}
                assert said_in >= others, command["name"]


async def test_names_are_as_discord_allows_them(commands: list[Json]) -> None:
    for command in commands:
        if command["type"] == SLASH:
            for name in command["name_localizations"].values():
                assert re.fullmatch(r"[-_\w\u0900-\u097f]{1,32}", name) and name == name.lower()
            assert all(len(text) <= 100 for text in command["description_localizations"].values())


async def test_they_are_for_servers_and_for_people_and_admins_are_hidden(
    commands: list[Json],
) -> None:
    by_name = {command["name"]: command for command in commands}
    assert by_name["Read digits"]["integration_types"] == [0, 1]
    assert set(by_name["read"]["contexts"]) == {0, 1, 2}
    for name in ("train", "cancel", "models", "accuracy", "review", "stats"):
        assert by_name[name]["default_member_permissions"] in ("0", 0)
        assert set(by_name[name]["contexts"]) == {0, 1}
