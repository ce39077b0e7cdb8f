"""Updates, from Telegram's hands into ours, so that none is lost.

Telegram forgets an update once it is confirmed: by a later offset in `getUpdates`, or by the
webhook's 200. Here both come only after the update was answered. A bot that is killed answers
after its restart what it had in hand; an answer sent just before may then be sent twice, which
is the lesser evil.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError, TimedOut
from telegram.ext import Application

from bot.errors import SettingsError

log = logging.getLogger(__name__)

ALLOWED_UPDATES = (Update.MESSAGE, Update.CALLBACK_QUERY)
"""What we ask for. Edited messages and channel posts are not conversation: an edit is mostly a
caption put right, and would have the same photo answered twice."""

LONG_POLL = timedelta(seconds=25)
"""How long Telegram may hold a request while there is nothing new; its maximum is 50 s."""

BUSY_SECONDS = 0.2
"""How often to look for new updates while some are in hand. They are not confirmed yet, so
Telegram would return them at once, again and again."""

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
"""After a failed request: the first pause, doubled with each further failure up to the longest."""


class UpdateTracker:
    """Hands updates to the application and knows which are in hand."""

    def __init__(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        self._application = application
        self._in_hand: dict[int, asyncio.Task[None]] = {}
        self._open = False

    @property
    def oldest(self) -> int | None:
        """The lowest id of an update that is not answered, or None with empty hands."""
        return min(self._in_hand, default=None)

    def open(self) -> None:
        """Take updates from now on: there is somebody to answer them."""
        self._open = True

    def take(self, update: Update) -> asyncio.Task[None] | None:
        """Start to answer an update; one that is in hand already is not taken twice.

        Returns:
            What is done when it is answered; None while the intake is closed.
        """
        if not self._open:
            return None
        number = update.update_id
        if number not in self._in_hand:
            task = asyncio.create_task(self._answer(update), name=f"update {number}")
            task.add_done_callback(lambda task: self._put_down(number, task))
            self._in_hand[number] = task
        return self._in_hand[number]

    def _put_down(self, number: int, task: asyncio.Task[None]) -> None:
        # What was broken off stays in hand, so that nobody confirms it.
        if not task.cancelled():
            del self._in_hand[number]

    async def wait(self, seconds: float) -> None:
        """Wait until one of the updates in hand is answered, but not longer than that."""
        if self._in_hand:
            await asyncio.wait(
                self._in_hand.values(), timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )

    async def close(self, seconds: float) -> None:
        """Take nothing more, and answer what is in hand; after that time, leave it."""
        self._open = False
        if not self._in_hand:
            return
        log.info("Answering what is in hand (%d) before stopping.", len(self._in_hand))
        _, unanswered = await asyncio.wait(self._in_hand.values(), timeout=seconds)
        for task in unanswered:
            task.cancel()
        if unanswered:
            log.warning("Left %d unanswered; Telegram will send them again.", len(unanswered))
            await asyncio.wait(unanswered)

    async def _answer(self, update: Update) -> None:
        application = self._application
        await application.update_processor.process_update(
            update, application.process_update(update)
        )


class Poller:
    """Asks Telegram for updates; confirms each only when it was answered."""

    def __init__(self, bot: Bot, intake: UpdateTracker) -> None:
        self._bot = bot
        self._intake = intake
        self._following = 0
        self._taken: set[int] = set()

    async def run(self) -> None:
        """Ask until cancelled.

        Raises:
            SettingsError: if Telegram no longer knows the token.
        """
        pause = FIRST_PAUSE_SECONDS
        asking = False
        while True:
            try:
                if not asking:
                    # While a webhook is set, Telegram refuses to be asked.
                    asking = await self._bot.delete_webhook()
                busy = self._intake.oldest is not None
                fresh = await self._fresh(timedelta() if busy else LONG_POLL)
            except InvalidToken:
                raise SettingsError(
                    "Expected TELEGRAM_BOT_TOKEN to be a token that Telegram knows. "
                    "Received one that it no longer accepts."
                ) from None
            except TimedOut:
                continue
            except TelegramError as error:
                if isinstance(error, RetryAfter):
                    pause = seconds_to_wait(error)
                log.warning("%s Asking again in %.0f s.", _problem(error), pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
                continue
            pause = FIRST_PAUSE_SECONDS
            for update in fresh:
                self._intake.take(update)
                self._taken.add(update.update_id)
                self._following = update.update_id + 1
            if not fresh:
                await self._intake.wait(BUSY_SECONDS)

    async def confirm(self) -> None:
        """Tell Telegram what was answered: the last thing before leaving."""
        try:
            await self._fresh(timedelta())
        except TelegramError as error:
            log.warning("%s The last answers may be sent twice.", _problem(error))

    async def _fresh(self, patience: timedelta) -> list[Update]:
        oldest = self._intake.oldest
        offset = self._following if oldest is None else oldest
        # What stands before the offset does not come again. Numbers alone do not tell old from
        # new: after a quiet week Telegram begins anew at a number of its choice.
        self._taken = {number for number in self._taken if oldest is not None and number >= oldest}
        updates = await self._bot.get_updates(
            offset=offset, timeout=patience, allowed_updates=ALLOWED_UPDATES
        )
        return [update for update in updates if update.update_id not in self._taken]


def seconds_to_wait(error: RetryAfter) -> float:
    """What Telegram asks us to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _problem(error: TelegramError) -> str:
    if isinstance(error, Conflict):
        return "Another program asks for this bot's updates: is the bot running twice?"
    return f"Telegram could not be asked for updates ({error})."
