"""One row for each photo answered: what the buttons under an answer refer to, and what counts.

The glyphs are kept for as long as somebody may still say what they really are, and then go.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import AnswerGone, NotTheirs
from bot.store.engine.database import Database
from bot.store.people import pseudonym
from bot.store.tables import AnswerRow
from model.types import Glyph, Reading

GLYPHS_KEPT = timedelta(days=7)
"""How long the buttons under an answer work. People who correct do so at once; a week also
forgives a weekend."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one photo.

    Attributes:
        id: what the buttons carry; from `new_id`.
        user: the Telegram id of who sent the photo.
        version: of the model that read it.
        reading: what was read. Empty with `problem` set if the file could not be read at all.
        milliseconds: from the moment the photo was asked for to the answer being ready.
        problem: the kind of a `PhotoError`, or None.
    """

    id: str
    user: int
    version: str
    reading: Reading
    milliseconds: float
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class AnsweredDigit:
    """One digit of an answer: shape (28, 28) uint8 glyph, its label and the confidence in it."""

    glyph: Glyph
    label: int
    confidence: float


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer whose digits can still be corrected."""

    id: str
    version: str
    digits: tuple[AnsweredDigit, ...]


def new_id() -> str:
    """Make a name for an answer: short enough for a button (64 bytes) and not to be guessed."""
    return secrets.token_urlsafe(9)


async def keep(database: Database, answered: Answered, at: datetime | None = None) -> None:
    """Keep what was read in one photo (never the photo)."""
    digits = answered.reading.digits
    refusal = answered.problem or answered.reading.refusal
    async with database.writing() as connection:
        await connection.execute(
            insert(AnswerRow).values(
                id=answered.id,
                at=at or datetime.now(UTC),
                person=await pseudonym(connection, answered.user),
                version=answered.version,
                labels=answered.reading.text,
                confidences=json.dumps([round(digit.confidence, 5) for digit in digits]),
                glyphs=b"".join(digit.glyph.tobytes() for digit in digits) or None,
                refusal=None if refusal is None else str(refusal),
                milliseconds=answered.milliseconds,
            )
        )


async def get_own(database: Database, answer: str, user: int) -> StoredAnswer:
    """Return the answer that a button refers to, for the person who sent the photo.

    Raises:
        NotTheirs: somebody else sent it.
        AnswerGone: it was forgotten, or is too old.
    """
    async with database.reading() as connection:
        found, _ = await select_for_update(connection, answer, user)
    return found


async def select_for_update(
    connection: AsyncConnection, answer: str, user: int
) -> tuple[StoredAnswer, bytes]:
    """Like `get_own`, with the row locked for update; also return the owner's pseudonym.

    Raises:
        NotTheirs, AnswerGone: as `get_own`.
    """
    row = (
        await connection.execute(
            select(
                AnswerRow.person,
                AnswerRow.version,
                AnswerRow.labels,
                AnswerRow.confidences,
                AnswerRow.glyphs,
            )
            .where(AnswerRow.id == answer)
            .with_for_update()
        )
    ).one_or_none()
    if row is None or row.glyphs is None or row.person is None:
        raise AnswerGone("I no longer have that digit. Please send the photo again.")
    person = await pseudonym(connection, user)
    if not hmac.compare_digest(person, row.person):
        raise NotTheirs("Only the person who sent the photo can say what it shows.")
    glyphs = np.frombuffer(row.glyphs, np.uint8).reshape(-1, 28, 28)
    digits = zip(glyphs, row.labels, json.loads(row.confidences), strict=True)
    return (
        StoredAnswer(answer, row.version, tuple(AnsweredDigit(g, int(d), c) for g, d, c in digits)),
        person,
    )


async def drop_old_glyphs(database: Database, now: datetime | None = None) -> int:
    """Delete the glyphs of answers that are too old to be corrected, and return how many."""
    before = (now or datetime.now(UTC)) - GLYPHS_KEPT
    async with database.writing() as connection:
        dropped = await connection.execute(
            update(AnswerRow)
            .where(AnswerRow.at < before, AnswerRow.glyphs.is_not(None))
            .values(glyphs=None)
        )
        return dropped.rowcount
