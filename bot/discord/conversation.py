"""Messages that are meant for the bot: pictures are read, and numbers that people type are noted.

In a direct message everything is for the bot, elsewhere what mentions it or replies to it. The
content of other messages does not come here at all.
"""

from __future__ import annotations

import logging

import discord

from bot.conversation import help
from bot.conversation.corrections.typed import correct_replied, is_number
from bot.conversation.help import HintLimit, Kind
from bot.conversation.problems import FORESEEN, explain_problem, unforeseen
from bot.conversation.services import Services
from bot.discord.languages import Languages
from bot.discord.photos import Photos
from bot.discord.pictures import SentPicture, pictures_in
from bot.discord.rendering import shown_in, to_content, to_view
from bot.discord.replies import person_of, reply
from bot.discord.retries import AWAY, typing
from bot.errors import FetchFailed, StoreUnavailable

log = logging.getLogger(__name__)


class Conversation:
    """Answers messages.

    Args:
        services: what the conversation works with.
        photos: answers pictures.
        languages: says which language to speak.
    """

    def __init__(self, services: Services, photos: Photos, languages: Languages) -> None:
        self._services = services
        self._photos = photos
        self._languages = languages
        self._hints = HintLimit()

    async def answer(self, message: discord.Message) -> None:
        """Answer a message that is meant for the bot.

        Raises:
            discord.HTTPException: Discord does not let the bot write there.
        """
        await self._languages.answer_in(message)
        try:
            await self._answer(message)
        except FORESEEN as error:
            if isinstance(error, FetchFailed | StoreUnavailable):
                log.warning("Message %d: %s", message.id, error)
            said = explain_problem(error)
            if said is not None:
                await reply(message, said)
        except (discord.HTTPException, *AWAY):
            raise
        except Exception:
            log.exception("Message %d failed.", message.id)
            await reply(message, unforeseen())

    async def _answer(self, message: discord.Message) -> None:
        replied = replied_message(message)
        pictures = pictures_in(message) or _pictures_pointed_at(message, replied)
        if pictures:
            async with typing(message.channel):
                await self._photos.answer(
                    pictures,
                    person_of(message.author),
                    f"Message {message.id}",
                    lambda said: reply(message, said),
                )
        elif replied is not None and is_own(replied) and shown_in(replied).answers:
            await self._correct(message, replied)
        elif await self._may_hint(message):
            kind = kind_of(message)
            # Discord hides other people's messages from the bot, also those that one replies to.
            hidden = kind is Kind.OTHER and replied is not None and not is_own(replied)
            await reply(message, help.read_by_menu() if hidden else help.anything_else(kind))

    async def _correct(self, message: discord.Message, answer: discord.Message) -> None:
        """Take what was typed in reply to an answer as what the picture really says."""
        person = person_of(message.author)
        correction = await correct_replied(
            self._services, words_of(message), shown_in(answer), [person]
        )
        if correction is None:
            return
        change = correction.change
        if change is not None and change.text is not None:
            view = to_view(change.buttons or ())
            try:
                await answer.edit(content=to_content(change.text), view=view)
            except discord.HTTPException as error:
                # What was typed counts all the same.
                log.debug("The answer stays as it is (%s).", error)
        await reply(message, correction.reply)

    async def _may_hint(self, message: discord.Message) -> bool:
        if message.guild is None:
            return True
        return await self._hints.allow(str(message.channel.id), person_of(message.author))


def is_addressed(message: discord.Message, bot: int) -> bool:
    """Tell whether a message is meant for a bot: other bots' never are."""
    if message.author.bot or message.type not in _WRITTEN:
        return False
    if message.guild is None or any(user.id == bot for user in message.mentions):
        return True
    replied = replied_message(message)
    return replied is not None and replied.author.id == bot


_WRITTEN = (discord.MessageType.default, discord.MessageType.reply)


def replied_message(message: discord.Message) -> discord.Message | None:
    """Return the message that another one replies to, as far as Discord shows it."""
    reference = message.reference
    found = reference.resolved if reference is not None else None
    return found if isinstance(found, discord.Message) else None


def is_own(message: discord.Message) -> bool:
    """Tell whether the bot wrote a message."""
    own = message._state.user
    return own is not None and message.author.id == own.id


def words_of(message: discord.Message) -> str:
    """Return what somebody typed, without the mentions in it."""
    words = message.content
    for user in message.mentions:
        words = words.replace(f"<@{user.id}>", "").replace(f"<@!{user.id}>", "")
    return words.strip()


def kind_of(message: discord.Message) -> Kind:
    """Say what a message holds that is no picture."""
    if message.stickers:
        return Kind.STICKER
    for attachment in message.attachments:
        kind = (attachment.content_type or "").partition("/")[0]
        return {"audio": Kind.VOICE, "video": Kind.VIDEO}.get(kind, Kind.FILE)
    if is_number(words_of(message)):
        return Kind.NUMBER
    return Kind.TEXT if words_of(message) else Kind.OTHER


def _pictures_pointed_at(
    message: discord.Message, replied: discord.Message | None
) -> list[SentPicture]:
    """Find the pictures of the message that another one replies to; the bot's own are none."""
    return [] if replied is None or is_own(replied) else pictures_in(replied)
