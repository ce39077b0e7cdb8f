"""One person's photos, from the message to its answer, by the bot's own stages."""

from __future__ import annotations

import asyncio
import json
import math
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table

from tests.bench.chat.bots import inkling_in, started_for
from tests.bench.chat.crowd import Crowd, photos_of_digits
from tests.bot.running import wait_equal

TITLE = "One person's photos of one digit, 1280×960, from message to answer: milliseconds"

WARM_UP_PHOTOS = 20
"""Photos before anything is measured, so that all is loaded."""

PHOTOS = 200
"""Photos that are measured, one after the other."""

STAGES = ("fetch", "wait", "read", "send")
"""As the bot's log names them. `read` is to decode, find, classify, draw and encode, which
`python -m tests.bench flame` tells apart."""


def run() -> RenderableType:
    """Have a bot answer photos, and read its log."""
    with tempfile.TemporaryDirectory() as folder:
        latencies = asyncio.run(_latencies(Path(folder)))
        lines = _logged(Path(folder))
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


async def _latencies(folder: Path) -> list[float]:
    """Have a bot answer in a folder; return seconds from each photo to its answer."""
    start = partial(inkling_in, folder, LOG_FORMAT="json")
    async with started_for(start, people=1) as (telegram, bot):
        crowd = Crowd(telegram, photos_of_digits())
        await crowd.send(1, math.inf, bot, WARM_UP_PHOTOS)
        latencies = (await crowd.send(1, math.inf, bot, PHOTOS)).latencies
        # The last photo's line comes after its answer.
        await asyncio.to_thread(wait_equal, lambda: len(_logged(folder)), len(latencies))
    return latencies


def _logged(folder: Path) -> list[dict[str, float]]:
    """Return the stages of each of these photos in milliseconds, from the bot's log there."""
    (output,) = folder.glob("output-*.txt")
    said = [json.loads(line) for line in output.read_text().splitlines() if line.startswith("{")]
    return [line["milliseconds"] for line in said if "milliseconds" in line][WARM_UP_PHOTOS:]
