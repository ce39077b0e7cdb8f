"""The bot's start-up time and memory, compared with a process that uses TensorFlow.

Memory is that of Linux; other systems do not say what processes share.
"""

from __future__ import annotations

import asyncio
import math
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table

from model.artifact import DEFAULT_MODEL
from tests.bench.chat.bots import TOKEN, inkling_in, started_for
from tests.bench.chat.crowd import Crowd, photos_of_digits
from tests.bench.measuring import cpu_seconds, family, held_mib
from tests.bot.running import telegram

TITLE = (
    "Waiting for photos: the bot with a token, beside a process that loads the same model in Keras"
)

ROUNDS = 3
"""Starts of each process; the table shows medians."""

SETTLE_SECONDS = 1.0
"""Wait before memory is measured, so that the work of the start is over."""

PHOTOS = 1_000
"""Photos that the bot of the last start answers."""

PEOPLE = 4
"""Who send them at the same time, so that the bot always has work."""

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
    with tempfile.TemporaryDirectory() as folder:
        first = _start_bot(Path(folder))
        rounds = [(_start_keras(), _start_bot(Path(folder))) for _ in range(ROUNDS)]
        answered = asyncio.run(_memory_after_photos(Path(folder)))
    keras, bot = ([pair[side] for pair in rounds] for side in (0, 1))
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("")
    for heading in ("start-up", "ratio", "processor time", "memory", "ratio"):
        table.add_column(heading, justify="right")
    reference = _medians(keras)
    for name, start in (
        ("TensorFlow and model.keras", reference),
        ("python -m bot", _medians(bot)),
        ("its first start", first),
    ):
        seconds, cpu_seconds, memory_mib = start
        table.add_row(
            name,
            f"{seconds:.1f} s",
            f"{seconds / reference.seconds:.2f}",
            f"{cpu_seconds:.1f} s",
            f"{memory_mib:.0f} MiB",
            f"{memory_mib / reference.memory_mib:.2f}",
        )
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
        "bot, until it asks a Bot API server on this machine for updates, with its database, "
        "which its first start makes. "
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
        return _start(process.pid, seconds)


def _start_bot(folder: Path) -> Start:
    with telegram(TOKEN) as url:
        began = time.perf_counter()
        with inkling_in(folder, url) as bot:
            return _start(bot.pid, time.perf_counter() - began)


def _start(process: int, seconds: float) -> Start:
    processes = family(process)
    spent = cpu_seconds(*processes)
    time.sleep(SETTLE_SECONDS)
    return Start(seconds, spent, held_mib(*processes))


async def _memory_after_photos(folder: Path) -> float:
    async with started_for(partial(inkling_in, folder), PEOPLE) as (local, bot):
        await Crowd(local, photos_of_digits()).send(PEOPLE, math.inf, bot, PHOTOS // PEOPLE)
        await asyncio.sleep(SETTLE_SECONDS)
        return held_mib(*family(bot.pid))


def _medians(starts: list[Start]) -> Start:
    return Start(*map(statistics.median, zip(*starts, strict=True)))
