"""One person's photos, from the message to its answer, by the bot's own stages."""

from __future__ import annotations

import asyncio
import json
import math
import tempfile
from pathlib import Path

import numpy as np
import psutil
from rich.console import Group, RenderableType
from rich.table import Table

from bot.local import LocalTelegram
from bot.local.api.files import photo_sizes
from tests.bench.chat.bots import START_PATIENCE_SECONDS, TOKEN
from tests.bench.chat.crowd import Crowd, Photo
from tests.bench.reading import photograph
from tests.bot.local.serving import served
from tests.bot.running import BotProcess

TITLE = "One person's photos of one digit, 1280×960, from message to answer: milliseconds"

WARM_UP_PHOTOS = 20
"""Photos before anything is measured, so that all is loaded."""

PHOTOS = 200
"""Photos that are measured, one after the other."""

DIFFERENT_PHOTOS = 24
"""How many different ones these are."""

STAGES = ("fetch", "wait", "read", "send")
"""As the bot's log names them. `read` is to decode, find, classify, draw and encode, which
`python -m tests.bench flame` tells apart."""


def run() -> RenderableType:
    """Have a bot answer photos, and read its log."""
    with tempfile.TemporaryDirectory() as folder:
        latencies, lines = asyncio.run(_answered(Path(folder)))
    stages = {
        stage: np.array([line.get(stage, 0.0) for line in lines], np.float64) for stage in STAGES
    }
    whole = 1000 * np.array(latencies)
    stages["the rest"] = whole - np.sum([*stages.values()], axis=0)
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("stage")
    for heading in ("p50", "p95"):
        table.add_column(heading, justify="right")
    for name, values in (stages | {"message to answer": whole}).items():
        table.add_row(name, *(f"{np.percentile(values, share):.0f}" for share in (50, 95)))
    return Group(
        table,
        "",
        f"{len(whole)} photos, by the clock, through a Bot API server on this machine. fetch: from "
        "that server; read: in the reading process, with the card; send: until the server has the "
        "answer. The rest: the server, the update's way to its handler, the database.",
    )


async def _answered(folder: Path) -> tuple[list[float], list[dict[str, float]]]:
    """Return seconds from each photo to its answer, and each photo's stages in milliseconds."""
    photos = [Photo(photo_sizes(photograph(number))) for number in range(DIFFERENT_PHOTOS)]
    telegram = LocalTelegram(TOKEN, [Crowd.FIRST_PERSON])
    async with served(telegram) as url:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": url, "LOG_FORMAT": "json"}
        bot = BotProcess(folder, **settings)
        try:
            await asyncio.to_thread(
                bot.wait_for, "Asking Telegram for updates", START_PATIENCE_SECONDS
            )
            crowd, process = Crowd(telegram, photos), psutil.Process(bot.pid)
            await crowd.send(1, math.inf, process, WARM_UP_PHOTOS)
            result = await crowd.send(1, math.inf, process, PHOTOS)
            said = [json.loads(line) for line in bot.text.splitlines() if line.startswith("{")]
        finally:
            await asyncio.to_thread(bot.kill)
    lines = [line["milliseconds"] for line in said if "milliseconds" in line]
    return result.latencies, lines[WARM_UP_PHOTOS:]
