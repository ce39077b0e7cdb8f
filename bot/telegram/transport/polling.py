"""Asks Telegram for updates, and confirms each only when it was answered or written down."""

from __future__ import annotations

import asyncio
import logging

from telegram import Bot
from telegram.error import (
    Conflict,
    EndPointNotFound,
    InvalidToken,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.errors import SettingsError
from bot.store.updates.memory import Json
from bot.telegram.transport.retries import seconds_to_wait
from bot.telegram.transport.updates import ALLOWED_UPDATES, UpdateTracker

log = logging.getLogger(__name__)

LONG_POLL_SECONDS = 25
"""How long Telegram may hold a request while there is nothing new; its maximum is 50 s."""

ANSWER_SECONDS = 20
"""How long an answer may take beyond that."""

MAX_BATCH_UPDATES = 100
"""Updates that Telegram hands out at once; its maximum."""

BUSY_SECONDS = 0.2
"""How often to look for new updates while some are pending. They are not confirmed yet, so
Telegram would return them at once, again and again."""

FIRST_PAUSE_SECONDS = 1.0
"""How long to wait after a failed request; doubled after each further failure."""

LONGEST_PAUSE_SECONDS = 30.0
"""The longest of those pauses."""


class Poller:
    """Brings updates from Telegram to the tracker."""

    def __init__(self, bot: Bot, updates: UpdateTracker) -> None:
        self._bot = bot
        self._updates = updates
        self._following = 0
        self._taken: set[int] = set()

    async def run(self) -> None:
        """Ask until cancelled.

        Raises:
            SettingsError: if Telegram no longer knows the token.
        """
        await self._updates.resume()
        pause = FIRST_PAUSE_SECONDS
        asking = False
        while True:
            try:
                if not asking:
                    # While a webhook is set, Telegram refuses to be asked.
                    asking = await self._bot.delete_webhook()
                await self._turn()
            except TimedOut:
                continue
            except (InvalidToken, EndPointNotFound) as error:
                await self._check_token()
                problem, wait = _problem(error), pause
            except TelegramError as error:
                problem = _problem(error)
                wait = seconds_to_wait(error) if isinstance(error, RetryAfter) else pause
            except Exception as error:  # whatever an odd answer leads python-telegram-bot to
                problem, wait = f"Telegram answered oddly ({type(error).__name__}).", pause
            else:
                pause = FIRST_PAUSE_SECONDS
                continue
            log.warning("%s Asking again in %.0f s.", problem, wait)
            await asyncio.sleep(wait)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def confirm(self) -> None:
        """Tell Telegram what was answered: the last thing before leaving."""
        try:
            await self._get(0)
        except TelegramError as error:
            log.warning("%s The last answers may be sent twice.", _problem(error))

    async def _turn(self) -> None:
        """Ask once, and take what is new."""
        busy = self._updates.oldest is not None
        updates = await self._get(0 if busy else LONG_POLL_SECONDS)
        fresh = [each for each in updates if each["update_id"] not in self._taken]
        await self._updates.take(fresh)
        for each in fresh:
            self._taken.add(each["update_id"])
            self._following = each["update_id"] + 1
        if len(updates) >= MAX_BATCH_UPDATES:
            await self._updates.keep_waiting()
        if busy or fresh:
            await self._updates.wait(BUSY_SECONDS)

    async def _get(self, seconds: int) -> list[Json]:
        """Return the updates that are not confirmed; what stands before them is confirmed.

        Each is parsed by itself later, so that one that cannot be parsed costs no other.
        """
        oldest = self._updates.oldest
        offset = self._following if oldest is None else oldest
        # What stands before the offset does not come again. Numbers alone do not tell old from
        # new: after a quiet week Telegram begins anew at a number of its choice.
        self._taken = {number for number in self._taken if oldest is not None and number >= oldest}
        asked = {"offset": offset, "timeout": seconds, "allowed_updates": list(ALLOWED_UPDATES)}
        # Under its own name, the method would be recommended that parses all of them at once.
        result = await self._bot.do_api_request(
            "get_Updates", api_kwargs=asked, read_timeout=seconds + ANSWER_SECONDS
        )
        return [each for each in result if isinstance(each["update_id"], int)]

    async def _check_token(self) -> None:
        """Ask who we are, before a single refusal is believed.

        Raises:
            SettingsError: Telegram does not know the token.
        """
        try:
            await self._bot.get_me()
        except InvalidToken:
            raise SettingsError(
                "Expected TELEGRAM_BOT_TOKEN to be a token that Telegram knows. "
                "Received one that it no longer accepts."
            ) from None
        except TelegramError as error:
            log.debug("Nor does Telegram say who this bot is (%s).", error)


def _problem(error: TelegramError) -> str:
    if isinstance(error, Conflict):
        return "Another program asks for this bot's updates: is the bot running twice?"
    return f"Telegram could not be asked for updates ({error})."
