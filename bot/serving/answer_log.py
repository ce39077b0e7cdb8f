"""Keeps what was answered, without a photo ever waiting for the database.

Answers stand in a short queue in memory until they are written. A database that is away or slow
holds up the queue, not the photos; when the queue is full, further answers are not kept and come
without buttons.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_fixed

from bot.store import Database, StoreUnavailable, answers
from bot.store.answers import Answered
from bot.store.people import Person

log = logging.getLogger(__name__)

MAX_WAITING = 1000
"""Answers that may wait: at 784 bytes a digit a few MB, and minutes of a busy bot."""

PAUSE_SECONDS = 2.0
"""Before a database that was away is tried again."""

MAX_WAIT_SECONDS = 2.0
"""How long a pressed button waits for its answer to be written: much longer than a write takes."""


class AnswerLog:
    """Writes answers down, one after the other."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[str, tuple[Answered, asyncio.Event]] = {}
        self._more = asyncio.Event()

    def enqueue(self, answered: Answered) -> bool:
        """Take an answer to be written; False if there is no room. Never waits."""
        if len(self._waiting) >= MAX_WAITING:
            log.warning("An answer is not kept: %d are waiting for the database.", MAX_WAITING)
            return False
        self._waiting[answered.id] = (answered, asyncio.Event())
        self._more.set()
        return True

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._more.wait()
            self._more.clear()
            await self._write_all()

    async def _write_all(self) -> None:
        while self._waiting:
            await self._write_oldest()

    async def _write_oldest(self) -> None:
        """Write the oldest answer, however long the database is away.

        Each attempt takes the answer that is the oldest then: it may have been forgotten.
        """
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(StoreUnavailable),
            wait=wait_fixed(PAUSE_SECONDS),
            before_sleep=self._log_waiting,
        ):
            with attempt:
                if not self._waiting:
                    return
                answered, written = next(iter(self._waiting.values()))
                try:
                    await answers.keep(self._database, answered)
                except StoreUnavailable:
                    raise
                except Exception:
                    log.exception("An answer could not be kept.")
                written.set()
                self._waiting.pop(answered.id, None)

    def _log_waiting(self, attempt: RetryCallState) -> None:
        why = attempt.outcome.exception() if attempt.outcome else None
        log.warning("%d answers wait for the database. %s", len(self._waiting), why)

    async def wait_written(self, answer: str, seconds: float = MAX_WAIT_SECONDS) -> bool:
        """Wait until an answer is written, but not longer than that.

        Returns:
            False if it still waits for the database.
        """
        if answer in self._waiting:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._waiting[answer][1].wait(), seconds)
        return answer not in self._waiting

    def forget(self, user: Person) -> None:
        """Drop what a person's photos gave, as far as it is not written yet."""
        for answer in [a.id for a, _ in self._waiting.values() if a.user == user]:
            del self._waiting[answer]

    async def close(self, seconds: float = MAX_WAIT_SECONDS) -> None:
        """Write what is left, but not longer than that."""
        try:
            async with asyncio.timeout(seconds):
                await self._write_all()
        except TimeoutError:
            log.warning("%d answers were not kept.", len(self._waiting))
