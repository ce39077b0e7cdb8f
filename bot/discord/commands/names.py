"""What commands are called and what is said of them, in each language that Discord has."""

from __future__ import annotations

from collections.abc import Callable

import discord
from discord import app_commands

from bot.conversation.commands import FOR_ADMINS, FOR_EVERYBODY
from bot.messages.language import ENGLISH, N_, find_language, gettext, pgettext, speaking

NAMES: dict[str, Callable[[], str]] = {
    "read": lambda: pgettext("name of a command: one word in lower case", "read"),
    "picture": lambda: pgettext("name of a command's field: one word in lower case", "picture"),
    "why": lambda: pgettext("name of a command: one word in lower case", "why"),
    "help": lambda: pgettext("name of a command: one word in lower case", "help"),
    "privacy": lambda: pgettext("name of a command: one word in lower case", "privacy"),
    "forget": lambda: pgettext("name of a command: one word in lower case", "forget"),
    "language": lambda: pgettext("name of a command: one word in lower case", "language"),
    "train": lambda: pgettext("name of a command: one word in lower case", "train"),
    "recipe": lambda: pgettext("name of a command's field: one word in lower case", "recipe"),
    "epochs": lambda: pgettext("name of a command's field: one word in lower case", "epochs"),
    "cancel": lambda: pgettext("name of a command: one word in lower case", "cancel"),
    "models": lambda: pgettext("name of a command: one word in lower case", "models"),
    "accuracy": lambda: pgettext("name of a command: one word in lower case", "accuracy"),
    "review": lambda: pgettext("name of a command: one word in lower case", "review"),
    "stats": lambda: pgettext("name of a command: one word in lower case", "stats"),
    "Read digits": lambda: pgettext("in the menu of a message", "Read digits"),
    "Why this reading?": lambda: pgettext("in the menu of a message", "Why this reading?"),
}
"""The names, and how each is translated."""

PURPOSES = {command.name: command.purpose for command in (*FOR_EVERYBODY, *FOR_ADMINS)} | {
    "read": N_("Read the digits in a picture"),
    "picture": N_("A photo or an image file with handwritten digits"),
    "why": N_("See how I read your last picture"),
    "train": N_("Learn what people corrected, or train a recipe from scratch"),
    "recipe": N_("From scratch by this recipe; without one, learn what people corrected"),
    "epochs": N_("How often to go through the training images"),
}
"""What each is for, where that is not said for all platforms in the same words."""


def name(english: str) -> app_commands.locale_str:
    """Return a name that is shown in each person's language."""
    return app_commands.locale_str(english, kind="name")


def purpose(of: str) -> app_commands.locale_str:
    """Return what a command or a field is for, shown in each person's language."""
    return app_commands.locale_str(PURPOSES[of], kind="purpose")


class Translator(app_commands.Translator):
    """Translates names and purposes by the bot's own catalogues."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return a text in one of Discord's languages; None where it is as in English."""
        language = find_language(locale.value)
        if language is None or language == ENGLISH:
            return None
        with speaking(language):
            match string.extras.get("kind"):
                case "name":
                    return NAMES[string.message]()
                case "purpose":
                    return gettext(string.message)
                case _:  # the name of a recipe
                    return None
