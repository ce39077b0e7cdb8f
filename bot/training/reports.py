"""Tells admins how far a training run is and how it ended, whichever process carries it out.

What else is announced to all admins goes the same way: it is told as soon as they can be reached.

A trainer has no chat, so a bot does this: it looks into the database every few seconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Protocol

from bot.errors import NotDelivered
from bot.store import Database, StoreUnavailable, runs
from bot.store.runs import HEARTBEAT_SECONDS, Run, RunState

log = logging.getLogger(__name__)


News = deque[Callable[[], str]]
"""Sentences for all admins, the oldest first: each is made in the current language."""


class Notifies(Protocol):
    """Tells admins on one platform what happens.

    Attributes:
        platform: as in a run's address.
    """

    platform: str

    async def show(self, run: Run) -> None:
        """Bring the run's live message up to date."""

    async def report(self, run: Run) -> None:
        """Say to the admin who asked for a run how it ended; raises if that could not be said."""

    async def spread(self, run: Run) -> None:
        """Say to all other admins that a run's version reads photos now, if it does."""

    async def tell(self, say: Callable[[], str]) -> None:
        """Say something to every admin who lets the bot write, each in their own language.

        Raises:
            NotDelivered: the platform is away, so that this is to be tried again.
        """


class RunReports:
    """Tells of every run whose address is on one of the notifiers' platforms.

    Args:
        database: where the runs are.
        notifiers: tell admins, one on each platform.
        holder: the name under which this process itself carries out runs: it is alive.
        refresh: loads the version that is active now. What a report says of it is then true.
        news: what else all admins are to hear; it is taken out when it is told.
    """

    def __init__(
        self,
        database: Database,
        notifiers: Sequence[Notifies],
        holder: str,
        refresh: Callable[[], Awaitable[None]],
        news: News,
    ) -> None:
        self._database = database
        self._notifiers = notifiers
        self._holder = holder
        self._refresh = refresh
        self._turn = asyncio.Lock()
        self._news = news
        self._untold: list[tuple[Notifies, Callable[[], str]]] = []

    async def run(self) -> None:
        """Tell what there is to tell, until cancelled."""
        while True:
            await self.tell()
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def tell(self) -> None:
        """Tell what there is to tell now; a database that is away is asked again later."""
        async with self._turn:
            await self._tell_news()
            try:
                for notifier in self._notifiers:
                    await self._tell_by(notifier)
            except StoreUnavailable as error:
                log.debug("No runs could be looked for (%s).", error)

    async def _tell_news(self) -> None:
        while self._news:
            say = self._news.popleft()
            self._untold += [(notifier, say) for notifier in self._notifiers]
        waiting, self._untold = self._untold, []
        for notifier, say in waiting:
            try:
                await notifier.tell(say)
            except NotDelivered as error:
                log.debug("Admins hear this later (%s).", error)
                self._untold.append((notifier, say))

    async def _tell_by(self, notifier: Notifies) -> None:
        while run := await runs.to_tell(self._database, notifier.platform, self._holder):
            if run.state is RunState.RUNNING:
                await notifier.show(run)
            else:
                await self._report(notifier, run)

    async def _report(self, notifier: Notifies, run: Run) -> None:
        try:
            if run.version is not None:
                await self._refresh()
            await notifier.report(run)
            for each in self._notifiers:
                await each.spread(run)
        except Exception:
            # It stays unreported, and the next bot that looks tries again.
            log.exception("Nobody could be told how run %d ended.", run.id)
            return
        with suppress(StoreUnavailable):
            await runs.reported(self._database, run.id)
