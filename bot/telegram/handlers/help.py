"""The commands that explain: /start, /help, /privacy."""

from __future__ import annotations

from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes

from bot.messages import texts
from bot.telegram.filters import MESSAGE


def handlers() -> list[BaseHandler[Any, Any, Any]]:
    """For the application."""
    return [
        CommandHandler("start", start, MESSAGE),
        CommandHandler("help", show_help, MESSAGE),
        CommandHandler("privacy", privacy, MESSAGE),
    ]


async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say hello and what to do."""
    assert update.message is not None
    await update.message.reply_text(texts.START, do_quote=False)


async def show_help(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say what to send and how to photograph it."""
    assert update.message is not None
    await update.message.reply_text(texts.HELP, do_quote=False)


async def privacy(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say what is kept."""
    assert update.message is not None
    await update.message.reply_text(texts.PRIVACY, do_quote=False)
