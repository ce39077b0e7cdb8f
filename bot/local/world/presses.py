"""Buttons that somebody pressed, until the bot answers."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from telegram import Message

from bot.local.api.errors import bad_request

CALLBACK_SECONDS = 15 * 60.0
"""Time in which a pressed button may be answered."""

QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
"""Telegram's words where a pressed button is answered too late, or twice."""


@dataclass
class ButtonReply:
    """What answerCallbackQuery said.

    Attributes:
        text: None for nothing.
        show_alert: whether the text is shown in a dialog that one must close.
        url: to be opened; None for none.
    """

    text: str | None
    show_alert: bool
    url: str | None


@dataclass
class Press:
    """A button that somebody pressed, until the bot answers.

    Attributes:
        person: id of who pressed it.
        chat_id: where it is.
        message_id: the message under which it is.
        since: when it was pressed, in seconds since 1970.
        answer: is set when the bot answers.
    """

    person: int
    chat_id: int
    message_id: int
    since: float
    answer: asyncio.Future[ButtonReply]


class Presses:
    """The pressed buttons that the bot has not answered yet.

    Args:
        clock: seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._open: dict[str, Press] = {}

    def open(self, person: int, message: Message) -> tuple[str, Press]:
        """Record that a person pressed a button; return the id of the query and the press."""
        query_id = str(secrets.randbits(62))
        press = Press(
            person,
            message.chat.id,
            message.message_id,
            self._clock(),
            asyncio.get_running_loop().create_future(),
        )
        self._open[query_id] = press
        return query_id, press

    def close(self, query_id: str) -> Press:
        """Return the press that the bot answers.

        Raises:
            ApiError: if it was answered before, or the answer is too late.
        """
        press = self._open.pop(query_id, None)
        if press is None or self._clock() - press.since > CALLBACK_SECONDS:
            raise bad_request(QUERY_TOO_OLD)
        return press
