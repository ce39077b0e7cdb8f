"""Photos are read in a process that each of them can end without harm to the others."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from PIL import Image

from bot.errors import ReadingTooCostly
from bot.serving.reading.messages import ReadingFailed
from bot.serving.reading.process import Limits
from bot.serving.reading.reader import Reader
from model.artifact import DEFAULT_MODEL
from model.errors import EmptyFile, ModelError
from model.types import Refusal
from tests.bot.models import variant

SMALL = Limits(cpu_seconds=0.5)
"""More than a photo takes, and less than a picture of 50 million pixels."""


@pytest_asyncio.fixture(scope="module")
async def reader() -> AsyncIterator[Reader]:
    """One for all tests that change no limit: its process takes a second to start."""
    async with Reader() as reader:
        await reader.ready()
        yield reader


@asynccontextmanager
async def warm(limits: Limits) -> AsyncIterator[Reader]:
    """A reader that has its libraries loaded, so that limits count for photos alone."""
    async with Reader(limits) as reader:
        await reader.read(drawn(100, 100))
        yield reader


def drawn(width: int, height: int) -> bytes:
    """An empty picture, PNG."""
    file = BytesIO()
    Image.new("RGBA", (width, height), "white").save(file, "PNG", compress_level=1)
    return file.getvalue()


def worker() -> psutil.Process:
    """The reading process that was started last here."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):  # it has ended since
            if "bot.serving.reading.worker" in child.cmdline():
                found.append(child)
    return max(found, key=psutil.Process.create_time)


async def test_a_photo_gives_a_reading_and_a_card(reader: Reader, photos: list[bytes]) -> None:
    answer = await reader.read(photos[7])
    assert answer.reading.text == "7"
    assert answer.card is not None and answer.card.startswith(b"\x89PNG")
    assert answer.version == reader.version
    assert (await reader.explain(photos[7])).picture.startswith(b"\x89PNG")


async def test_a_refusal_has_no_card(reader: Reader) -> None:
    answer = await reader.read(drawn(300, 300))
    assert (answer.reading.refusal, answer.card) == (Refusal.NO_INK, None)


async def test_an_error_comes_through(reader: Reader) -> None:
    with pytest.raises(EmptyFile):
        await reader.read(b"")


async def test_a_photo_that_takes_too_long_is_ended_and_not_tried_again(
    photos: list[bytes],
) -> None:
    costly = drawn(7_140, 7_000)
    async with warm(SMALL) as reader:
        before = worker().pid
        with pytest.raises(ReadingTooCostly, match="Expected a picture"):
            await reader.read(costly)
        assert (await reader.read(photos[3])).reading.text == "3"
        after = worker().pid
        assert after != before
        with pytest.raises(ReadingTooCostly):
            await reader.read(costly)
        assert worker().pid == after, "nobody tried it again"


@pytest.mark.slow
async def test_photos_beside_one_that_takes_too_long_are_read(photos: list[bytes]) -> None:
    async with warm(SMALL) as reader:
        costly = asyncio.create_task(reader.read(drawn(7_140, 7_000)))
        answers = await asyncio.gather(*(reader.read(photo) for photo in photos))
        with pytest.raises(ReadingTooCostly):
            await costly
    assert [answer.reading.text for answer in answers] == [str(digit) for digit in range(10)]


@pytest.mark.slow
async def test_photos_that_wait_for_a_turn_are_not_charged_for_it(photos: list[bytes]) -> None:
    async with warm(SMALL) as reader:
        # Decoding gives no turn up, and there are two.
        costly = [drawn(7_140, 7_000), drawn(7_000, 7_140)]
        answers = await asyncio.gather(
            *(reader.read(photo) for photo in [*costly, *photos]), return_exceptions=True
        )
    assert [type(answer) for answer in answers[:2]] == [ReadingTooCostly] * 2
    read = [answer for answer in answers[2:] if not isinstance(answer, BaseException)]
    assert [answer.reading.text for answer in read] == [str(digit) for digit in range(10)]


@pytest.mark.slow
async def test_a_photo_that_takes_too_much_memory_is_found_among_two(
    photos: list[bytes],
) -> None:
    async with Reader() as first:
        await first.read(photos[0])
        idle = worker().memory_info().rss
    async with warm(Limits(memory_bytes=idle + 150_000_000)) as reader:
        costly, other = await asyncio.gather(
            reader.read(drawn(7_140, 7_000)), reader.read(photos[8]), return_exceptions=True
        )
    assert isinstance(costly, ReadingTooCostly)
    assert not isinstance(other, BaseException)
    assert other.reading.text == "8"


async def test_photos_survive_that_the_process_is_killed(
    reader: Reader, photos: list[bytes]
) -> None:
    reading = [asyncio.create_task(reader.read(photo)) for photo in photos]
    await asyncio.wait(reading, return_when=asyncio.FIRST_COMPLETED)
    worker().kill()
    assert [(await task).reading.text for task in reading] == [str(digit) for digit in range(10)]


async def test_signals_to_the_whole_group_leave_it_alone(
    reader: Reader, photos: list[bytes]
) -> None:
    # Terminals and platforms send them to every process; the bot still answers photos.
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(worker().pid, number)
    before = worker().pid
    assert (await reader.read(photos[1])).reading.text == "1"
    assert worker().pid == before


async def test_a_photo_is_read_by_the_version_that_was_active_when_it_came(
    reader: Reader, photos: list[bytes], tmp_path: Path
) -> None:
    old = reader.version
    first = [asyncio.create_task(reader.read(photo)) for photo in photos]
    await asyncio.sleep(0)
    new = variant(tmp_path / "new")
    assert await reader.load(new) == "new"
    reader.use(new, "new")
    assert (await reader.read(photos[2])).version == "new"
    assert {(await task).version for task in first} == {old}
    worker().kill()
    assert (await reader.read(photos[2])).version == "new", "also in the next process"


async def test_a_version_that_does_not_load_is_refused(
    reader: Reader, photos: list[bytes], tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(DEFAULT_MODEL, broken)
    (broken / "model.tflite").write_bytes(b"no model")
    with pytest.raises(ModelError):
        await reader.load(broken)
    assert (await reader.read(photos[4])).version == reader.version


async def test_secrets_do_not_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:secret")
    async with Reader():
        assert "TELEGRAM_BOT_TOKEN" not in worker().environ()


async def test_nothing_is_left_of_it() -> None:
    async with Reader() as reader:
        await reader.ready()
        process = worker()
    assert not process.is_running()


@pytest.mark.parametrize(("temperature", "error"), [(0, ModelError), ("warm", ReadingFailed)])
async def test_a_model_that_gives_no_probabilities_is_not_loaded(
    reader: Reader, tmp_path: Path, temperature: object, error: type[Exception]
) -> None:
    version = reader.version
    with pytest.raises(error):
        await reader.load(variant(tmp_path / "dddd", temperature=temperature))
    assert reader.version == version
