"""Writes to admins on Discord, and shows them the runs that they begin.

Nobody waits for these messages. Where Discord is away, they are written later: see
`bot.training.reports`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import discord
from markupsafe import Markup

from bot.conversation.admin.beginning import Asker, begin
from bot.conversation.message import Message
from bot.conversation.services import Services
from bot.discord.rendering import to_content
from bot.discord.replies import Interaction, person_of, send
from bot.discord.retries import AWAY, with_retries
from bot.errors import ChatClosed, NotDelivered
from bot.store.people import DISCORD, Person
from bot.store.runs import Address

MAX_RETRIES_AGE = timedelta(seconds=10)
"""How long each message is tried: a report as a whole has `bot.store.runs.REPORT_SECONDS`."""


class Messenger:
    """Writes where an admin reads; see `bot.conversation.admin.notifier`."""

    platform = DISCORD

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def own_chat(self, admin: Person) -> Address:
        """Return the direct channel of an admin; discord.py asks for it once."""
        if self._client.user is None:
            raise NotDelivered("the bot has not logged in yet")
        user = discord.Object(int(admin.id))
        with _delivering():
            channel = await with_retries(lambda: self._client.create_dm(user), MAX_RETRIES_AGE)
        return Address(DISCORD, str(channel.id))

    async def send(self, chat: Address, message: Message) -> Address:
        """Say something in a channel, and return where it stands."""
        channel = self._client.get_partial_messageable(int(chat.chat))
        with _delivering():
            sent = await send(channel, message, within=MAX_RETRIES_AGE)
        return chat._replace(message=str(sent.id))

    async def edit(self, shown: Address, text: Markup, *, patiently: bool) -> None:
        """Replace the text of a message of the bot's."""
        channel = self._client.get_partial_messageable(int(shown.chat))
        message, content = channel.get_partial_message(int(shown.message)), to_content(text)
        with _delivering():
            if patiently:
                await with_retries(lambda: message.edit(content=content), MAX_RETRIES_AGE)
            else:
                await message.edit(content=content)


async def begin_training(services: Services, interaction: Interaction, words: list[str]) -> Message:
    """Start a run for the admin who commanded or pressed.

    Args:
        services: what the conversation works with.
        interaction: the command or the press.
        words: what follows /train.

    Returns:
        What to say to it.

    Raises:
        StoreUnavailable: the database is away.
        NotDelivered: the admin could not be written to, for now.
    """
    person, name = person_of(interaction.user), interaction.user.display_name
    asker = Asker(person, name, str(interaction.channel_id))
    said, _ = await begin(services, words, asker, Messenger(interaction.client))
    return said


@contextmanager
def _delivering() -> Iterator[None]:
    try:
        yield
    except (discord.Forbidden, discord.NotFound) as error:
        raise ChatClosed(str(error)) from error
    except (discord.HTTPException, *AWAY) as error:
        raise NotDelivered(str(error)) from error
