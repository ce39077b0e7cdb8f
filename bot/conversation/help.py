"""/start, /help, /privacy, and what is said to everything that is neither photo nor command."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from bot.conversation.buttons.actions import AskLanguage, ShowHelp, TrySample
from bot.conversation.message import Button, Message, Picture
from bot.messages import texts
from bot.messages.language import gettext, html

SAMPLE_PHOTO = Path(texts.__file__).with_name("sample.jpg")
"""A photo of 2047."""


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


def show_help() -> Message:
    """Say what to send and how to photograph it."""
    return Message(html(texts.HELP))


def privacy() -> Message:
    """Say what is kept of what a person sends."""
    return Message(html(texts.PRIVACY))


def unknown_command() -> Message:
    """Say that there is no such command."""
    return Message(html(texts.UNKNOWN_COMMAND))


def read_what() -> Message:
    """Say what to reply to with /read."""
    return Message(html(texts.READ_WHAT))


def anything_else(kind: Kind) -> Message:
    """Say what to send instead of this kind of message."""
    return Message(html(texts.NOT_FOR_ME[kind]))
