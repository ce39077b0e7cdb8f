"""A bot on a Discord of its own, for all tests that do not stop it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bot.discord.people import ADMIN, Discord, discord
from tests.bot.running import BotProcess, running_bot

TOKEN = "MTIz.abc.def"


def settings(server: Discord, **more: str) -> dict[str, str]:
    """Return the settings of a bot that is on this Discord."""
    return {
        "DISCORD_BOT_TOKEN": TOKEN,
        "DISCORD_API_URL": server.url,
        "DISCORD_ADMIN_IDS": str(ADMIN),
    } | more


@pytest.fixture(scope="session")
def server() -> Iterator[Discord]:
    """The Discord."""
    with discord() as server:
        yield server


@pytest.fixture(scope="session")
def discord_bot(server: Discord, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    """The bot, once it is connected."""
    with running_bot(tmp_path_factory.mktemp("discord"), **settings(server)) as bot:
        bot.wait_for("Connected to Discord")
        yield bot


@pytest.fixture
def chat(server: Discord, discord_bot: BotProcess) -> Discord:
    """The Discord, with the bot on it."""
    return server
