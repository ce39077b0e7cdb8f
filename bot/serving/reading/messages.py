"""What the bot and its reading process say to each other, and how it travels through a pipe.

Each message is a pickled `Request` or `Reply` after its length in four bytes.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from enum import Enum, StrEnum
from pathlib import Path

from markupsafe import Markup

from bot.messages.language import ENGLISH
from bot.serving.network_activity import NetworkActivity
from model.types import Digit, Reading

MAX_RECORDED_DIGITS = 12
"""Digits of a drawing whose activity is recorded. It takes 1 ms a digit and 3 kB of the answer."""

PHOTOS_AT_ONCE = 6
"""Photos in the reading process at the same time. Two of them are worked on; the others have just
come, or take long and let those go first."""

LENGTH = struct.Struct("!I")
"""The number of bytes that follow."""


class Task(StrEnum):
    """What the reading process can be asked to do."""

    LOAD = "load a model version and return its name"
    READ = "read a photo and return a `ReadingResult`"
    READ_WITH_CARD = "read a photo, draw its card and return a `ReadingResult`"
    RECORD = "read a drawing and return a `RecordedReading`"
    EXPLAIN = "read a photo and return an `Explanation`"


@dataclass(frozen=True, slots=True)
class Request:
    """One piece of work.

    Attributes:
        number: names this request in its reply.
        task: what to do.
        model: the model folder to do it with.
        photo: an image file; empty for `Task.LOAD`.
        language: the person's, for words in pictures: a key of `bot.messages.language.LANGUAGES`.
    """

    number: int
    task: Task
    model: Path
    photo: bytes = b""
    language: str = ENGLISH


class Begun(Enum):
    """Says that a request is worked on from now on; what it came to follows."""

    BEGUN = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a request: a value, or an exception to raise; or `Begun`."""

    number: int
    value: object


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """What one photo gives.

    Attributes:
        reading: what was read.
        card: the answer card, PNG; None if none was asked for, or nothing was read.
        version: of the model that read it.
        candidates: of a refused photo, what looked most like digits.
    """

    reading: Reading
    card: bytes | None
    version: str
    candidates: tuple[Digit, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a photo was read as it was.

    Attributes:
        text: in words.
        picture: what was found where, PNG.
    """

    text: Markup
    picture: bytes


@dataclass(frozen=True, slots=True)
class RecordedReading:
    """What one drawing gives, with the network at work.

    Attributes:
        reading: what was read.
        activities: what the network made of each digit, in the order of the reading; those after
            `MAX_RECORDED_DIGITS` have none.
        version: of the model that read it.
    """

    reading: Reading
    activities: tuple[NetworkActivity, ...]
    version: str


class ReadingFailed(Exception):
    """The reading process met an error that nobody foresaw; the message is its traceback."""


def packed(message: Request | Reply) -> bytes:
    """Return a message as it travels, with its length."""
    content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(content)) + content
