"""One row for each photo answered: what the buttons under an answer refer to, and what counts.

The glyphs are kept for as long as somebody may still say what they really are, and then go.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import AnswerGone, NotTheirs
from bot.store.engine.database import Database
from bot.store.people import Person, pseudonym
from bot.store.tables import AnswerRow, CorrectionRow, QuestionRow
from model.types import NOT_A_DIGIT, Digit, Glyph, Reading

GLYPHS_KEPT = timedelta(days=7)
"""How long the buttons under an answer work. People who correct do so at once; a week also
forgives a weekend."""


MAX_ALBUM_PHOTOS = 10
"""Photos of an album, as many as Telegram allows."""

_ALBUM_ANSWER_ID = re.compile(r"(?P<album>[A-Za-z0-9_-]{12})(?P<place>[0-9])")


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one photo.

    Attributes:
        id: what the buttons carry; from `new_id`.
        user: who sent the photo.
        version: of the model that read it.
        reading: what was read. Empty with `problem` set if the file could not be read at all.
        milliseconds: from the moment the photo was asked for to the answer being ready.
        problem: the kind of a `PhotoError`, or None.
        candidates: of a refused photo, what looked most like digits, in reading order.
    """

    id: str
    user: Person
    version: str
    reading: Reading
    milliseconds: float
    problem: str | None = None
    candidates: tuple[Digit, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class AnsweredDigit:
    """One digit of an answer.

    Attributes:
        glyph: (28, 28), uint8, 0 paper … 255 ink.
        label: as which it was answered, or NOT_A_DIGIT if the photo was refused.
        confidence: in that label, 0–1; 0 if the photo was refused.
        probabilities: (10,), float64, of the digits 0 to 9; they sum to 1.
    """

    glyph: Glyph
    label: int
    confidence: float
    probabilities: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class StoredAnswer:
    """An answer whose digits can still be corrected.

    Attributes:
        digits: in reading order; of a refused photo, what looked most like digits.
        corrected: what the person has said of digits so far, by position.
        said: the number that the person typed instead, or None.
    """

    id: str
    version: str
    digits: tuple[AnsweredDigit, ...]
    corrected: Mapping[int, int]
    said: str | None

    @property
    def is_refused(self) -> bool:
        """Whether nothing was answered."""
        return all(digit.label == NOT_A_DIGIT for digit in self.digits)

    @property
    def text(self) -> str:
        """What was answered; "" if the photo was refused."""
        return "".join(str(digit.label) for digit in self.digits if digit.label != NOT_A_DIGIT)

    @property
    def corrected_text(self) -> str | None:
        """What the photo says by all that the person said so far; None if that is nothing."""
        if self.said is not None or not self.corrected:
            return self.said
        labels = [self.corrected.get(n, digit.label) for n, digit in enumerate(self.digits)]
        return "".join(str(label) for label in labels if label != NOT_A_DIGIT)


def new_id() -> str:
    """Make a name of 12 characters for an answer: short enough for a button, not to be guessed."""
    return secrets.token_urlsafe(9)


def album_answer_id(album: str, number: int) -> str:
    """Make the name of the answer to a photo of an album.

    Args:
        album: from `new_id`; the names of all its answers begin with it.
        number: of the photo, 1 to `MAX_ALBUM_PHOTOS`.
    """
    return f"{album}{number - 1}"


def photo_number(answer: str) -> int | None:
    """Return the number of a photo in its album, from 1 on; None for a single photo."""
    found = _ALBUM_ANSWER_ID.fullmatch(answer)
    return None if found is None else int(found["place"]) + 1


async def album_of(database: Database, answer: str) -> tuple[str, ...]:
    """Return the answers of an album that can be corrected, by the name of one of them.

    An answer to a single photo is alone.
    """
    found = _ALBUM_ANSWER_ID.fullmatch(answer)
    if found is None:
        return (answer,)
    names = [album_answer_id(found["album"], n) for n in range(1, MAX_ALBUM_PHOTOS + 1)]
    asked = select(AnswerRow.id).where(AnswerRow.id.in_(names), AnswerRow.glyphs.is_not(None))
    async with database.reading() as connection:
        return tuple(sorted((await connection.execute(asked)).scalars()))


async def keep(database: Database, answered: Answered, at: datetime | None = None) -> None:
    """Keep what was read in one photo (never the photo), once, however often this is tried."""
    reading = answered.reading
    digits = reading.digits or answered.candidates
    # Of a refused photo the model does not say how sure it is.
    confidences = [round(digit.confidence, 5) if reading.digits else 0.0 for digit in digits]
    refusal = answered.problem or reading.refusal
    async with database.writing() as connection:
        there = select(AnswerRow.id).where(AnswerRow.id == answered.id)
        if (await connection.execute(there)).first() is not None:
            return  # a try that ran out of time may have been carried out all the same
        await connection.execute(
            insert(AnswerRow).values(
                id=answered.id,
                at=at or datetime.now(UTC),
                person=await pseudonym(connection, answered.user),
                version=answered.version,
                labels=reading.text,
                confidences=json.dumps(confidences),
                glyphs=b"".join(digit.glyph.tobytes() for digit in digits) or None,
                refusal=None if refusal is None else str(refusal),
                milliseconds=answered.milliseconds,
                probabilities=_packed(digits) if digits else None,
            )
        )


async def get_own(database: Database, answer: str, user: Person) -> StoredAnswer:
    """Return the answer that a button refers to, for the person who sent the photo.

    Raises:
        NotTheirs: somebody else sent it.
        AnswerGone: it was forgotten, or is too old.
    """
    async with database.reading() as connection:
        found, _ = await select_for_update(connection, answer, user)
    return found


async def select_for_update(
    connection: AsyncConnection, answer: str, user: Person
) -> tuple[StoredAnswer, bytes]:
    """Like `get_own`, with the row locked for update; also return the owner's pseudonym.

    Raises:
        NotTheirs, AnswerGone: as `get_own`.
    """
    row = (
        await connection.execute(select(AnswerRow).where(AnswerRow.id == answer).with_for_update())
    ).one_or_none()
    if row is None or row.glyphs is None or row.person is None:
        raise AnswerGone("I no longer have that digit. Please send the photo again.")
    person = await pseudonym(connection, user)
    if not hmac.compare_digest(person, row.person):
        raise NotTheirs("Only the person who sent the photo can say what it shows.")
    said = await connection.execute(
        select(CorrectionRow.position, CorrectionRow.said).where(CorrectionRow.answer == answer)
    )
    digits = _unpacked(row)
    return StoredAnswer(
        answer, row.version, digits, {row.position: row.said for row in said}, row.said
    ), person


def _packed(digits: Sequence[Digit]) -> bytes:
    """Return the probabilities of digits as ten numbers of two bytes each."""
    return np.stack([digit.probabilities for digit in digits]).astype(np.float16).tobytes()


def _unpacked(row: Row[Any]) -> tuple[AnsweredDigit, ...]:
    """Return the digits of an answer, of a refused one those that were likeliest."""
    glyphs = np.frombuffer(row.glyphs, np.uint8).reshape(-1, 28, 28)
    refused = row.refusal is not None
    labels = [NOT_A_DIGIT] * len(glyphs) if refused else [int(label) for label in row.labels]
    confidences: list[float] = json.loads(row.confidences)
    if row.probabilities is None:  # written by an earlier version
        rows = [_spread(*one) for one in zip(labels, confidences, strict=True)]
        probabilities = np.array(rows, np.float64)
    else:
        packed = np.frombuffer(row.probabilities, np.float16).reshape(-1, 10)
        probabilities = packed.astype(np.float64)
    return tuple(
        AnsweredDigit(*one) for one in zip(glyphs, labels, confidences, probabilities, strict=True)
    )


def _spread(label: int, confidence: float) -> list[float]:
    """Give a label its confidence, and the other nine digits equal parts of the rest."""
    return [confidence if digit == label else (1 - confidence) / 9 for digit in range(10)]


async def drop_old_glyphs(database: Database, now: datetime | None = None) -> int:
    """Delete the glyphs of answers that are too old to be corrected, and return how many.

    What was asked about such answers goes with them.
    """
    before = (now or datetime.now(UTC)) - GLYPHS_KEPT
    async with database.writing() as connection:
        await connection.execute(delete(QuestionRow).where(QuestionRow.at < before))
        dropped = await connection.execute(
            update(AnswerRow)
            .where(AnswerRow.at < before, AnswerRow.glyphs.is_not(None))
            .values(glyphs=None, probabilities=None, said=None)
        )
        return dropped.rowcount
