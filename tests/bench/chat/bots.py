"""The bots that are compared, each in a process of its own, before a local Telegram."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path

import psutil

from bot.local import LocalTelegram
from tests.bench.chat.crowd import Crowd
from tests.bot.local.serving import served
from tests.bot.running import running_bot

TOKEN = "4712:bench"

START_PATIENCE_SECONDS = 300.0
"""For a bot to start: what is measured on a busy machine is slow, not broken."""

StartBot = Callable[[str], AbstractContextManager[psutil.Process]]
"""Starts a bot that talks to a Bot API at an address, and ends it."""


@contextmanager
def inkling(url: str) -> Iterator[psutil.Process]:
    """Start `python -m bot` with a new database."""
    with tempfile.TemporaryDirectory() as folder, inkling_in(Path(folder), url) as bot:
        yield bot


@contextmanager
def inkling_in(folder: Path, url: str, **settings: str) -> Iterator[psutil.Process]:
    """Start `python -m bot` in a folder, with the database that may be there."""
    settings |= {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": url}
    with running_bot(folder, **settings) as bot:
        bot.wait_for("Asking Telegram for updates", START_PATIENCE_SECONDS)
        yield psutil.Process(bot.pid)


@contextmanager
def plain_bot(url: str) -> Iterator[psutil.Process]:
    """Start a bot as tutorials write it."""
    command = [sys.executable, "-m", "tests.bench.chat.plain_bot", TOKEN, url]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield psutil.Process(process.pid)
        finally:
            process.terminate()


@asynccontextmanager
async def started_for(
    start: StartBot, people: int
) -> AsyncIterator[tuple[LocalTelegram, psutil.Process]]:
    """Start a Telegram with so many people, and a bot."""
    numbers = range(Crowd.FIRST_PERSON, Crowd.FIRST_PERSON + people)
    telegram = LocalTelegram(TOKEN, numbers)
    async with served(telegram) as url, _in_thread(start(url)) as bot:
        yield telegram, bot


@asynccontextmanager
async def _in_thread(
    context: AbstractContextManager[psutil.Process],
) -> AsyncIterator[psutil.Process]:
    """Start and stop what waits for a process, while Telegram goes on."""
    process = await asyncio.to_thread(context.__enter__)
    try:
        yield process
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)
