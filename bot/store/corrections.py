"""What people say that glyphs really are, and what admins think of that.

    said what was read        confirmed: counts, trains nothing
    said something else       waiting → accepted (trains, or measures) | rejected

A correction is not trusted before an admin accepts it. Of the accepted ones every fifth is kept
out of training, to see whether a model that trained on the others has learnt or only memorised.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Integer, case, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.answers import StoredAnswer, select_for_update
from bot.store.engine.database import Database
from bot.store.people import Person
from bot.store.tables import AnswerRow, CorrectionRow
from model.types import Glyph

HELD_OUT_SHARE = 0.2
"""The share of accepted corrections that only measure. Fewer would measure nothing in the
beginning, more would be missed in training."""


class State(StrEnum):
    """What has become of a correction."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Standing(NamedTuple):
    """What admins have thought so far of a person's corrections."""

    accepted: int
    rejected: int

    @property
    def often_wrong(self) -> bool:
        """Whether to look twice: at least three were judged, and half of them rejected."""
        judged = self.accepted + self.rejected
        return judged >= 3 and self.rejected * 2 >= judged


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction to be looked at.

    Attributes:
        glyph: (28, 28) uint8, 0 paper … 255 ink.
        read: what the model read, 0–9, or -1 if it refused the photo.
        confidence: how sure it was of that, 0–1; 0 if it refused the photo.
        said: what the person says, 0–9, or -1 for no digit.
        giver: the first hex digits of who gave it, to tell people apart on a sheet.
    """

    id: int
    at: datetime
    glyph: Glyph
    version: str
    read: int
    confidence: float
    said: int
    giver: str
    standing: Standing


@dataclass(frozen=True, slots=True, eq=False)
class Accepted:
    """All accepted corrections, in the order of their ids.

    Attributes:
        glyphs: (n, 28, 28) uint8, 0 paper … 255 ink.
        said: (n,) int64, 0–9, or -1 for no digit.
        held_out: (n,) bool, those that only measure.
    """

    glyphs: NDArray[np.uint8]
    said: NDArray[np.int64]
    held_out: NDArray[np.bool_]


async def submit(database: Database, answer: str, position: int, user: Person, said: int) -> State:
    """Keep what a person says of one digit; a second thought replaces the first.

    Raises:
        NotTheirs, AnswerGone: as `answers.get_own`.
    """
    async with database.writing() as connection:
        found, person = await select_for_update(connection, answer, user)
        await _set_said(connection, answer, None)
        return await _submit(connection, found, person, position, said)


async def submit_number(
    database: Database, answer: str, user: Person, number: str, said: Mapping[int, int]
) -> None:
    """Keep what a person says that the whole photo shows; it replaces all that was said before.

    Args:
        database: where it is kept.
        answer: the id of the answer.
        user: who says it.
        number: as it was typed.
        said: what that makes of single digits, by position; of the others nothing is known.

    Raises:
        NotTheirs, AnswerGone: as `answers.get_own`.
    """
    async with database.writing() as connection:
        found, person = await select_for_update(connection, answer, user)
        await _set_said(connection, answer, number)
        await connection.execute(
            delete(CorrectionRow).where(
                CorrectionRow.answer == answer, CorrectionRow.position.not_in(said)
            )
        )
        for position, label in said.items():
            await _submit(connection, found, person, position, label)


async def _set_said(connection: AsyncConnection, answer: str, number: str | None) -> None:
    """Note the number that a person typed; None forgets what was typed before."""
    await connection.execute(update(AnswerRow).where(AnswerRow.id == answer).values(said=number))


async def _submit(
    connection: AsyncConnection, found: StoredAnswer, person: bytes, position: int, said: int
) -> State:
    """Keep what a person says of one digit, unless that is what they said before."""
    digit = found.digits[position]
    here = (CorrectionRow.answer == found.id) & (CorrectionRow.position == position)
    before = (
        await connection.execute(select(CorrectionRow.said, CorrectionRow.state).where(here))
    ).one_or_none()
    if before is not None and before.said == said:
        return State(before.state)
    state = State.CONFIRMED if said == digit.label else State.WAITING
    # A new row with a new id, so a decision on the replaced correction has no effect.
    await connection.execute(delete(CorrectionRow).where(here))
    await connection.execute(
        insert(CorrectionRow).values(
            answer=found.id,
            position=position,
            at=datetime.now(UTC),
            person=person,
            glyph=digit.glyph.tobytes(),
            version=found.version,
            read=digit.label,
            confidence=digit.confidence,
            said=said,
            state=state,
        )
    )
    return state


async def waiting(database: Database, limit: int) -> tuple[Correction, ...]:
    """Return the next corrections to look at: those that contradict the model most stand first.

    A page is stable while nobody decides, and what comes after it moves up when somebody does.
    """
    count = func.sum(case((CorrectionRow.state == State.ACCEPTED, 1), else_=0))
    against = func.sum(case((CorrectionRow.state == State.REJECTED, 1), else_=0))
    standing = (
        select(
            CorrectionRow.person,
            func.cast(count, Integer).label("accepted"),
            func.cast(against, Integer).label("rejected"),
        )
        .group_by(CorrectionRow.person)
        .subquery()
    )
    asked = (
        select(CorrectionRow, standing.c.accepted, standing.c.rejected)
        .join(standing, standing.c.person == CorrectionRow.person)
        .where(CorrectionRow.state == State.WAITING)
        .order_by(CorrectionRow.confidence.desc(), CorrectionRow.id)
        .limit(limit)
    )
    async with database.reading() as connection:
        rows = (await connection.execute(asked)).all()
    return tuple(
        Correction(
            id=row.id,
            at=row.at,
            glyph=np.frombuffer(row.glyph, np.uint8).reshape(28, 28),
            version=row.version,
            read=row.read,
            confidence=row.confidence,
            said=row.said,
            giver=row.person.hex()[:4],
            standing=Standing(row.accepted, row.rejected),
        )
        for row in rows
    )


async def count(database: Database) -> dict[State, int]:
    """Count the corrections in each state."""
    asked = select(CorrectionRow.state, func.count()).group_by(CorrectionRow.state)
    async with database.reading() as connection:
        found = {State(state): number for state, number in (await connection.execute(asked)).all()}
    return {state: found.get(state, 0) for state in State}


async def decide(database: Database, ids: Collection[int], state: State, admin: Person) -> int:
    """Accept or reject waiting corrections, and return how many were still waiting."""
    async with database.writing() as connection:
        decided = await connection.execute(
            update(CorrectionRow)
            .where(CorrectionRow.id.in_(ids), CorrectionRow.state == State.WAITING)
            .values(state=state, reviewed_by=str(admin), reviewed_at=datetime.now(UTC))
        )
        return decided.rowcount


async def accepted(database: Database) -> Accepted:
    """Return every accepted correction, to train on and to measure by."""
    asked = (
        select(CorrectionRow.glyph, CorrectionRow.said)
        .where(CorrectionRow.state == State.ACCEPTED)
        .order_by(CorrectionRow.id)
    )
    async with database.reading() as connection:
        rows = (await connection.execute(asked)).all()
    return Accepted(
        glyphs=np.frombuffer(b"".join(row.glyph for row in rows), np.uint8).reshape(-1, 28, 28),
        said=np.array([row.said for row in rows], np.int64),
        held_out=np.array([held_out(row.glyph) for row in rows], np.bool_),
    )


def held_out(glyph: bytes) -> bool:
    """Return whether a glyph only measures.

    By its own bytes: the same for ever, in every replica, and the same glyph given twice never
    stands on both sides.
    """
    return hashlib.sha256(glyph).digest()[0] < 256 * HELD_OUT_SHARE
