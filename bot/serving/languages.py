"""Knows which language each person wants, without a photo ever waiting long for the database."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict

from bot.messages.language import ENGLISH, LANGUAGES, find_language
from bot.store import Database, StoreUnavailable
from bot.store.languages import choose_language, chosen_language
from bot.store.people import Person

log = logging.getLogger(__name__)

MAX_REMEMBERED_PEOPLE = 1000
"""People whose language is known while the database is away, and where nobody wrote just now."""

AWAY_SECONDS = 5.0
"""After the database did not answer, it is not asked for so long, and photos do not wait for it."""


class PeoplesLanguages:
    """Finds the language to speak to a person.

    It is the one that the person chose with /language, or else that of the person's app. Each
    update looks it up, so that a choice counts in every replica at once.

    Args:
        database: where choices are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._latest: OrderedDict[Person, str] = OrderedDict()
        self._away_until = 0.0

    async def find(self, person: Person, code: str | None) -> str:
        """Return the language for a person who wrote just now.

        Args:
            person: who wrote.
            code: the language of the person's app, an IETF tag; None if it is unknown.
        """
        usual = find_language(code) or ENGLISH
        if time.monotonic() < self._away_until:
            return self._latest.get(person, usual)
        try:
            chosen = await chosen_language(self._database, person)
        except StoreUnavailable as error:
            log.warning("Nobody's choice of a language is known for now. %s", error)
            self._away_until = time.monotonic() + AWAY_SECONDS
            return self._latest.get(person, usual)
        return self._remember(person, chosen if chosen in LANGUAGES else usual)

    def latest(self, person: Person) -> str:
        """Return the language that was last spoken to a person; English if that is not known."""
        return self._latest.get(person, ENGLISH)

    async def choose(self, person: Person, language: str) -> None:
        """Keep the language that a person has chosen.

        Raises:
            StoreUnavailable: the database is away.
        """
        await choose_language(self._database, person, language)
        self._remember(person, language)

    def _remember(self, person: Person, language: str) -> str:
        self._latest[person] = language
        self._latest.move_to_end(person)
        if len(self._latest) > MAX_REMEMBERED_PEOPLE:
            self._latest.popitem(last=False)
        return language
