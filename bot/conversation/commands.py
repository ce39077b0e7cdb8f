"""Which commands there are, what each is for, and to whom a front end offers them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages.language import N_


@dataclass(frozen=True, slots=True)
class Command:
    """A command.

    Attributes:
        name: without the slash.
        purpose: a few words for a menu, in English: `gettext` translates them.
    """

    name: str
    purpose: str


FOR_EVERYBODY: tuple[Command, ...] = (
    Command("help", N_("What to send, and how to photograph it well")),
    Command("why", N_("In reply to an answer: see how I read the photo")),
    Command("privacy", N_("What is kept of what you send")),
    Command("language", N_("Choose the language that I speak")),
    Command("forget", N_("Delete all that you gave")),
)
"""Offered in a person's own chat with the bot."""

FOR_GROUPS: tuple[Command, ...] = (
    Command("read", N_("In reply to a photo: read the digits in it")),
    Command("why", N_("In reply to an answer: see how I read the photo")),
    Command("help", N_("What to send, and how to photograph it well")),
)
"""Offered in a chat of several people."""

FOR_ADMINS: tuple[Command, ...] = (
    Command("review", N_("Look at what people corrected")),
    Command("train", N_("Learn it: /train, or /train RECIPE [EPOCHS] from scratch")),
    Command("cancel", N_("Stop the training")),
    Command("models", N_("The model versions: activate one, or go back")),
    Command("accuracy", N_("Measure the active version now")),
    Command("stats", N_("Photos, people, right and wrong")),
)
"""Offered to admins in their own chat with the bot, after everybody's."""
