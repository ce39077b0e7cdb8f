"""A photo or an album comes in, and is answered: in words, in a picture, with buttons."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.conversation.buttons.actions import Why
from bot.conversation.corrections.buttons import album_buttons, answer_buttons
from bot.conversation.message import Button, Buttons, Message, Picture
from bot.conversation.problems import explain_problem
from bot.conversation.services import Services
from bot.errors import FetchFailed
from bot.messages import captions
from bot.messages.language import gettext
from bot.serving.reading.messages import ReadingResult
from bot.store.answers import Answered, album_answer_id, new_id
from bot.store.people import Person
from model.errors import PhotoError
from model.types import Reading


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person gets for a photo, or for an album.

    Attributes:
        ids: what the buttons under it carry, one for each photo.
        message: what is said.
        refusal: why nothing was read, if so, for the log.
        digits: how many digits were read, for the log; it does not say which.
    """

    ids: tuple[str, ...]
    message: Message
    refusal: str | None
    digits: int


@dataclass(frozen=True, slots=True)
class ReadPhoto:
    """A photo of an album that is read, before the album is answered.

    Attributes:
        sender: the person who sent it, to whom the buttons belong.
        result: what was read, or why nothing could be.
        version: of the model.
        milliseconds: from the moment the photo was asked for.
    """

    sender: Person
    result: ReadingResult | PhotoError | FetchFailed
    version: str
    milliseconds: float

    @property
    def outcome(self) -> tuple[str | None, int]:
        """Why nothing was read, if so, and how many digits were read, for the log."""
        result = self.result
        if isinstance(result, ReadingResult):
            return result.reading.refusal, len(result.reading.digits)
        return type(result).__name__, 0

    @property
    def can_be_corrected(self) -> bool:
        """Whether there are glyphs of which a person can say what they are."""
        result = self.result
        return isinstance(result, ReadingResult) and bool(
            result.reading.digits or result.candidates
        )

    def answered(self, identity: str) -> Answered:
        """Return what the answer log takes."""
        result = self.result
        if isinstance(result, ReadingResult):
            reading, candidates, problem = result.reading, result.candidates, None
        else:
            reading, candidates, problem = Reading(()), (), type(result).__name__
        return Answered(
            identity, self.sender, self.version, reading, self.milliseconds, problem, candidates
        )


async def answer_photo(
    services: Services, fetch: Callable[[], Awaitable[bytes]], sender: Person, asked_at: float
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
    photo = await read_photo(services, fetch, sender, asked_at)
    if isinstance(photo.result, FetchFailed):
        raise photo.result
    identity = new_id()
    logged = services.answer_log.enqueue(photo.answered(identity))
    if isinstance(photo.result, PhotoError):
        raise photo.result
    reading, card = photo.result.reading, photo.result.card
    message = Message(
        captions.caption(reading),
        () if card is None else (Picture(card, "answer.png"),),
        # What is not in the log cannot be corrected.
        _buttons_of_one(identity, photo) if logged else (),
    )
    return Answer((identity,), message, reading.refusal, len(reading.digits))


async def read_photo(
    services: Services, fetch: Callable[[], Awaitable[bytes]], sender: Person, asked_at: float
) -> ReadPhoto:
    """Read a photo, or find out why it cannot be read; as `answer_photo`, without an answer."""
    result: ReadingResult | PhotoError | FetchFailed
    try:
        result = await services.reader.read(await fetch())
    except (PhotoError, FetchFailed) as error:
        result = error
    version = result.version if isinstance(result, ReadingResult) else services.reader.version
    return ReadPhoto(sender, result, version, 1000 * (time.monotonic() - asked_at))


def answer_album(
    services: Services, album: str, photos: Sequence[ReadPhoto], logged: int
) -> Answer:
    """Answer all photos of an album at once.

    Args:
        services: what the conversation works with.
        album: names it; from `new_id`.
        photos: in the order in which the album shows them.
        logged: how many of them are in the answer log already, because they were answered before
            the others came.
    """
    ids = [album_answer_id(album, number) for number in range(1, len(photos) + 1)]
    pairs = list(zip(ids, photos, strict=True))
    for identity, photo in pairs[logged:]:
        services.answer_log.enqueue(photo.answered(identity))
    correctable = [identity for identity, photo in pairs if photo.can_be_corrected]
    lines = [line for photo in photos if (line := _line(photo)) is not None]
    digits = sum(len(line.digits) for line in lines if isinstance(line, Reading))
    message = Message(captions.album_caption(lines), buttons=album_buttons(correctable))
    return Answer(tuple(ids), message, None, digits)


def _line(photo: ReadPhoto) -> Reading | Markup | None:
    """Return what a photo of an album shows, or what is said where it cannot be read."""
    if isinstance(photo.result, ReadingResult):
        return photo.result.reading
    problem = explain_problem(photo.result)
    return None if problem is None else problem.text


def _buttons_of_one(identity: str, photo: ReadPhoto) -> Buttons:
    """Return the buttons under the answer to one photo; one can always ask why."""
    if photo.can_be_corrected:
        refused = isinstance(photo.result, ReadingResult) and not photo.result.reading.digits
        return answer_buttons(identity, refused=refused)
    return ((Button(gettext("why?"), Why(identity)),),)
