"""Which language an update is answered in, and /language."""

from __future__ import annotations

from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, TypeHandler

from bot.conversation.languages import ask_language
from bot.messages.language import speak
from bot.serving.languages import PeoplesLanguages
from bot.telegram.filters import MESSAGE
from bot.telegram.incoming import message_in, person_in, person_of
from bot.telegram.rendering import reply

BEFORE_ALL_OTHERS = -1
"""The group of the handler that sets the language: groups of a lower number come first."""


class LanguageHandlers:
    """Sets the language before other handlers answer.

    Args:
        languages: knows what each person wants.
    """

    def __init__(self, languages: PeoplesLanguages) -> None:
        self._languages = languages

    def first(self) -> BaseHandler[Any, Any, Any]:
        """Return the handler that goes before all others, into `BEFORE_ALL_OTHERS`.

        All handlers of an update run in one task, so what is set here holds for the others too.
        """
        return TypeHandler(Update, self.set_language)

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """Return the handlers to add to the application."""
        return [CommandHandler("language", self.language, MESSAGE)]

    async def set_language(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Speak the language of the person who wrote or pressed."""
        user = update.effective_user
        if user is None:
            return
        person = person_of(user) if update.message is None else person_in(update.message)
        speak(await self._languages.find(person, user.language_code))

    async def language(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Ask which language to speak."""
        await reply(message_in(update), ask_language())
