"""What is remembered of updates: in the database, and in memory while that is away.

An update is whatever a chat platform brings that is to be answered once: an update of Telegram's,
or a message on Discord.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from bot.errors import StoreUnavailable
from bot.store.engine.database import Database
from bot.store.updates import records
from bot.store.updates.records import Begun

log = logging.getLogger(__name__)

MAX_REMEMBERED_UPDATES = 10_000
"""Numbers of answered updates in memory: hours of a busy bot, at 100 bytes each."""

AWAY_SECONDS = 30.0
"""How long a database that did not answer is left alone, so that no update waits for it."""

ALONE_SECONDS = 10.0
"""How long others wait for a suspect that is tried alone: an answer that only waits for the chat
platform does the bot no harm."""

Json = dict[str, Any]


class UpdateMemory:
    """Remembers which updates were answered, and keeps those whose answers wait.

    Args:
        database: None for a Telegram that begins at 1 with each start, as the local one does.
    """

    def __init__(self, database: Database | None) -> None:
        self._database = database
        self._bot = 0
        self._answered: OrderedDict[int, None] = OrderedDict()
        self._unwritten: set[int] = set()
        self._writing = asyncio.Lock()
        self._trying = asyncio.Lock()
        self._away_until = 0.0

    def belongs_to(self, bot: int) -> None:
        """Say whose updates these are: the id of a bot."""
        self._bot = bot

    async def begin(self, ids: Collection[int]) -> dict[int, Begun]:
        """Note that updates are about to be answered; return those that were begun before."""
        answered = {n: Begun(1, answered=True) for n in ids if n in self._answered}
        others = [number for number in ids if number not in answered]
        database = self._reachable()
        if database is not None and others:
            try:
                return answered | await records.begin(database, self._bot, others)
            except StoreUnavailable as error:
                self._note_away(error)
        return answered

    async def try_alone(self, number: int, answer: Callable[[], Awaitable[None]]) -> None:
        """Answer a suspect while no other one is answered; raises what `answer` raises."""
        async with self._trying:
            database = self._reachable()
            if database is not None:
                try:
                    await records.try_alone(database, self._bot, number)
                except StoreUnavailable as error:
                    self._note_away(error)
            task = asyncio.ensure_future(answer())
            try:
                await asyncio.wait([task], timeout=ALONE_SECONDS)
            except asyncio.CancelledError:
                task.cancel()
                raise
        await task

    async def finish(self, number: int) -> None:
        """Note that an update was answered; returns when that is written, if it can be."""
        self._answered[number] = None
        if len(self._answered) > MAX_REMEMBERED_UPDATES:
            self._answered.popitem(last=False)
        self._unwritten.add(number)
        # While one writes, others gather, and the next writes them all.
        async with self._writing:
            database = self._reachable()
            if database is None or number not in self._unwritten:
                return
            ids = set(self._unwritten)
            try:
                await records.finish(database, self._bot, ids)
            except StoreUnavailable as error:
                self._note_away(error)
            else:
                self._unwritten -= ids

    async def lay_down(self, ids: Collection[int]) -> None:
        """Note that updates were left unanswered on purpose."""
        database = self._reachable()
        if database is not None and ids:
            try:
                await records.lay_down(database, self._bot, ids)
            except StoreUnavailable as error:
                self._note_away(error)

    async def keep(self, waiting: Mapping[int, Json]) -> bool:
        """Keep updates that wait, until they are answered; returns whether they are kept."""
        database = self._reachable()
        if database is None:
            return False
        try:
            contents = {number: json.dumps(content) for number, content in waiting.items()}
            await records.keep(database, self._bot, contents)
        except StoreUnavailable as error:
            self._note_away(error)
            return False
        return True

    async def kept(self) -> Sequence[Json]:
        """Return the updates that were kept and are not answered yet, the oldest first."""
        database = self._reachable()
        if database is None:
            return []
        try:
            return [json.loads(content) for content in await records.kept(database, self._bot)]
        except StoreUnavailable as error:
            self._note_away(error)
            return []

    def _reachable(self) -> Database | None:
        return self._database if time.monotonic() >= self._away_until else None

    def _note_away(self, error: StoreUnavailable) -> None:
        self._away_until = time.monotonic() + AWAY_SECONDS
        log.warning("Updates are remembered in memory alone for %.0f s. %s", AWAY_SECONDS, error)
