"""Which language a person has chosen, by the keyed hash that stands for the person."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from bot.store.engine.database import Database
from bot.store.people import Person, pseudonym
from bot.store.tables import LanguageRow

LOOK_UP_SECONDS = 2.0
"""How long looking up a language may take. The answer to a photo waits for it, but a busy machine
must not make the bot forget which language to speak."""


async def chosen_language(database: Database, user: Person) -> str | None:
    """Return the language that a person has chosen; None if they have not.

    Raises:
        StoreUnavailable: the database is away or slow.
    """
    async with database.reading(LOOK_UP_SECONDS) as connection:
        person = await pseudonym(connection, user)
        asked = select(LanguageRow.language).where(LanguageRow.person == person)
        return (await connection.execute(asked)).scalar_one_or_none()


async def choose_language(database: Database, user: Person, language: str) -> None:
    """Keep the language that a person has chosen.

    Raises:
        StoreUnavailable: the database is away.
    """
    async with database.writing() as connection:
        person = await pseudonym(connection, user)
        await connection.execute(delete(LanguageRow).where(LanguageRow.person == person))
        await connection.execute(insert(LanguageRow).values(person=person, language=language))
