"""/stats: what has happened so far, as a picture and in words."""

from __future__ import annotations

import asyncio
import io
from html import escape
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from telegram import Update
from telegram.ext import BaseHandler, ContextTypes

from bot.store import Database
from bot.store.statistics import DAYS_SHOWN, Judged, Statistics, gather
from bot.telegram.handlers.admin.access import Admins

PAPER, TEXT, RIGHT, WRONG, BAR = "#fbfaf7", "#1d2530", "#147d64", "#c05621", "#5b7fa6"


class StatisticsHandlers:
    """Shows the figures."""

    def __init__(self, database: Database, admins: Admins) -> None:
        self._database = database
        self._admins = admins

    def handlers(self) -> list[BaseHandler[Any, Any, Any]]:
        """For the application."""
        return [self._admins.command("stats", self.stats)]

    async def stats(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Show what has happened so far."""
        assert update.message is not None
        found = await gather(self._database)
        picture = await asyncio.to_thread(statistics_chart, found)
        await update.message.reply_photo(picture, caption=in_words(found), filename="stats.png")


def in_words(found: Statistics) -> str:
    """All that the picture shows, within a caption's 1024 characters."""
    lines = [
        f"<b>{found.photos:,} photos</b> by {found.people:,} people, {found.digits:,} digits read."
    ]
    if found.median_ms is not None and found.slow_ms is not None:
        lines.append(
            f"Answered in {found.median_ms:.0f} ms (median), "
            f"{found.slow_ms:.0f} ms (19 of 20 faster)."
        )
    if found.refusals:
        reasons = ", ".join(f"{escape(why)} {n}" for why, n in list(found.refusals.items())[:6])
        lines.append(f"Refused {sum(found.refusals.values())}: {reasons}.")
    total = Judged(
        sum(judged.right for judged in found.by_digit.values()),
        sum(judged.wrong for judged in found.by_digit.values()),
    )
    if found.by_digit:
        lines.append(f"People said right {total.right} times, wrong {total.wrong} times.")
        digits = ", ".join(
            f"{digit}: {judged.right}/{judged.wrong}"
            for digit, judged in sorted(found.by_digit.items())
        )
        lines.append(f"By digit (right/wrong): {digits}.")
        by_version = ", ".join(
            f"{escape(version)}: {judged.right}/{judged.wrong}"
            for version, judged in list(found.by_version.items())[:5]
        )
        lines.append(f"By version: {by_version}.")
    else:
        lines.append("Nobody has said right or wrong yet.")
    return "\n".join(lines)


def statistics_chart(found: Statistics) -> bytes:
    """Photos a day, and what people said of each digit and version, as a PNG."""
    figure = Figure(figsize=(7, 8.2), dpi=110, facecolor=PAPER, layout="constrained")
    days, digits, version_axis = figure.subplots(3, 1, height_ratios=[1, 1, 1])
    ago = np.arange(-DAYS_SHOWN + 1, 1)
    days.bar(ago, found.by_day, color=BAR, width=0.8)
    days.set_title(f"Photos a day: {found.photos:,} in all, by {found.people:,} people")
    days.set_xlabel("days ago")
    days.set_xticks([-28, -21, -14, -7, 0], ["28", "21", "14", "7", "today"])
    by_digit = [found.by_digit.get(digit, Judged(0, 0)) for digit in range(10)]
    _judged(digits, [str(digit) for digit in range(10)], by_digit)
    digits.set_title("What people said, by the digit that was read")
    figure.legend(*digits.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    latest = list(found.by_version.items())[-6:]
    _judged(version_axis, [name for name, _ in latest], [judged for _, judged in latest])
    version_axis.set_title("… and by model version")
    for axis in (days, digits, version_axis):
        axis.set_facecolor(PAPER)
        axis.yaxis.set_major_locator(MaxNLocator(integer=True))
        axis.spines[["top", "right"]].set_visible(False)
        axis.title.set(color=TEXT, fontsize=13)
        axis.set_ylim(bottom=0, top=max(1.0, axis.get_ylim()[1] * 1.05))
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    return drawn.getvalue()


def _judged(axis: Any, names: list[str], judged: list[Judged]) -> None:
    places = np.arange(len(names))
    axis.bar(places - 0.2, [j.right for j in judged], 0.4, color=RIGHT, label="right")
    axis.bar(places + 0.2, [j.wrong for j in judged], 0.4, color=WRONG, label="wrong")
    axis.set_xticks(places, names)
    # A single version would otherwise be two walls.
    axis.set_xlim(-0.7, max(len(names), 6) - 0.3)
