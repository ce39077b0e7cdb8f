"""Answers in reply to a message, whatever the bot may do in its channel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord

from bot.conversation.message import Message
from bot.discord.rendering import to_parts
from bot.discord.retries import MAX_ANSWER_AGE, MAX_INTERACTION_AGE, with_retries
from bot.messages.language import html
from bot.store.people import DISCORD, Person

Interaction = discord.Interaction[Any]
"""A command, a press or a form."""

MISSING_PERMISSIONS = 50013
NO_REPLY_WITHOUT_HISTORY = 160002
"""Codes by which Discord says why it refuses a request."""


def person_of(user: discord.abc.Snowflake) -> Person:
    """Return the person whom Discord's user stands for."""
    return Person(DISCORD, str(user.id))


async def reply(to: discord.Message, said: Message) -> None:
    """Say something in reply to a message, once.

    If the message is gone, or the bot may not see what was written there before, it is said without
    showing what it replies to. Where it may not attach pictures, the text comes alone. Where it may
    not write in a server, it is said in the person's own chat with the bot.

    Raises:
        discord.HTTPException: the bot may write to that person nowhere.
    """
    reference: discord.MessageReference | None = to.to_reference(fail_if_not_exists=False)
    shown = said
    while True:
        try:
            options: dict[str, Any] = {} if reference is None else {"reference": reference}
            await send(to.channel, shown, nonce=str(to.id), **options)
        except discord.HTTPException as error:
            if error.code == NO_REPLY_WITHOUT_HISTORY and reference is not None:
                reference = None
            elif error.code == MISSING_PERMISSIONS and shown.pictures:
                shown = Message(said.text, buttons=said.buttons)
            elif isinstance(error, discord.Forbidden) and to.guild is not None:
                await _say_alone(to, said)
                return
            else:
                raise
        else:
            return


async def _say_alone(to: discord.Message, said: Message) -> None:
    """Say something in a person's own chat with the bot, and why there."""
    channel = await with_retries(to.author.create_dm)
    why = html(
        "I may not write where you asked me, so I answer here. Whoever looks after that server can "
        "let me write there."
    )
    # Messages of their own: an answer that is corrected is rewritten.
    await send(channel, Message(why), nonce=f"{to.id}-why")
    await send(channel, said, nonce=str(to.id))


async def send(
    channel: discord.abc.Messageable,
    said: Message,
    within: timedelta = MAX_ANSWER_AGE,
    **options: Any,
) -> discord.Message:
    """Say something in a channel.

    Args:
        channel: where.
        said: what.
        within: how long to try while Discord is away.
        options: of discord.py's `send`.

    Raises:
        discord.HTTPException: the bot may not write there.
    """
    # The parts are made anew for each try: an attachment is read once.
    return await with_retries(lambda: channel.send(**to_parts(said), **options), within)


async def answer(interaction: Interaction, said: Message) -> None:
    """Answer a command or a press that waits since it was deferred; twice is the same as once.

    Raises:
        discord.HTTPException: Discord takes no answer any more.
    """

    async def edit() -> None:
        parts = to_parts(said)
        await interaction.edit_original_response(attachments=parts.pop("files", []), **parts)

    await with_retries(edit, MAX_INTERACTION_AGE)


async def follow_up(interaction: Interaction, said: Message, *, ephemeral: bool) -> None:
    """Say something more to somebody whose press was answered by changing the message.

    Raises:
        discord.HTTPException: Discord takes no answer any more.
    """
    await with_retries(
        lambda: interaction.followup.send(**to_parts(said), ephemeral=ephemeral),
        MAX_INTERACTION_AGE,
    )
