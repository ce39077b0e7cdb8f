"""What tests of the bot share: one running bot, and handwriting to send it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from numpy.typing import NDArray
from playwright.async_api import Browser, expect

from bot.conversation.services import Services
from bot.local import ADMIN
from bot.serving.photo_queue import PhotoQueue
from bot.store import Database
from model.datasets import mnist
from tests.bot import fakes
from tests.bot.browsers import chromium
from tests.bot.fakes import SEVEN, FakeReader
from tests.bot.running import BotProcess, Chat, running_bot
from tests.model.photo_variants import jpeg, sheet


@pytest.fixture(autouse=True)
def durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `python -m bot` has it."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture(scope="session")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotProcess]:
    """A bot with its local chat, by long polling, for all tests that do not stop it."""
    with running_bot(tmp_path_factory.mktemp("bot"), PORT="0") as bot:
        yield bot


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A browser without a window, for all tests that open pages of their own in it."""
    expect.set_options(timeout=30_000)  # milliseconds; a busy machine may take seconds
    async with chromium() as browser:
        yield browser


@pytest.fixture
def chat(bot: BotProcess) -> Chat:
    """Ada's chat with the bot."""
    return Chat(bot.url)


@pytest.fixture(scope="session")
def digits() -> NDArray[np.uint8]:
    """(10, 28, 28): one MNIST test image of each digit, plainly written."""
    examples = mnist.test_set()
    # The second of each: the first 5 is one that even people doubt.
    return examples.glyphs[[np.flatnonzero(examples.labels == d)[1] for d in range(10)]]


@pytest.fixture(scope="session")
def photos(digits: NDArray[np.uint8]) -> list[bytes]:
    """A photo of each digit, JPEG."""
    return [jpeg(sheet(digit)) for digit in digits]


@pytest.fixture
def reader() -> FakeReader:
    """What `services` read photos with: it reads a seven, unless told otherwise."""
    return FakeReader(SEVEN)


@pytest.fixture
def services(sqlite_database: Database, tmp_path: Path, reader: FakeReader) -> Services:
    """What the conversation works with, over an empty database; two photos a person may wait."""
    queue = PhotoQueue(per_person=2)
    return fakes.services(sqlite_database, reader, tmp_path, frozenset({ADMIN}), queue)
