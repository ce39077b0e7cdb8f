"""/why, in reply to an answer or to a photo: every stage of reading that photo, in one picture."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Message, Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes

from bot.messages import texts
from bot.serving.photo_queue import PhotoQueue
from bot.telegram.downloads import fetch, is_picture
from bot.telegram.filters import MESSAGE
from bot.telegram.handlers.photo_errors import report_errors_to
from bot.telegram.retries import typing, with_retries

REMEMBERED_ANSWERS = 1000
"""Answers whose photo can be found again, at about 2 kB each. Telegram does not say what the
message was a reply to that somebody replies to."""


class AnsweredPhotos:
    """Which photo each of the last answers is about."""

    def __init__(self) -> None:
        self._photos: OrderedDict[tuple[int, int], Message] = OrderedDict()

    def remember(self, answer: Message, photo: Message) -> None:
        """Note what an answer that was sent is about; the oldest one is forgotten for it."""
        self._photos[answer.chat.id, answer.message_id] = photo
        if len(self._photos) > REMEMBERED_ANSWERS:
            self._photos.popitem(last=False)

    def find(self, answer: Message) -> Message | None:
        """The photo that this answer is about."""
        return self._photos.get((answer.chat.id, answer.message_id))


class WhyHandlers:
    """Explains answers.

    Args:
        explain: makes a PNG from a photo's bytes; raises `PhotoError`.
        turns: who is next.
        answered: knows which photo an answer is about.
    """

    def __init__(
        self,
        explain: Callable[[bytes], Awaitable[bytes]],
        turns: PhotoQueue,
        answered: AnsweredPhotos,
    ) -> None:
        self._explain = explain
        self._turns = turns
        self._answered = answered

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """For the application."""
        return [CommandHandler("why", self.why, MESSAGE)]

    async def why(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Send the explanation of the photo that the command is about."""
        message = update.message
        assert message is not None
        replied = message.reply_to_message
        photo = self._photo(replied) if replied else None
        if photo is None:
            await message.reply_text(texts.WHY_GONE if replied else texts.WHY_WHAT)
            return
        person = message.from_user.id if message.from_user else message.chat.id
        async with report_errors_to(message, update.update_id), self._turns.of(person):
            async with self._turns.work, typing(message):
                picture = await self._explain(await fetch(photo))
            await with_retries(
                lambda: photo.reply_photo(picture, caption=texts.WHY, filename="why.png")
            )

    def _photo(self, replied: Message) -> Message | None:
        return replied if is_picture(replied) else self._answered.find(replied)
