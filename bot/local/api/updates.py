"""The queue of what the bot has not yet confirmed, and the long poll that empties it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from telegram import TelegramObject, Update
from telegram.constants import PollingLimit, UpdateType

from bot.local.api.errors import conflict

UPDATE_TYPES = (UpdateType.MESSAGE, UpdateType.EDITED_MESSAGE, UpdateType.CALLBACK_QUERY)
"""What can happen here."""

MAX_POLL_SECONDS = 50.0
"""Telegram cuts longer polls to this."""


class UpdateQueue:
    """Updates in order of their ids, which count from 1 and never repeat.

    Args:
        on_confirmed: is told of each update that the bot took.
    """

    def __init__(self, on_confirmed: Callable[[Update], None]) -> None:
        self.allowed: list[str] = []
        self.webhook_url = ""
        self._pending: list[Update] = []
        self._next_id = 1
        self._changed = asyncio.Event()
        self._poll: asyncio.Future[None] | None = None
        self._closed = False
        self._on_confirmed = on_confirmed

    def add(self, kind: str, content: TelegramObject) -> None:
        """Queue one update, if the bot wants its kind."""
        if self.allowed and kind not in self.allowed:
            return
        update = {"update_id": self._next_id, kind: content.to_dict()}
        self._pending.append(Update.de_json(update, None))
        self._next_id += 1
        self._wake()

    def allow(self, kinds: list[str] | None) -> None:
        """Choose the kinds of updates from now on; None changes nothing, [] means all."""
        if kinds is not None:
            self.allowed = [kind for kind in kinds if kind in UPDATE_TYPES]

    def pending(self) -> list[Update]:
        """Return what the bot has not taken yet, the oldest first."""
        return list(self._pending)

    def confirm(self, update_id: int) -> None:
        """Forget one update, as the bot has taken it."""
        self._drop([u for u in self._pending if u.update_id == update_id])

    def forget_all(self) -> None:
        """Forget everything that is queued."""
        self._pending.clear()

    def changed(self) -> Awaitable[object]:
        """Return what is done when something more is queued, or the server stops."""
        return self._changed.wait()

    async def poll(
        self, offset: int | None, limit: int | None, seconds: float | None
    ) -> list[Update]:
        """Answer getUpdates; a poll that still waits elsewhere ends with a conflict.

        Args:
            offset: update_id up to which, without it, updates are confirmed; negative ones count
                from the newest.
            limit: of updates in the answer.
            seconds: to wait for the first update.

        Raises:
            ApiError: if a webhook is set, or another poll begins.
        """
        if self.webhook_url:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        self.abort_poll(
            "terminated by other getUpdates request; "
            "make sure that only one bot instance is running"
        )
        if offset is not None and offset < 0:
            offset = self._pending[offset:][0].update_id if self._pending else None
        if offset is not None:
            self._drop([u for u in self._pending if u.update_id < offset])
        if not self._pending and seconds and seconds > 0 and not self._closed:
            await self._wait(min(seconds, MAX_POLL_SECONDS))
        most = PollingLimit.MAX_LIMIT
        return self._pending[: min(max(limit or most, 1), most)]

    def abort_poll(self, reason: str) -> None:
        """End a poll that waits, with a conflict."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(conflict(reason))

    def close(self) -> None:
        """End every wait, now and later, so that the server can stop."""
        self._closed = True
        self._wake()

    async def _wait(self, seconds: float) -> None:
        poll = self._poll = asyncio.get_running_loop().create_future()
        changed = asyncio.ensure_future(self.changed())
        try:
            await asyncio.wait(
                {poll, changed}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if poll.done():
                poll.result()
        finally:
            changed.cancel()
            poll.cancel()
            if self._poll is poll:
                self._poll = None

    def _drop(self, taken: list[Update]) -> None:
        gone = {update.update_id for update in taken}
        self._pending = [u for u in self._pending if u.update_id not in gone]
        for update in taken:
            self._on_confirmed(update)

    def _wake(self) -> None:
        self._changed.set()
        if not self._closed:
            self._changed = asyncio.Event()
