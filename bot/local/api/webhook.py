"""Delivery of updates to the bot's webhook, as Telegram does it.

Updates of one chat arrive in their order, one after the other; different chats in parallel, up to
`max_connections`. What is not answered with 2xx is tried again, ever more slowly, until the webhook
is removed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx

from bot.local.api.objects import Update, WebhookInfo
from bot.local.api.updates import UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
ANSWER_TIMEOUT = 60.0  # seconds that the bot may take over one update
FIRST_RETRY = 0.5  # seconds; doubles with each failure
LAST_RETRY = 60.0  # seconds


class Webhook:
    """At most one delivery in progress; `start` and `stop` may be called at any time."""

    def __init__(self, updates: UpdateQueue, clock: Callable[[], float]) -> None:
        self._updates = updates
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._secret: str | None = None
        self._connections: int | None = None
        self._last_error: tuple[int, str] | None = None

    async def start(self, url: str, secret: str | None, connections: int) -> None:
        await self.stop()
        self._secret, self._connections = secret, connections
        self._updates.webhook_url = url
        self._task = asyncio.create_task(self._deliver(url, connections))

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        self._updates.webhook_url = ""
        self._secret = self._connections = self._last_error = None

    def info(self) -> WebhookInfo:
        error_date, error = self._last_error or (None, None)
        return WebhookInfo(
            url=self._updates.webhook_url,
            has_custom_certificate=False,
            pending_update_count=len(self._updates.pending()),
            last_error_date=error_date,
            last_error_message=error,
            max_connections=self._connections,
            allowed_updates=self._updates.allowed or None,
        )

    async def _deliver(self, url: str, connections: int) -> None:
        # Proxy settings of the environment must not come between two programs on one machine.
        async with (
            httpx.AsyncClient(timeout=ANSWER_TIMEOUT, trust_env=False) as client,
            asyncio.TaskGroup() as deliveries,
        ):
            busy: dict[int, asyncio.Task[None]] = {}  # by chat
            while True:
                changed = asyncio.ensure_future(self._updates.changed())
                busy = {chat: task for chat, task in busy.items() if not task.done()}
                for update in self._updates.pending():
                    chat = _chat_of(update)
                    if chat not in busy and len(busy) < connections:
                        busy[chat] = deliveries.create_task(self._send(client, url, update))
                try:
                    await asyncio.wait(
                        {changed, *busy.values()}, return_when=asyncio.FIRST_COMPLETED
                    )
                finally:
                    changed.cancel()

    async def _send(self, client: httpx.AsyncClient, url: str, update: Update) -> None:
        """Until it is taken."""
        headers = {SECRET_HEADER: self._secret} if self._secret else {}
        delay = FIRST_RETRY
        while True:
            try:
                answer = await client.post(url, json=update.json_object(), headers=headers)
            except httpx.TimeoutException:
                error = "Read timeout expired"
            except httpx.HTTPError as failure:
                error = f"Connection failed: {failure}"
            else:
                if answer.is_success:
                    self._updates.confirm(update.update_id)
                    return
                error = (
                    f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
                )
            self._last_error = (int(self._clock()), error)
            await asyncio.sleep(delay)
            delay = min(delay * 2, LAST_RETRY)


def _chat_of(update: Update) -> int:
    content = (
        update.message
        or update.edited_message
        or update.message_reaction
        or (update.callback_query and update.callback_query.message)
    )
    return content.chat.id if content else 0
