"""Delivery of updates to the bot's webhook, as Telegram does it.

Updates of one chat arrive in their order, one after the other; different chats in parallel, up to
`max_connections`. What is not answered with 2xx is tried again, ever more slowly, until the webhook
is removed.
"""

from __future__ import annotations

import asyncio

import httpx
from telegram import Update

from bot.local.api.updates import UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name

ANSWER_TIMEOUT_SECONDS = 60.0
"""How long the bot may take over one update."""

FIRST_RETRY_SECONDS = 0.5
"""Pause after the first failure. It doubles with each further one."""

MAX_RETRY_SECONDS = 60.0
"""The longest pause between two tries."""


class Webhook:
    """At most one delivery in progress; `start` and `stop` may be called at any time."""

    def __init__(self, updates: UpdateQueue) -> None:
        self._updates = updates
        self._task: asyncio.Task[None] | None = None

    async def start(self, url: str, secret: str | None, connections: int) -> None:
        """Deliver to this address from now on.

        Args:
            url: of the bot's webhook.
            secret: goes along in a header, so that the bot knows who calls.
            connections: deliveries at a time.
        """
        await self.stop()
        self._updates.webhook_url = url
        headers = {SECRET_HEADER: secret} if secret else {}
        self._task = asyncio.create_task(self._deliver(url, headers, connections))

    async def stop(self) -> None:
        """End all deliveries; what is not taken stays queued."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        self._updates.webhook_url = ""

    async def _deliver(self, url: str, headers: dict[str, str], connections: int) -> None:
        # Proxy settings of the environment must not come between two programs on one machine.
        async with (
            httpx.AsyncClient(
                headers=headers, timeout=ANSWER_TIMEOUT_SECONDS, trust_env=False
            ) as client,
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
        """Try until the bot takes it."""
        pause = FIRST_RETRY_SECONDS
        while True:
            try:
                answer = await client.post(url, json=update.to_dict())
            except httpx.HTTPError:
                taken = False
            else:
                taken = answer.is_success
            if taken:
                self._updates.confirm(update.update_id)
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, MAX_RETRY_SECONDS)


def _chat_of(update: Update) -> int:
    assert update.effective_chat is not None  # everything happens in a chat here
    return update.effective_chat.id
