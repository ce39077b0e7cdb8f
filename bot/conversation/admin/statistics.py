"""/stats: what has happened so far, as a picture and in words."""

from __future__ import annotations

import asyncio

from markupsafe import Markup

from bot.conversation.message import Message, Picture
from bot.messages.statistics_chart import statistics_chart
from bot.messages.texts import count_in_words
from bot.store import Database
from bot.store.statistics import Judged, Statistics, gather

MAX_REASONS = 6
"""Reasons of refusals that are named, the most frequent."""

MAX_VERSIONS = 5
"""Model versions that are named. With the reasons they keep the caption below 1024 characters."""


async def show_statistics(database: Database) -> Message:
    """Show what has happened so far.

    Raises:
        StoreUnavailable: the database is away.
    """
    statistics = await gather(database)
    chart = await asyncio.to_thread(statistics_chart, statistics)
    return Message(statistics_caption(statistics), (Picture(chart, "stats.png"),))


def statistics_caption(statistics: Statistics) -> Markup:
    """Say in words what the chart shows."""
    lines = [
        Markup("<b>{}</b> by {}, {} read.").format(
            count_in_words(statistics.photos, "photo"),
            count_in_words(statistics.people, "person", "people"),
            count_in_words(statistics.digits, "digit"),
        )
    ]
    if statistics.median_ms is not None and statistics.slow_ms is not None:
        lines.append(
            Markup("Answered in {:.0f} ms (median), {:.0f} ms (19 of 20 faster).").format(
                statistics.median_ms, statistics.slow_ms
            )
        )
    if statistics.refusals:
        reasons = ", ".join(
            f"{reason} {count}" for reason, count in list(statistics.refusals.items())[:MAX_REASONS]
        )
        total = sum(statistics.refusals.values())
        lines.append(Markup("Refused {}: {}.").format(total, reasons))
    return Markup("\n").join([*lines, *_verdicts(statistics)])


def _verdicts(statistics: Statistics) -> list[Markup]:
    if not statistics.by_digit:
        return [Markup("Nobody has said right or wrong yet.")]
    judged = statistics.by_digit.values()
    return [
        Markup("People said right {}, wrong {}.").format(
            count_in_words(sum(each.right for each in judged), "time"),
            count_in_words(sum(each.wrong for each in judged), "time"),
        ),
        Markup("By digit (right/wrong): {}.").format(
            _listed({str(digit): each for digit, each in sorted(statistics.by_digit.items())})
        ),
        Markup("By version: {}.").format(
            _listed(dict(list(statistics.by_version.items())[:MAX_VERSIONS]))
        ),
    ]


def _listed(judged: dict[str, Judged]) -> str:
    return ", ".join(f"{name}: {each.right}/{each.wrong}" for name, each in judged.items())
