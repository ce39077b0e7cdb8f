"""Updates, a handler that takes its time with them, and a tracker for both."""

from __future__ import annotations

import asyncio
from typing import Any

from telegram import Update
from telegram.ext import ContextTypes, MessageHandler, filters

from bot.store import Database
from bot.store.updates.memory import UpdateMemory
from bot.telegram.transport.lifecycle import AnyApplication
from bot.telegram.transport.updates import UpdateTracker
from tests.bot.fakes import ADA, PRIVATE, Json


class Slow:
    """A handler that answers when told to."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.seen: list[int] = []
        self.done: list[int] = []
        self.handler = MessageHandler[Any, Any](filters.ALL, self.answer)

    async def answer(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        self.seen.append(update.update_id)
        await self.go_on.wait()
        self.done.append(update.update_id)


def message(number: int, text: str = "x") -> Json:
    """An update as Telegram sends it."""
    about = {"message_id": 7, "date": 0, "chat": PRIVATE, "from": ADA, "text": text}
    return {"update_id": number, "message": about}


def opened(bot: AnyApplication, database: Database | None = None) -> UpdateTracker:
    """A tracker that takes updates, as after a start of the bot."""
    tracker = UpdateTracker(bot, UpdateMemory(database))
    tracker.open()
    return tracker
