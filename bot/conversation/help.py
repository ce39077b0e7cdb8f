"""/start, /help, /privacy, and what is said to everything that is neither photo nor command."""

from __future__ import annotations

from collections import OrderedDict
from enum import StrEnum
from pathlib import Path

from aiolimiter import AsyncLimiter
from markupsafe import Markup

from bot.conversation.buttons.actions import AskLanguage, ShowHelp, TrySample
from bot.conversation.message import Button, Message, Picture
from bot.messages import texts
from bot.messages.language import gettext, html
from bot.store.people import Person

SAMPLE_PHOTO = Path(texts.__file__).with_name("sample.jpg")
"""A photo of 2047."""

MAX_HINTS = 3
"""Sentences that say what to send, for one person in one group within `HINT_SECONDS`. Telegram lets
a bot send 20 messages a minute to a group, so one person's mentions would hold up the others'
photos."""

HINT_SECONDS = 60.0
"""The time in which they are counted."""

MAX_REMEMBERED_PEOPLE = 1000
"""People in groups whose sentences are counted; those who were silent for longest are dropped."""


class Kind(StrEnum):
    """What a message without a picture holds."""

    TEXT = "text"
    NUMBER = "number"
    VOICE = "voice"
    VIDEO = "video"
    ANIMATION = "animation"
    STICKER = "sticker"
    FILE = "file"
    OTHER = "other"


def start() -> Message:
    """Say hello and what to do, and offer to try it at once."""
    return Message(
        html(texts.START),
        buttons=(
            (Button(gettext("Try it with a sample photo"), TrySample()),),
            (
                Button(gettext("How to photograph"), ShowHelp()),
                Button(gettext("Language"), AskLanguage()),
            ),
        ),
    )


def sample() -> Message:
    """Show a photo of a number, for somebody who has none: it is read as if they had sent it.

    It was drawn by `model.synthesis`, so it may be shown to everybody.
    """
    text = html("Here is a sample photo. I read it as if you had sent it:")
    return Message(text, (Picture(SAMPLE_PHOTO.read_bytes(), "sample.jpg"),))


def show_help(*, by_menu: bool = False) -> Message:
    """Say what to send and how to photograph it.

    Args:
        by_menu: whether commands about a picture stand in the menu of its message, as on Discord.
    """
    parts = (texts.HELP, texts.HELP_BY_MENU if by_menu else texts.HELP_BY_REPLY)
    return Message(Markup("\n\n").join(html(part) for part in parts))


def privacy(*, with_channels: bool = False) -> Message:
    """Say what is kept of what a person sends.

    Args:
        with_channels: whether the bot notes where people write to it, as on Discord.
    """
    parts = (texts.PRIVACY, *((texts.PRIVACY_OF_CHANNELS,) if with_channels else ()))
    return Message(Markup("\n\n").join(html(part) for part in parts))


def unknown_command() -> Message:
    """Say that there is no such command."""
    return Message(html(texts.UNKNOWN_COMMAND))


def no_picture() -> Message:
    """Say that there is no picture where one was to be read."""
    return Message(html(texts.NO_PICTURE))


def why_which() -> Message:
    """Say how to ask why, where no picture of the person's is remembered."""
    return Message(html(texts.WHY_WHICH))


def read_what() -> Message:
    """Say what to reply to with /read."""
    return Message(html(texts.READ_WHAT))


def read_by_menu() -> Message:
    """Say how to have somebody else's picture read, where the bot cannot see it."""
    return Message(html(texts.READ_BY_MENU))


def anything_else(kind: Kind) -> Message:
    """Say what to send instead of this kind of message."""
    return Message(html(texts.NOT_FOR_ME[kind]))


class HintLimit:
    """Counts how often each person in each group is told what to send."""

    def __init__(self) -> None:
        self._limiters: OrderedDict[tuple[str, Person], AsyncLimiter] = OrderedDict()

    async def allow(self, group: str, person: Person) -> bool:
        """Tell whether to tell a person in a group once more, and count that."""
        place = group, person
        limiter = self._limiters.setdefault(place, AsyncLimiter(MAX_HINTS, HINT_SECONDS))
        self._limiters.move_to_end(place)
        if len(self._limiters) > MAX_REMEMBERED_PEOPLE:
            self._limiters.popitem(last=False)
        if not limiter.has_capacity():
            return False
        await limiter.acquire()
        return True
