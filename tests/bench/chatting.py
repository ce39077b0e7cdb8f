"""The bot beside a plain one, with one person and with crowds: rate, latency, memory.

    python -m tests.bench.chatting [--people N…] [--seconds N]

prints the same for other crowds, or for longer. Both bots are asked through the local Bot API.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.table import Table

from bot.local.api.files import photo_sizes
from tests.bench.chat.bots import StartBot, inkling, plain_bot, started_for
from tests.bench.chat.crowd import Crowd, Photo, Result, photos_of_digits
from tests.model.photo_variants import jpeg

TITLE = "Answers to photos of one digit, 1280×960: Inkling beside a bot as tutorials write it"

PEOPLE = (1, 8, 64)
"""How many send photos at the same time."""

SECONDS = 15.0
"""For how long they do."""

START_SECONDS = 5.0
"""What each bot is asked for before anything is measured, so that all is loaded."""


def run() -> RenderableType:
    """Measure the usual crowds."""
    return asyncio.run(_compare(PEOPLE, SECONDS))


async def _compare(crowds: Sequence[int], seconds: float) -> RenderableType:
    digits = photos_of_digits()
    others = range(len(digits) // 3)
    busy = [Photo(photo_sizes(busy_picture(number)), plain=False) for number in others]
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("people")
    table.add_column("bot")
    for heading in ("a second", "ratio", "p50", "p95", "lost", "twice", "CPU each", "memory"):
        table.add_column(heading, justify="right")
    usual: dict[int, Result] = {}
    for people in crowds:
        plain = await _measure(plain_bot, digits, people, seconds)
        usual[people] = await _measure(inkling, digits, people, seconds)
        table.add_row(str(people), "plain", *_figures(plain, plain))
        table.add_row("", "Inkling", *_figures(usual[people], plain))
    mixed = {
        people: await _measure(inkling, _mixed(digits, busy), people, seconds) for people in crowds
    }
    shares = ", ".join(
        f"{np.percentile(mixed[people].latencies, 95) / np.percentile(each.latencies, 95):.2f} "
        f"with {people}"
        for people, each in usual.items()
    )
    return Group(
        table,
        "",
        f"Each sends the next photo when the last is answered, for {seconds:.0f} s. Inkling keeps "
        "to Telegram's limit of 30 messages a second. Memory: the most of all its processes (PSS).",
        f"Where a quarter are pictures without digits, the p95 of the others is, times as long: "
        f"{shares}.",
    )


async def _measure(
    start: StartBot,
    photos: Sequence[Photo],
    people: int,
    seconds: float,
) -> Result:
    """Start one bot, and have a crowd send photos to it."""
    async with started_for(start, people) as (telegram, bot):
        crowd = Crowd(telegram, photos)
        await crowd.send(min(people, 2), START_SECONDS, bot)
        return await crowd.send(people, seconds, bot)


def busy_picture(number: int) -> bytes:
    """Return a JPEG of 1280×960 pixels without a digit: a heap of light and dark shapes."""
    random = np.random.default_rng(number)
    page = np.full((960, 1280), 128, np.uint8)
    for _ in range(300):
        top, left = random.integers(0, 900), random.integers(0, 1200)
        high, wide = random.integers(5, 200, 2)
        page[top : top + high, left : left + wide] = random.integers(0, 256)
    return jpeg(page)


def _mixed(digits: Sequence[Photo], busy: Sequence[Photo]) -> list[Photo]:
    """Put one of the others after each three digits."""
    mixed = []
    for number, other in enumerate(busy):
        mixed += [*digits[3 * number : 3 * number + 3], other]
    return mixed


def _figures(found: Result, plain: Result) -> tuple[str, ...]:
    p50, p95 = (1000 * np.percentile(found.latencies, share) for share in (50, 95))
    return (
        f"{found.in_time / found.seconds:.1f}",
        f"{found.in_time / max(plain.in_time, 1):.1f}",
        f"{p50:,.0f} ms",
        f"{p95:,.0f} ms",
        str(found.lost),
        str(found.twice),
        f"{1000 * found.cpu_seconds / max(found.sent, 1):.0f} ms",
        f"{found.peak_mib:.0f} MiB",
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=PEOPLE)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    chosen = parser.parse_args()
    Console().print(asyncio.run(_compare(chosen.people, chosen.seconds)))
