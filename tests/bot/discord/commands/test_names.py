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


def named(commands: list[Json]) -> list[Json]:
    """Everything of the commands that has a name: they themselves, and their fields."""
    return [each for command in commands for each in (command, *command.get("options", ()))]


def typed(commands: list[Json]) -> list[Json]:
    """The commands that are typed, and their fields: these have a description."""
    every = [each for command in commands for each in (command, *command.get("options", ()))]
    return [each for each in every if "description" in each]


def languages(texts: Json) -> set[str]:
    """The languages besides English in which something is said."""
    return {code.partition("-")[0] for code in texts} - {"en"}


async def test_names_and_purposes_are_said_in_every_language(commands: list[Json]) -> None:
    others = {name.partition("_")[0] for name in LANGUAGES if name != "en"}
    for each in (*commands, *typed(commands)):
        assert languages(each["name_localizations"]) >= others, each["name"]
    for each in typed(commands):
        assert languages(each["description_localizations"]) >= others, each["name"]
    assert {"read", "picture", "train", "recipe"} <= {each["name"] for each in typed(commands)}


async def test_names_are_as_discord_allows_them(commands: list[Json]) -> None:
    for each in commands:
        assert all(1 <= len(name) <= 32 for name in each["name_localizations"].values())
    for each in typed(commands):
        for name in (each["name"], *each["name_localizations"].values()):
            assert re.fullmatch(r"[-_\w\u0900-\u097f]{1,32}", name) and name == name.lower()
        said = (each["description"], *each["description_localizations"].values())
        assert all(1 <= len(text) <= 100 for text in said)


async def test_they_are_for_servers_and_for_people_and_admins_are_hidden(
    commands: list[Json],
) -> None:
    by_name = {command["name"]: command for command in commands}
    assert by_name["Read digits"]["integration_types"] == [0, 1]
    assert set(by_name["read"]["contexts"]) == {0, 1, 2}
    for name in ("train", "cancel", "models", "accuracy", "review", "stats"):
        assert by_name[name]["default_member_permissions"] in ("0", 0)
        assert set(by_name[name]["contexts"]) == {0, 1}
        assert by_name[name]["integration_types"] == [0]
