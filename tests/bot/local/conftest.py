"""A server of its own for each test, and a person at the page."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from PIL import Image, ImageDraw
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from bot.local import LocalTelegram
from tests.bot.local.serving import served

TOKEN = "12345:local-test-token"
AnyApplication = Application[Any, Any, Any, Any, Any, Any]
BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("right", callback_data="right")]])


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer a photo with itself and a button."""
    message = update.effective_message
    assert message is not None
    file = await message.photo[-1].get_file()
    data = bytes(await file.download_as_bytearray())
    await message.reply_photo(
        data, caption="<b>1</b> &amp; more", parse_mode="HTML", do_quote=True, reply_markup=BUTTON
    )


async def thank(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer a pressed button, and take it away."""
    assert update.callback_query is not None
    await update.callback_query.answer("Thank you", show_alert=True)
    await update.callback_query.edit_message_reply_markup()


@pytest.fixture
async def telegram() -> LocalTelegram:
    return LocalTelegram(TOKEN)


@pytest.fixture
async def url(telegram: LocalTelegram) -> AsyncIterator[str]:
    """Serve, and give the address."""
    async with served(telegram) as address:
        yield address


@pytest.fixture
async def page(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client that acts as the chat page does."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield client


@pytest.fixture
async def api(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client that acts as a bot does, without a library in between."""
    async with httpx.AsyncClient(base_url=f"{url}/bot{TOKEN}/", trust_env=False) as client:
        yield client


@pytest.fixture
async def bot(url: str) -> AsyncIterator[Bot]:
    """Give python-telegram-bot's own client."""
    async with Bot(TOKEN, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot") as bot:
        yield bot


@pytest.fixture
def picture() -> bytes:
    """Draw a PNG, 1600 × 1000, of a dark bar on white."""
    image = Image.new("RGB", (1600, 1000), "white")
    ImageDraw.Draw(image).line((800, 200, 760, 800), fill="black", width=40)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture
async def echo_bot(url: str) -> AsyncIterator[AnyApplication]:
    builder = Application.builder().token(TOKEN)
    app = builder.base_url(f"{url}/bot").base_file_url(f"{url}/file/bot").build()
    app.add_handler(MessageHandler(filters.PHOTO, echo))
    app.add_handler(CallbackQueryHandler(thank))
    async with app:
        await app.start()
        assert app.updater is not None
        await app.updater.start_polling()
        yield app
        if app.updater.running:
            await app.updater.stop()
        await app.stop()
