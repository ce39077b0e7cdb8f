"""/start, /help, /privacy, and what is said to everything that is neither photo nor command."""

from __future__ import annotations

from enum import StrEnum

from bot.conversation.message import Message
from bot.messages import texts
from bot.messages.language import html


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
    """Say hello and what to do."""
    return Message(html(texts.START))


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
