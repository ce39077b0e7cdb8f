"""Updates, from Telegram to the handlers, so that each is answered once and none is lost.

Telegram forgets an update once it is confirmed: by a later offset in `getUpdates`, or by the
webhook's 200. Here both come only after the update was answered, or was written down. A bot that
is killed answers after its restart what it had begun. If it is killed in the moment between an
answer and the note of it, that answer is sent twice, which is the lesser evil.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.ext import Application

from bot.messages import texts
from bot.messages.language import html
from bot.store.updates.memory import Json, UpdateMemory
from bot.telegram.transport.retries import with_retries

log = logging.getLogger(__name__)

ALLOWED_UPDATES = (Update.MESSAGE, Update.CALLBACK_QUERY)
"""What we ask for. Edited messages and channel posts are not conversation: an edit is mostly a
caption put right, and would have the same photo answered twice."""

KEEP_AFTER_SECONDS = 5.0
"""How long an answer waits before its update may be written down. Most answers are given before."""


@dataclass(frozen=True, slots=True)
class PendingUpdate:
    """An update that is being answered.

    Attributes:
        content: the update as Telegram sent it.
        task: ends when it is answered.
        since: when it was taken, by the monotonic clock.
    """

    content: Json
    task: asyncio.Task[None]
    since: float = field(default_factory=time.monotonic)


class UpdateTracker:
    """Hands updates to the application and knows which are pending.

    Args:
        application: answers them.
        memory: remembers them.
    """

    def __init__(
        self, application: Application[Any, Any, Any, Any, Any, Any], memory: UpdateMemory
    ) -> None:
        self._application = application
        self._memory = memory
        self._pending: dict[int, PendingUpdate] = {}
        self._kept: set[int] = set()
        self._open = False

    @property
    def is_open(self) -> bool:
        """Whether updates are taken now."""
        return self._open

    @property
    def oldest(self) -> int | None:
        """The lowest number of an update that must not be confirmed yet; None if all may be."""
        return min(self._pending.keys() - self._kept, default=None)

    def open(self) -> None:
        """Take updates from now on: there is somebody to answer them."""
        self._open = True
        self._memory.belongs_to(self._application.bot.id)

    async def take(self, contents: Sequence[Json]) -> list[asyncio.Task[None]] | None:
        """Start to answer updates, except those that are pending or were answered.

        Args:
            contents: updates as Telegram sends them.

        Returns:
            What ends when each of them that is now pending is answered. None while closed.
        """
        if not self._open:
            return None
        fresh = [each for each in contents if each["update_id"] not in self._pending]
        begun = await self._memory.begin([each["update_id"] for each in fresh]) if fresh else {}
        for content in fresh:
            number = content["update_id"]
            before = begun.get(number)
            # Another caller may have taken it meanwhile.
            if number in self._pending or (before is not None and before.answered):
                continue
            update = parse(content, self._application.bot)
            if update is None:
                await self._memory.finish(number)
            elif before is not None and before.is_guilty:
                self._start(content, self._apologize(update))
            elif before is not None and before.is_suspect:
                self._start(content, self._try_alone(update))
            else:
                self._start(content, self._answer(update))
        taken = [self._pending.get(each["update_id"]) for each in contents]
        return [pending.task for pending in taken if pending is not None]

    async def resume(self) -> None:
        """Take the updates that were written down and not answered before the last stop."""
        contents = await self._memory.kept()
        if contents:
            log.info("Answering %d messages that had to wait before.", len(contents))
            await self.take(contents)
            self._kept |= {each["update_id"] for each in contents} & self._pending.keys()

    async def keep_waiting(self) -> None:
        """Write down updates that have waited for long, so that they can be confirmed.

        Telegram hands out the 100 oldest updates that are not confirmed, so without this, a few
        people whose answers have to wait would keep all others from being answered.
        """
        before = time.monotonic() - KEEP_AFTER_SECONDS
        waiting = {
            number: pending.content
            for number, pending in self._pending.items()
            if number not in self._kept and pending.since < before
        }
        if waiting and await self._memory.keep(waiting):
            self._kept |= waiting.keys() & self._pending.keys()

    async def wait(self, seconds: float) -> None:
        """Wait until everything that is pending is answered, but not longer than that."""
        if self._pending:
            await asyncio.wait([p.task for p in self._pending.values()], timeout=seconds)

    async def close(self, seconds: float) -> None:
        """Take nothing more, and answer what is pending; after that time, leave it."""
        self._open = False
        if not self._pending:
            return
        log.info("Answering %d pending messages before stopping.", len(self._pending))
        tasks = [pending.task for pending in self._pending.values()]
        _, unanswered = await asyncio.wait(tasks, timeout=seconds)
        for task in unanswered:
            task.cancel()
        if unanswered:
            log.warning("Left %d unanswered; they come again.", len(unanswered))
            await asyncio.wait(unanswered)
            await self._memory.lay_down(list(self._pending))

    def _start(self, content: Json, work: Coroutine[Any, Any, None]) -> None:
        number = content["update_id"]
        task = asyncio.create_task(self._finish(number, work), name=f"update {number}")
        self._pending[number] = PendingUpdate(content, task)

    async def _finish(self, number: int, work: Coroutine[Any, Any, None]) -> None:
        # What is cancelled here stays pending, so that nobody confirms it.
        try:
            await work
        except Exception:
            log.exception("Update %d failed.", number)
        await self._memory.finish(number)
        del self._pending[number]
        self._kept.discard(number)

    async def _answer(self, update: Update) -> None:
        application = self._application
        await application.update_processor.process_update(
            update, application.process_update(update)
        )

    async def _try_alone(self, update: Update) -> None:
        await self._memory.try_alone(update.update_id, lambda: self._answer(update))

    async def _apologize(self, update: Update) -> None:
        log.error("Update %d is given up: the bot died with it.", update.update_id)
        message = update.effective_message
        if message is None:
            return
        try:
            await with_retries(lambda: message.reply_text(html(texts.GIVEN_UP)), for_long=True)
        except TelegramError as error:
            log.warning("Update %d: nobody could be told (%s).", update.update_id, error)


def parse(content: Json, bot: Bot) -> Update | None:
    """Make an update of what Telegram sent; None if python-telegram-bot does not understand it.

    Its content is not logged.
    """
    try:
        return Update.de_json(content, bot)
    except Exception as error:  # it raises whatever a missing or odd field leads it to
        number, kind = content["update_id"], type(error).__name__
        log.warning("Update %s is left out: it cannot be parsed (%s).", number, kind)
        return None
