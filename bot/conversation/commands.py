"""Which commands there are, what each is for, and to whom a front end offers them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A command.

    Attributes:
        name: without the slash.
        purpose: a few words for a menu.
    """

    name: str
    purpose: str


FOR_EVERYBODY: tuple[Command, ...] = (
    Command("help", "What to send, and how to photograph it well"),
    Command("why", "In reply to an answer: see how I read the photo"),
    Command("privacy", "What is kept of what you send"),
    Command("forget", "Delete all that you gave"),
)
"""Offered in a person's own chat with the bot."""

FOR_GROUPS: tuple[Command, ...] = (
    Command("read", "In reply to a photo: read the digits in it"),
    Command("why", "In reply to an answer: see how I read the photo"),
    Command("help", "What to send, and how to photograph it well"),
)
"""Offered in a chat of several people."""

FOR_ADMINS: tuple[Command, ...] = (
    Command("review", "Look at what people corrected"),
    Command("train", "Learn it: /train, or /train RECIPE [EPOCHS] from scratch"),
    Command("cancel", "Stop the training"),
    Command("models", "The model versions: activate one, or go back"),
    Command("accuracy", "Measure the active version now"),
    Command("stats", "Photos, people, right and wrong"),
)
"""Offered to admins in their own chat with the bot, after everybody's."""
