"""What a person is told when something stops the work."""

from __future__ import annotations

from markupsafe import escape

from bot.conversation.message import Message
from bot.errors import FetchFailed, StoreUnavailable, TooManyWaiting
from bot.messages import texts
from model.errors import InklingError, PhotoError

FORESEEN = (PhotoError, FetchFailed, TooManyWaiting, StoreUnavailable)
"""Errors that are expected to happen, each of which has a sentence of its own."""


def explain_problem(error: InklingError | TooManyWaiting) -> Message | None:
    """Say what went wrong, and what to do; None if the person has been told already."""
    match error:
        case TooManyWaiting(first=True):
            return Message(texts.TOO_MANY.format(count=error.limit))
        case TooManyWaiting():
            return None
        case FetchFailed():
            return Message(texts.FETCH_FAILED)
        case StoreUnavailable():
            return Message(texts.MEMORY_AWAY)
        case PhotoError():
            return Message(escape(str(error)))
        case _:
            return unforeseen()


def unforeseen() -> Message:
    """Say that something went wrong which nobody foresaw."""
    return Message(texts.UNFORESEEN)
