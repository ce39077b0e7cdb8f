"""Whose photo is next: each person in turn, however many photos one of them sends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.errors import TooManyWaiting
from bot.store.people import Person

MAX_PHOTOS_AT_ONCE = 6
"""Photos downloaded and read at the same time: at 20 MB each they are at most 120 MB of a
512 MB worker, and enough to keep two cores busy while other photos are on the wire, or take
long."""

MAX_PHOTOS_PER_PERSON = 20
"""Photos of one person that may wait or be answered at the same time: two albums of ten."""


class PhotoQueue:
    """Gives turns: one at a time to a person, and `at_once` for the work itself.

    A turn is held until the photo is answered, so answers come in the order of the photos. As
    each person stands in the queue for work with one photo only, somebody who sends one photo
    waits for at most one of each other person's, not for the twenty that somebody sent before.
    """

    def __init__(
        self, at_once: int = MAX_PHOTOS_AT_ONCE, per_person: int = MAX_PHOTOS_PER_PERSON
    ) -> None:
        self.work = asyncio.Semaphore(at_once)
        self._per_person = per_person
        self._queues: dict[Person, _Queue] = {}

    @property
    def length(self) -> int:
        """How many photos wait or are being answered."""
        return sum(queue.length for queue in self._queues.values())

    @asynccontextmanager
    async def of(self, person: Person) -> AsyncIterator[None]:
        """Wait for this person's turn, and hold it.

        Raises:
            TooManyWaiting: at once, if too many of this person are not answered yet.
        """
        queue = self._queues.setdefault(person, _Queue())
        if queue.length >= self._per_person:
            first, queue.told = not queue.told, True
            raise TooManyWaiting(self._per_person, first=first)
        queue.length += 1
        try:
            async with queue.turn:
                yield
        finally:
            queue.length -= 1
            if not queue.length:
                del self._queues[person]


class _Queue:
    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.length = 0
        self.told = False
