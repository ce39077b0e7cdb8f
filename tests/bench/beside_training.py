"""The time that an answer takes while the bot trains, compared with an idle bot."""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table

from bot.local import ADA, ADMIN
from model.datasets import mnist
from tests.bot.running import BotProcess, Chat, running_bot
from tests.model.photo_variants import jpeg, sheet

TITLE = "Photos answered while the bot trains, beside photos answered while it does not"

PHOTO_COUNT = 30
"""Photos that are sent to the idle bot, and again while it trains."""

WARM_UP_COUNT = 5
"""Photos that are sent before, so that what is loaded on demand is not timed."""

TRAIN_COMMAND = "/train baseline 20"
"""A run that lasts longer than the photos take. It is cancelled at the end."""

FIRST_EPOCH_SECONDS = 120
"""The time that the first epoch gets until the benchmark gives up."""


def run() -> RenderableType:
    """Send photos one by one to one bot, first idle, then training."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("")
    for heading in ("median", "ratio", "19 of 20 within", "ratio"):
        table.add_column(heading, justify="right")
    with tempfile.TemporaryDirectory() as folder, running_bot(Path(folder), PORT="0") as bot:
        ada, admin = Chat(bot.url, ADA), Chat(bot.url, ADMIN)
        photos = _photos()
        _send(ada, bot, photos[:WARM_UP_COUNT])
        idle = _send(ada, bot, photos)
        live = admin.say(TRAIN_COMMAND)
        until = time.monotonic() + FIRST_EPOCH_SECONDS
        while "epoch 1 of" not in admin.now(live)["text"]:
            if time.monotonic() > until:
                raise TimeoutError("Expected the first epoch to end in two minutes.")
            time.sleep(0.5)
        busy = _send(ada, bot, photos)
        admin.say("/cancel")
    for name, times in (("idle", idle), ("training", busy)):
        table.add_row(name, *_figures(times, idle))
    return Group(
        table,
        "",
        "Milliseconds from the update to the answer sent, download and picture included; "
        "the training process yields (nice 10).",
    )


def _photos() -> list[bytes]:
    glyphs = mnist.test_set().glyphs
    return [jpeg(sheet(np.asarray(glyphs[number]))) for number in range(PHOTO_COUNT)]


def _send(chat: Chat, bot: BotProcess, photos: list[bytes]) -> list[float]:
    """Send the photos, and return the milliseconds that each took, from the bot's log."""
    before = len(_logged(bot))
    for photo in photos:
        chat.ask(photo)
    while len(_logged(bot)) < before + len(photos):
        time.sleep(0.05)
    return _logged(bot)[before:]


def _logged(bot: BotProcess) -> list[float]:
    return [float(found) for found in re.findall(r"Update \d+: .* in (\d+) ms\.", bot.text)]


def _figures(times: list[float], idle: list[float]) -> list[str]:
    figures = []
    for share in (0.5, 0.95):
        here, there = (
            statistics.quantiles(t, n=100)[round(100 * share) - 1] for t in (times, idle)
        )
        figures += [f"{here:,.0f} ms", f"{here / there:.2f}"]
    return figures
