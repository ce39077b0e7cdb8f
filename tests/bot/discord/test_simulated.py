"""The same conversations in SimCord, which is strict where our own Discord is not.

It refuses what is answered twice or was never set, hides what a person may not see, and keeps the
content of messages from the bot, as Discord does without the privileged intent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
import simcord
from discord import MessageFlags

from bot.conversation.services import Services
from bot.discord.client import DiscordClient
from bot.messages import texts
from bot.store.people import DISCORD, Person
from tests.bot.fakes import until

PHOTO = [("7.jpg", b"photo")]


@dataclass
class Server:
    """A server with two members, and the bot."""

    env: Any
    client: DiscordClient
    channel: Any
    ada: Any
    boris: Any

    @property
    def mention(self) -> str:
        """What mentions the bot."""
        return f"<@{self.env.bot.user.id}>"

    @property
    def said(self) -> list[Any]:
        """What the bot has said in the channel."""
        bot = self.env.bot.user.id
        return [each for each in self.channel.history() if each.author.id == bot]

    async def answered(self) -> Any:
        """Wait for what the bot says in the channel."""
        await until(lambda: bool(self.said))
        return self.said[-1]


@asynccontextmanager
async def serving(services: Services) -> AsyncIterator[Server]:
    """A server with the bot; SimCord wants to be left in the task that entered it."""
    client = DiscordClient()
    client.serve(replace(services, admins=frozenset({Person(DISCORD, "1")})))
    writing = asyncio.create_task(services.answer_log.run())
    async with simcord.run(client) as env:
        assert client.user is not None
        client.inbox.belongs_to(client.user.id)
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        ada, boris = (guild.add_member(env.create_user(name)) for name in ("ada", "boris"))
        yield Server(env, client, channel, ada, boris)
        await client.inbox.close(1.0)
    writing.cancel()


async def test_a_photo_that_mentions_the_bot_is_answered_and_others_are_not(
    services: Services,
) -> None:
    async with serving(services) as server:
        await server.ada.send(server.channel, "look", attachments=PHOTO)
        assert server.client.user is not None
        sent = await server.ada.send(
            server.channel, f"<@{server.client.user.id}>", attachments=PHOTO
        )
        answer = await server.answered()
        assert answer.content.startswith("`7`")
        assert answer.reference is not None and answer.reference.message_id == sent.id
        (card,) = answer.attachments
        assert card.description.startswith("7")
        assert len(server.said) == 1


async def test_a_direct_message_is_answered(services: Services) -> None:
    async with serving(services) as server:
        payloads = server.env.backend.store_attachments(server.channel.id, PHOTO)
        await server.ada.send_dm("", attachments=payloads)
        ada = Person(DISCORD, str(server.ada.id))
        await until(lambda: server.client.photos.find_last(ada) is not None)


async def test_the_form_is_for_who_asked(services: Services) -> None:
    async with serving(services) as server:
        await server.ada.send(server.channel, server.mention, attachments=PHOTO)
        answer = await server.answered()
        refused = await server.boris.click(answer, label="✗ wrong")
        assert refused.response.ephemeral and refused.modal is None
        refused = await server.boris.click(answer, label="✓ right")
        assert refused.followups[0].ephemeral
        shown = await server.ada.click(answer, label="✗ wrong")
        assert shown.modal["title"] == "What does it say?"
        changed = await server.ada.submit_modal(shown, {"number": "5"})
        assert changed.response.content.endswith("You say that it is `5`.")


async def test_read_digits_answers_in_the_menu_of_anybodys_message(services: Services) -> None:
    async with serving(services) as server:
        picture = await server.boris.send(server.channel, "", attachments=PHOTO)
        read = await server.ada.context_menu(server.channel, "Read digits", picture)
        assert read.response.content.startswith("`7`")
        empty = await server.boris.send(server.channel, "hello")
        read = await server.ada.context_menu(server.channel, "Read digits", empty)
        assert read.response.content == texts.NO_PICTURE


@pytest.mark.parametrize("command", ["help", "privacy", "language", "forget", "why"])
async def test_what_commands_say_is_seen_by_one_person(services: Services, command: str) -> None:
    async with serving(services) as server:
        said = await server.ada.slash(server.channel, command)
        assert said.response.ephemeral
        assert said.response.flags.value & MessageFlags(ephemeral=True).value


async def test_admins_commands_are_not_in_a_members_menu(services: Services) -> None:
    async with serving(services) as server:
        offered = server.ada.available_commands(server.channel)
        assert set(offered) == {"forget", "help", "language", "privacy", "read", "why"}
