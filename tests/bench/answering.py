"""The bot's start-up time and memory, compared with a process that uses TensorFlow."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psutil
from rich.console import Group, RenderableType
from rich.table import Table

from model.artifact import DEFAULT_MODEL
from tests.bench.measuring import MEBIBYTE
from tests.bot.running import running_bot

TITLE = "Waiting for photos: python -m bot, beside a process that loads the same model in Keras"

ROUNDS = 3
"""Starts of each process; the table shows medians."""

SETTLE_SECONDS = 1.0
"""Wait before memory is measured, so that the work of the start is over."""

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
        memory_mib: resident memory when it was ready, in MiB.
    """

    seconds: float
    memory_mib: float


def run() -> RenderableType:
    """Start both a few times, in turn."""
    rounds = [(_start_keras(), _start_bot()) for _ in range(ROUNDS)]
    keras, bot = ([pair[side] for pair in rounds] for side in (0, 1))
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("")
    for heading in ("start-up", "ratio", "memory", "ratio"):
        table.add_column(heading, justify="right")
    seconds, memory = (_median([each[part] for each in keras]) for part in (0, 1))
    for name, found in (("TensorFlow and model.keras", keras), ("python -m bot", bot)):
        table.add_row(
            name,
            f"{_median([each.seconds for each in found]):.1f} s",
            f"{_median([each.seconds for each in found]) / seconds:.2f}",
            f"{_median([each.memory_mib for each in found]):.0f} MiB",
            f"{_median([each.memory_mib for each in found]) / memory:.2f}",
        )
    return Group(
        table,
        "",
        f"Medians of {ROUNDS} starts each, in turn. Start-up: until the model is loaded; for the "
        "bot, until it asks for updates, with its local Bot API and its database. Memory: "
        "resident (RSS), which is what a PaaS counts.",
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
        return Start(seconds, _memory(process.pid))


def _start_bot() -> Start:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with running_bot(Path(folder), PORT="0") as bot:
            bot.wait_for("Asking Telegram for updates")
            return Start(time.perf_counter() - began, _memory(bot.pid))


def _memory(process: int) -> float:
    time.sleep(SETTLE_SECONDS)
    bot = psutil.Process(process)
    total = sum(each.memory_info().rss for each in (bot, *bot.children()))
    return float(total) / MEBIBYTE


def _median(values: list[float]) -> float:
    return statistics.median(values)
