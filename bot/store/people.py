"""Who gave what, known by a keyed hash alone.

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

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.engine.database import Database
from bot.store.tables import AnswerRow, CorrectionRow, LanguageRow, SecretRow

HASH_BYTES = 16
"""Enough that no two people ever share one."""


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
        answers = await connection.execute(
            update(AnswerRow).where(AnswerRow.person == person).values(person=None, glyphs=None)
        )
        return Forgotten(corrections.rowcount, answers.rowcount)
