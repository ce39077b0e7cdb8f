"""/stats: what has happened so far, as a picture and in words."""

from __future__ import annotations

import asyncio
from collections import Counter

from markupsafe import Markup

from bot.conversation.message import Message, Picture
from bot.messages import texts
from bot.messages.language import decimal, gettext, html, ngettext, nhtml
from bot.messages.statistics_chart import statistics_chart
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
        html(
            "<b>{photos}</b>, {people}, {digits}.",
            photos=ngettext("{count} photo", "{count} photos", statistics.photos),
            people=ngettext("{count} person", "{count} people", statistics.people),
            digits=ngettext("{count} digit read", "{count} digits read", statistics.digits),
        )
    ]
    if statistics.median_ms is not None and statistics.slow_ms is not None:
        lines.append(
            html(
                "Half of the answers took at most {median}, 19 of 20 at most {slow}.",
                median=_seconds(statistics.median_ms),
                slow=_seconds(statistics.slow_ms),
            )
        )
    if statistics.refusals:
        reasons = ", ".join(
            f"{reason} {count}"
            for reason, count in list(_in_words(statistics.refusals).items())[:MAX_REASONS]
        )
        total = sum(statistics.refusals.values())
        lines.append(
            nhtml(
                "{count} refused: {reasons}.", "{count} refused: {reasons}.", total, reasons=reasons
            )
        )
    return Markup("\n").join([*lines, *_verdicts(statistics)])


def _in_words(refusals: dict[str, int]) -> dict[str, int]:
    """Count the reasons of refusals by what they are called in the current language."""
    counted: Counter[str] = Counter()
    for reason, count in refusals.items():
        counted[gettext(texts.REFUSALS_IN_SHORT.get(reason, texts.OTHER_REFUSALS))] += count
    return dict(counted.most_common())


def _seconds(milliseconds: float) -> str:
    """Say a time in seconds, as exactly as people care for.

    >>> _seconds(12.3), _seconds(460), _seconds(12_345)
    ('0.1 s', '0.5 s', '12 s')
    """
    seconds = max(milliseconds / 1000, 0.1)
    return gettext("{seconds} s", seconds=decimal(seconds, 1 if seconds < 10 else 0))


def _verdicts(statistics: Statistics) -> list[Markup]:
    if not statistics.by_digit:
        return [html("Nobody has said right or wrong yet.")]
    judged = statistics.by_digit.values()
    return [
        html(
            "What people said: {right}, {wrong}.",
            right=ngettext(
                "{count} time right", "{count} times right", sum(each.right for each in judged)
            ),
            wrong=ngettext(
                "{count} time wrong", "{count} times wrong", sum(each.wrong for each in judged)
            ),
        ),
        html(
            "By digit (right/wrong): {list}.",
            list=_listed(
                {
                    texts.digit_text(digit): each
                    for digit, each in sorted(statistics.by_digit.items())
                }
            ),
        ),
        html(
            "By version: {list}.",
            list=_listed(dict(list(statistics.by_version.items())[:MAX_VERSIONS])),
        ),
    ]


def _listed(judged: dict[str, Judged]) -> str:
    return ", ".join(f"{name}: {each.right}/{each.wrong}" for name, each in judged.items())
