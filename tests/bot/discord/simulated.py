"""A Discord server with the bot in it, played by SimCord in this process.

SimCord is strict where our own Discord is not: it refuses what is answered twice or was never set,
hides what a person may not see, and keeps the content of messages from the bot, as Discord does
without the privileged intent.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, cast

import discord
import simcord

from bot.conversation.services import Services
from bot.discord.client import DiscordClient
from bot.discord.rendering import FIELD
from bot.serving.tasks import background
from bot.store.people import DISCORD, Person
from tests.bot.fakes import until
from tests.bot.running import PATIENCE_SECONDS

PHOTO = ("7.jpg", b"photo")
"""Something in which a `FakeReader` reads."""


@dataclass
class Server:
    """A server with two members and an admin of the bot's, and the bot.

    Attributes:
        channel: everybody's.
        ada, boris: members.
        root: an admin of the bot's, who may see the commands that are hidden from members.
        admins: the bot's admins.
    """

    env: Any
    client: DiscordClient
    channel: Any
    ada: Any
    boris: Any
    root: Any
    admins: set[Person]

    @property
    def mention(self) -> str:
        """What mentions the bot."""
        return f"<@{self.env.bot.user.id}>"

    def said_in(self, channel: Any) -> list[Any]:
        """What the bot has said in a channel."""
        bot = self.env.bot.user.id
        return [each for each in channel.history() if each.author.id == bot]

    @property
    def said(self) -> list[Any]:
        """What the bot has said in the server's channel."""
        return self.said_in(self.channel)

    async def ask(self, *pictures: tuple[str, bytes]) -> Any:
        """Have Ada mention the bot beside pictures; returns the answer."""
        before = len(self.said)
        await self.ada.send(self.channel, self.mention, attachments=pictures or (PHOTO,))
        await until(lambda: len(self.said) > before)
        return self.said[-1]

    async def ask_alone(self, person: Any, *pictures: tuple[str, bytes], words: str = "") -> Any:
        """Have somebody write to the bot directly; returns the answer."""
        channel = person.dm_channel
        before = len(self.said_in(channel))
        files = self.env.backend.store_attachments(channel.id, pictures)
        await person.send_dm(words, attachments=files)
        await until(lambda: len(self.said_in(channel)) > before)
        return self.said_in(channel)[-1]

    async def correct(self, person: Any, answer: Any, number: str, label: str = "✗ wrong") -> Any:
        """Have somebody press that an answer is wrong, and type what the photo says."""
        shown = await person.click(answer, label=label)
        return await person.submit_modal(shown, {FIELD: number})

    async def restart(self, services: Services) -> None:
        """Let another bot take the place of this one."""
        await self.client.inbox.close(1.0)
        self.client = make_client(services, self.admins)
        await self.env.restart_bot(self.client)
        self._belong()

    def _belong(self) -> None:
        assert self.client.user is not None
        self.client.inbox.belongs_to(self.client.user.id)


@asynccontextmanager
async def serving(services: Services) -> AsyncIterator[Server]:
    """A server with the bot; SimCord wants to be left in the task that entered it."""
    admins = {Person(DISCORD, "1")}
    client = make_client(services, admins)
    async with (
        background(services.answer_log.run(), "answers"),
        simcord.run(client, settle_timeout=PATIENCE_SECONDS) as env,
    ):
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        everything = guild.create_role("owner", permissions=discord.Permissions.all())
        ada, boris = (guild.add_member(env.create_user(name)) for name in ("ada", "boris"))
        root = guild.add_member(env.create_user("root"), roles=[everything])
        admins.add(Person(DISCORD, str(root.id)))
        server = Server(env, client, channel, ada, boris, root, admins)
        server._belong()
        yield server
        await server.client.inbox.close(1.0)


def make_client(services: Services, admins: set[Person]) -> DiscordClient:
    """Make a bot; its admins are known once SimCord has given them numbers."""
    client = DiscordClient()
    client.serve(replace(services, admins=cast("frozenset[Person]", admins)))
    return client


def labels(message: Any) -> list[str]:
    """The labels of the buttons under a message, or under what an interaction was answered with."""
    shown = getattr(message, "message", message)
    return [button.label for row in shown.components for button in row.children]
