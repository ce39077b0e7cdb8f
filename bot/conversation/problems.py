"""What a person is told when something stops the work."""

from __future__ import annotations

from bot.conversation.message import Message
from bot.errors import FetchFailed, StoreUnavailable, TooManyWaiting
from bot.messages import texts
from bot.messages.language import html
from model.errors import InklingError, PhotoError

FORESEEN = (PhotoError, FetchFailed, TooManyWaiting, StoreUnavailable)
"""Errors that are expected to happen, each of which has a sentence of its own."""


def explain_problem(error: InklingError | TooManyWaiting) -> Message | None:
    """Say what went wrong, and what to do; None if the person has been told already."""
    match error:
        case TooManyWaiting(first=True):
            return Message(texts.too_many_photos(error.limit))
        case TooManyWaiting():
            return None
        case FetchFailed():
            return Message(html(texts.FETCH_FAILED))
        case StoreUnavailable():
            return Message(html(texts.MEMORY_AWAY))
        case PhotoError():
            return Message(html(texts.PHOTO_PROBLEMS[type(error)]))
        case _:
            return unforeseen()


def unforeseen() -> Message:
    """Say that something went wrong which nobody foresaw."""
    return Message(html(texts.UNFORESEEN))
