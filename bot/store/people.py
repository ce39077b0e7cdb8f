"""Who gave what, known by a keyed hash alone, and what each person was last asked.

Each platform has a key, so that the same number on Telegram and on Discord is two people. (The web
pages have Telegram's: their people once were numbers that Telegram does not use.) The keys are
random, made with the database and kept in it. Made from a bot's token instead, a key would change
when the token does, and `/forget` would no longer find what people gave before; so it lives exactly
as long as what it protects. What that protects against is the table seen alone: a sheet, a query,
an export. Somebody who has the whole database can test whether a user id which they guess is in it;
keep the backups as safe as the database.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine.database import Database
from bot.store.tables import AnswerRow, CorrectionRow, LanguageRow, QuestionRow, SecretRow

HASH_BYTES = 16
"""Enough that no two people ever share one."""

QUESTION_KEPT = timedelta(hours=1)
"""How long a number that is typed is taken for the answer to the last question."""


TELEGRAM = "telegram"
DISCORD = "discord"
WEB = "web"


class Person(NamedTuple):
    """Somebody, or a group in whose name people write; in a log `platform:id`.

    Attributes:
        platform: `TELEGRAM`, `DISCORD` or `WEB`: where the id comes from.
        id: names the person there.
    """

    platform: str
    id: str

    def __str__(self) -> str:
        return ":".join(self)

    @classmethod
    def parse(cls, text: str) -> Person:
        """Read what `str` wrote."""
        platform, _, identity = text.partition(":")
        return cls(platform, identity)


async def pseudonym(connection: AsyncConnection, person: Person) -> bytes:
    """Return the keyed hash of a person's id: 16 bytes, the same in every replica."""
    name = f"people:{person.platform}"
    # A key is as old as its database, so each connection asks for it once.
    if name not in connection.info:
        asked = select(SecretRow.value).where(SecretRow.name == name)
        connection.info[name] = (await connection.execute(asked)).scalar_one()
    key: bytes = connection.info[name]
    return hmac.digest(key, person.id.encode(), hashlib.sha256)[:HASH_BYTES]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What `forget` has deleted."""

    corrections: int
    answers: int


async def forget(database: Database, user: Person) -> Forgotten:
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
    database: Database, user: Person, question: Question, at: datetime | None = None
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
    database: Database, user: Person, now: datetime | None = None
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


async def drop_question(database: Database, user: Person) -> None:
    """Forget what a person was asked: it is answered, or no longer asked."""
    async with database.writing() as connection:
        person = await pseudonym(connection, user)
        await connection.execute(delete(QuestionRow).where(QuestionRow.person == person))
