from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.serving.reader import Reader
from model.errors import EmptyFile
from model.types import Reading, Refusal
from tests.bot.fakes import SEVEN, FakeRecognizer


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


async def test_a_photo_gives_a_reading_and_a_card(threads: ThreadPoolExecutor) -> None:
    answer = await Reader(FakeRecognizer(SEVEN), threads).read(b"x")
    assert answer.reading is SEVEN
    assert answer.card is not None
    assert answer.version == "fake"


async def test_a_refusal_has_no_card(threads: ThreadPoolExecutor) -> None:
    nothing = Reading((), Refusal.NO_INK)
    assert (await Reader(FakeRecognizer(nothing), threads).read(b"x")).card is None


async def test_an_error_comes_through(threads: ThreadPoolExecutor) -> None:
    with pytest.raises(EmptyFile):
        await Reader(FakeRecognizer(EmptyFile("nothing")), threads).read(b"")


class SlowRecognizer(FakeRecognizer):
    """Reads when told to."""

    def __init__(self) -> None:
        super().__init__(SEVEN, "old")
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def read(self, photo: bytes) -> Reading:
        self.begun.set()
        assert self.go_on.wait(5)
        return super().read(photo)


async def test_a_photo_is_finished_by_the_model_that_began_it(
    threads: ThreadPoolExecutor,
) -> None:
    slow = SlowRecognizer()
    reader = Reader(slow, threads)
    first = asyncio.create_task(reader.read(b"first"))
    await asyncio.to_thread(slow.begun.wait, 5)
    reader.recognizer = FakeRecognizer(SEVEN, "new")
    # The event loop is free meanwhile.
    assert (await reader.read(b"second")).version == "new"
    slow.go_on.set()
    assert (await first).version == "old"
