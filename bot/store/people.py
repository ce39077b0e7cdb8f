"""Who gave what, known by a keyed hash alone, and what each person was last asked.

The key is random, made with the database and kept in it. Made from the bot's token instead, it
would change when the token does, and `/forget` would no longer find what people gave before; so
it lives exactly as long as what it protects. What that protects against is the table seen alone:
a sheet, a query, an export. Somebody who has the whole database can test whether a user id which
they guess is in it; keep the backups as safe as the database.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine.database import Database
from bot.store.tables import AnswerRow, CorrectionRow, LanguageRow, QuestionRow, SecretRow

HASH_BYTES = 16
"""Enough that no two people ever share one."""

QUESTION_KEPT = timedelta(hours=1)
"""How long a number that is typed is taken for the answer to the last question."""


async def pseudonym(connection: AsyncConnection, user: int) -> bytes:
    """Return the keyed hash of a user id: 16 bytes, the same in every replica."""
    asked = select(SecretRow.value).where(SecretRow.name == "people")
    key: bytes = (await connection.execute(asked)).scalar_one()
    return hmac.digest(key, str(user).encode(), hashlib.sha256)[:HASH_BYTES]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What `forget` has deleted."""

    corrections: int
    answers: int


async def forget(database: Database, user: int) -> Forgotten:
    """Delete all that a person gave: corrections, whatever their state, glyphs, their language.

    Of their photos only the count stays, with nobody's name on it.
    """
    async with database.writing() as connection:
        person = await pseudonym(connection, user)
        corrections = await connection.execute(
            delete(CorrectionRow).where(CorrectionRow.person == person)
        )
        await connection.execute(delete(LanguageRow).where(LanguageRow.person == person))
        await connection.execute(delete(QuestionRow).where(QuestionRow.person == person))
        answers = await connection.execute(
            update(AnswerRow)
            .where(AnswerRow.person == person)
            .values(person=None, glyphs=None, probabilities=None, said=None)
        )
        return Forgotten(corrections.rowcount, answers.rowcount)


@dataclass(frozen=True, slots=True)
class Question:
    """Asks a person in their own chat with the bot what an answer really says.

    Attributes:
        answer: the id of the answer.
        message: the number, in that chat, of the message that asks.
        text: what that message says without the question.
    """

    answer: str
    message: int
    text: str


async def ask_question(
    database: Database, user: int, question: Question, at: datetime | None = None
) -> None:
    """Keep what a person is asked, in place of the question before.

    It is kept in the database, because another replica may get the number that they type, or the
    next run of the program.
    """
    async with database.writing() as connection:
        person = await pseudonym(connection, user)
        await connection.execute(delete(QuestionRow).where(QuestionRow.person == person))
        await connection.execute(
            insert(QuestionRow).values(
                person=person,
                at=at or datetime.now(UTC),
                answer=question.answer,
                message=question.message,
                text=question.text,
            )
        )


async def find_question(
    database: Database, user: int, now: datetime | None = None
) -> Question | None:
    """Return what a person was asked within the last hour, if it is not answered."""
    since = (now or datetime.now(UTC)) - QUESTION_KEPT
    async with database.reading() as connection:
        person = await pseudonym(connection, user)
        asked = select(QuestionRow.answer, QuestionRow.message, QuestionRow.text).where(
            QuestionRow.person == person, QuestionRow.at >= since
        )
        row = (await connection.execute(asked)).one_or_none()
    return None if row is None else Question(*row)


async def drop_question(database: Database, user: int) -> None:
    """Forget what a person was asked: it is answered, or no longer asked."""
    async with database.writing() as connection:
        person = await pseudonym(connection, user)
        await connection.execute(delete(QuestionRow).where(QuestionRow.person == person))
