"""Where Telegram brings updates: POST /telegram, with our secret in a header."""

from __future__ import annotations

import asyncio
import hmac
import logging

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from telegram import Bot
from telegram.error import TelegramError

from bot.config.settings import Settings
from bot.telegram.transport.polling import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS
from bot.telegram.transport.updates import ALLOWED_UPDATES, UpdateTracker

log = logging.getLogger(__name__)

PATH = "/telegram"

MAX_ANSWER_SECONDS = 50
"""How long a call waits for the answer. Telegram gives up after 60 s and calls again; a call that
takes too long says so a little earlier."""

MAX_CALLS = 100
"""Updates that Telegram may bring at the same time: its maximum, because each call
lasts until its update is answered, and one person's many photos must not keep others out."""


class Webhook:
    """Lets Telegram call us.

    Attributes:
        router: the routes, for the site.
    """

    def __init__(self, bot: Bot, updates: UpdateTracker, settings: Settings) -> None:
        self._bot = bot
        self._updates = updates
        self._url = settings.public_url + PATH
        self._secret = settings.webhook_secret.get_secret_value()
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route(PATH, self._take, methods=["POST"])

    async def run(self) -> None:
        """Tell Telegram where we are, then let it call until cancelled."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._bot.set_webhook(
                    self._url,
                    secret_token=self._secret,
                    allowed_updates=ALLOWED_UPDATES,
                    max_connections=MAX_CALLS,
                )
            except TelegramError as error:
                log.warning("The webhook was not set (%s). Trying in %.0f s.", error, pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            else:
                break
        log.info("Telegram brings updates to %s.", self._url)
        await asyncio.Event().wait()

    async def confirm(self) -> None:
        """Nothing: each update was acknowledged when it was answered.

        The webhook stays set. Telegram keeps what comes meanwhile, and in a rolling restart
        the next process is there already.
        """

    async def _take(self, request: Request) -> Response:
        """Acknowledge an update once it is answered; 503 makes Telegram call again.

        An update that cannot be parsed is acknowledged too, because it would come again for ever.
        """
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return _said(403, "Expected the secret that was set with this webhook.")
        try:
            content = await request.json()
            number = content["update_id"]
        except (ValueError, TypeError, KeyError, RecursionError):
            number = None
        if not isinstance(number, int):
            return _said(400, "Expected an update, as JSON.")
        answered = await self._updates.take([content])
        if answered is None:
            return _said(503, "Starting or stopping.")
        if answered:
            await asyncio.wait(answered, timeout=MAX_ANSWER_SECONDS)
        if any(not task.done() or task.cancelled() for task in answered):
            return _said(503, "Not answered yet.")
        return Response()


def _said(status: int, sentence: str) -> Response:
    return PlainTextResponse(sentence, status)
