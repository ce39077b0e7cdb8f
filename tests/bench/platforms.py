"""How long the bot takes to start and how much memory it has then, by the platforms it is on."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table

from bot.local import ADMIN
from tests.bench.measuring import cpu_seconds, family, held_mib
from tests.bot.discord.conftest import settings
from tests.bot.discord.people import discord
from tests.bot.running import running_bot, telegram

TITLE = "Waiting for photos: on Telegram, on Discord, on both"

ROUNDS = 3
"""Starts on each; the table shows medians."""

SETTLE_SECONDS = 1.0
"""Wait before memory is measured, so that the work of the start is over."""

TOKEN = "123456789:AAEbench"

READY = {"Telegram": "Asking Telegram for updates", "Discord": "Connected to Discord"}
"""What the bot writes when it takes messages of a platform."""


def run() -> RenderableType:
    """Start the bot a few times on each, in turn."""
    with discord() as server, telegram(TOKEN, [ADMIN]) as url:
        of_telegram = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": url}
        platforms = {
            ("Telegram",): of_telegram,
            ("Discord",): settings(server),
            ("Telegram", "Discord"): of_telegram | settings(server),
        }
        rounds = [
            {names: _start(names, chosen) for names, chosen in platforms.items()}
            for _ in range(ROUNDS)
        ]
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("")
    for heading in ("start-up", "processor time", "ratio", "memory", "ratio"):
        table.add_column(heading, justify="right")
    first: tuple[float, ...] | None = None
    for names in platforms:
        figures = zip(*(each[names] for each in rounds), strict=True)
        seconds, spent, memory = (statistics.median(figure) for figure in figures)
        first = first or (spent, memory)
        table.add_row(
            " and ".join(names),
            f"{seconds:.1f} s",
            f"{spent:.1f} s",
            f"{spent / first[0]:.2f}",
            f"{memory:.0f} MiB",
            f"{memory / first[1]:.2f}",
        )
    return Group(
        table,
        "",
        f"Medians of {ROUNDS} starts each, in turn. Start-up: until messages are taken on each "
        "platform, which a process on this machine plays. Memory: of all its processes, each page "
        "counted once (PSS), as a container counts it.",
    )


def _start(names: tuple[str, ...], chosen: dict[str, str]) -> tuple[float, float, float]:
    """Return the seconds that a start took, by the clock and of processors, and the MiB held."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with running_bot(Path(folder), **chosen) as bot:
            for name in names:
                bot.wait_for(READY[name])
            seconds = time.perf_counter() - began
            processes = family(bot.pid)
            spent = cpu_seconds(*processes)
            time.sleep(SETTLE_SECONDS)
            memory = held_mib(*processes)
            bot.stop()
            return seconds, spent, memory
