"""A photo comes in, and is answered: with words, with a card, and with buttons to correct it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.conversation.corrections import verdict_buttons
from bot.conversation.message import Message, Picture
from bot.conversation.services import Services
from bot.messages import texts
from bot.store.answers import Answered, new_id
from model.errors import PhotoError
from model.types import Reading


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person gets for a photo.

    Attributes:
        id: what the buttons under it carry.
        message: what is said.
        refusal: why nothing was read, if so, for the log.
        digits: how many digits were read, for the log; it does not say which.
    """

    id: str
    message: Message
    refusal: str | None
    digits: int


async def answer_photo(
    services: Services, fetch: Callable[[], Awaitable[bytes]], sender: int, asked_at: float
) -> Answer:
    """Read a photo, and put the answer into the answer log.

    Args:
        services: what the conversation works with.
        fetch: brings the photo's bytes from the chat.
        sender: the person who sent the photo, to whom the buttons belong.
        asked_at: when the photo was asked for, by `time.monotonic`.

    Raises:
        PhotoError: the photo cannot be read; that is in the answer log too.
        FetchFailed: the bytes could not be had.
    """
    identity = new_id()
    try:
        read = await services.reader.read(await fetch())
    except PhotoError as error:
        version, kind = services.reader.version, type(error).__name__
        refused = Answered(
            identity, sender, version, Reading(()), _milliseconds_since(asked_at), kind
        )
        services.answer_log.enqueue(refused)
        raise
    reading = read.reading
    answered = Answered(identity, sender, read.version, reading, _milliseconds_since(asked_at))
    # What is not in the log cannot be corrected.
    logged = services.answer_log.enqueue(answered)
    message = Message(
        texts.caption(reading),
        () if read.card is None else (Picture(read.card, "answer.png"),),
        verdict_buttons(identity) if logged and reading.digits else (),
    )
    return Answer(identity, message, reading.refusal, len(reading.digits))


def _milliseconds_since(moment: float) -> float:
    return 1000 * (time.monotonic() - moment)
