"""The button "why?" under an answer, and /why in reply to an answer or to a photo."""

from __future__ import annotations

from typing import Any

from telegram import Message, Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes

from bot.conversation.buttons.actions import Why, decode
from bot.conversation.services import Services
from bot.conversation.why import AnsweredPhotos, ask_for_photo, explain_photo, photo_gone
from bot.messages import texts
from bot.messages.language import gettext
from bot.store.answers import photo_number
from bot.store.people import Person
from bot.telegram.downloads import fetch, holds_photo, photo_file_in
from bot.telegram.filters import MESSAGE
from bot.telegram.handlers.callbacks import ActionHandler, answer_press
from bot.telegram.handlers.errors import report_errors_to
from bot.telegram.incoming import message_in, person_in, person_of, press_in
from bot.telegram.rendering import reply, shown_in
from bot.telegram.transport.waiting import notice, typing


class WhyHandlers:
    """Explains answers.

    Args:
        services: what the conversation works with.
        answered: knows which photo an answer is about, where Telegram does not say.
    """

    def __init__(self, services: Services, answered: AnsweredPhotos[Message]) -> None:
        self._services = services
        self._answered = answered

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """Return the handlers to add to the application, before those of other buttons."""
        return [
            ActionHandler(self.pressed, Why),
            CommandHandler("why", self.why, MESSAGE),
        ]

    async def pressed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Explain the photo to whose answer the button belongs.

        Telegram hands over the answer together with the photo that it replies to. So this works
        after a restart and in any replica, until the photo is deleted or the message is too old.
        """
        query = press_in(update)
        action, message = decode(query.data or ""), query.message
        assert isinstance(action, Why), "the handler takes nothing else"
        replied = message.reply_to_message if isinstance(message, Message) else None
        photo = self._answered.find(action.answer)
        if photo is None and replied is not None and photo_number(action.answer) in (None, 1):
            photo = replied
        if photo is None or photo_file_in(photo) is None:
            await answer_press(query, photo_gone(), alert=True)
            return
        await answer_press(query)
        await self._explain(update.update_id, person_of(query.from_user), photo)

    async def why(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Explain the photo that the command is about."""
        message = message_in(update)
        replied = message.reply_to_message
        photo = self._photo(replied) if replied else None
        if photo is None:
            await reply(message, ask_for_photo(replied=replied is not None))
            return
        await self._explain(update.update_id, person_in(message), photo)

    async def _explain(self, number: int, person: Person, photo: Message) -> None:
        queue = self._services.queue
        busy = notice(photo, gettext(texts.STILL_EXPLAINING))
        async with report_errors_to(photo, number), queue.of(person), busy:
            async with queue.work, typing(photo):
                said = await explain_photo(self._services.reader, lambda: fetch(photo))
            await reply(photo, said)

    def _photo(self, replied: Message) -> Message | None:
        if holds_photo(replied):
            return replied
        answers = shown_in(replied).answers
        return self._answered.find(answers[0]) if len(answers) == 1 else None
