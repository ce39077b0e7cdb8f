"""The bot's start-up time and memory, compared with a process that uses TensorFlow.

Memory is that of Linux; other systems do not say what processes share.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil
from rich.console import Group, RenderableType
from rich.table import Table

from model.artifact import DEFAULT_MODEL
from tests.bench.measuring import MEBIBYTE
from tests.bot.running import BotProcess, Chat, running_bot, telegram
from tests.screenshots import handwriting

TITLE = (
    "Waiting for photos: the bot with a token, beside a process that loads the same model in Keras"
)

ROUNDS = 3
"""Starts of each process; the table shows medians."""

SETTLE_SECONDS = 1.0
"""Wait before memory is measured, so that the work of the start is over."""

PHOTOS = 1_000
"""Photos that the bot of the last start answers, one after the other."""

DIFFERENT_PHOTOS = 20
"""How many different ones these are, of one and of two digits in turn."""

TOKEN = "123:token"

KERAS_PROGRAM = f"""
import keras, sys
keras.models.load_model({str(DEFAULT_MODEL / "model.keras")!r})
print("ready", flush=True)
sys.stdin.read()
"""


class Start(NamedTuple):
    """The start of a process that then waits for work.

    Attributes:
        seconds: until it was ready.
        cpu_seconds: processor time until then, of its children too.
        memory_mib: that it had then, in MiB.
    """

    seconds: float
    cpu_seconds: float
    memory_mib: float


def run() -> RenderableType:
    """Start both a few times, in turn; then have one bot answer photos."""
    rounds = [(_start_keras(), _start_bot()) for _ in range(ROUNDS)]
    keras, bot = ([pair[side] for pair in rounds] for side in (0, 1))
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("")
    for heading in ("start-up", "ratio", "processor time", "memory", "ratio"):
        table.add_column(heading, justify="right")
    reference = _medians(keras)
    for name, found in (("TensorFlow and model.keras", keras), ("python -m bot", bot)):
        seconds, cpu_seconds, memory_mib = _medians(found)
        table.add_row(
            name,
            f"{seconds:.1f} s",
            f"{seconds / reference.seconds:.2f}",
            f"{cpu_seconds:.1f} s",
            f"{memory_mib:.0f} MiB",
            f"{memory_mib / reference.memory_mib:.2f}",
        )
    answered = _memory_after_photos()
    table.add_row(
        f"after {PHOTOS:,} photos",
        "",
        "",
        "",
        f"{answered:.0f} MiB",
        f"{answered / reference.memory_mib:.2f}",
    )
    return Group(
        table,
        "",
        f"Medians of {ROUNDS} starts each, in turn. Start-up: until the model is loaded; for the "
        "bot, until it asks a Bot API server on this machine for updates, with its database. "
        "Memory: of all its processes, each page counted once (PSS), as a container counts it.",
    )


def _start_keras() -> Start:
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", KERAS_PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = time.perf_counter() - began
        if line.strip() != "ready":
            raise RuntimeError(f"Expected a process that is ready. Received {line!r}.")
        cpu_seconds = _cpu_seconds(process.pid)
        return Start(seconds, cpu_seconds, _memory(process.pid))


@contextmanager
def _worker() -> Iterator[tuple[BotProcess, str]]:
    """A bot with a token, and the address of the Bot API server that it talks to."""
    with (
        tempfile.TemporaryDirectory() as folder,
        telegram(TOKEN) as url,
        running_bot(Path(folder), TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=url) as bot,
    ):
        yield bot, url


def _start_bot() -> Start:
    began = time.perf_counter()
    with _worker() as (bot, _):
        bot.wait_for("Asking Telegram for updates")
        seconds = time.perf_counter() - began
        cpu_seconds = _cpu_seconds(bot.pid)
        return Start(seconds, cpu_seconds, _memory(bot.pid))


def _memory_after_photos() -> float:
    photos = [
        handwriting([seed % 10, (3 * seed) % 10][: 1 + seed % 2], seed=seed)
        for seed in range(DIFFERENT_PHOTOS)
    ]
    with _worker() as (bot, url):
        bot.wait_for("Asking Telegram for updates")
        chat = Chat(url)
        for number in range(PHOTOS):
            chat.ask(photos[number % DIFFERENT_PHOTOS])
        return _memory(bot.pid)


def _family(process: int) -> list[psutil.Process]:
    found = psutil.Process(process)
    return [found, *found.children()]


def _cpu_seconds(process: int) -> float:
    times = [each.cpu_times() for each in _family(process)]
    return float(sum(each.user + each.system for each in times))


def _memory(process: int) -> float:
    time.sleep(SETTLE_SECONDS)
    total = sum(getattr(each.memory_full_info(), "pss", 0) for each in _family(process))
    return float(total) / MEBIBYTE


def _medians(starts: list[Start]) -> Start:
    return Start(*map(statistics.median, zip(*starts, strict=True)))
