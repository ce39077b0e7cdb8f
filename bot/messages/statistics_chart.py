"""The chart of /stats: photos a day, and what people said of each digit and model version."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from bot.messages.language import gettext, language_in_pictures, ngettext, speaking
from bot.messages.palette import COUNT
from bot.store.statistics import DAYS_SHOWN, Judged, Statistics
from model.recognition.palette import BAD, GOOD, PAPER, TEXT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_VERSIONS = 4
"""Model versions in the chart, the latest: as many names as a phone shows beside each other."""

FIGURE_SIZE = (4.3, 5.6)
"""Inches. At `FIGURE_DPI` that is as wide as the other pictures of the chat, and Matplotlib's usual
letters are as tall as those of the captions."""

FIGURE_DPI = 186
"""Dots per inch."""

BAR_WIDTH = 0.4
"""Of the distance between two digits or versions, each of which has two bars."""


def statistics_chart(statistics: Statistics) -> bytes:
    """Draw the chart as a PNG."""
    with speaking(language_in_pictures()):
        return _drawn(statistics)


def _drawn(statistics: Statistics) -> bytes:
    # The bot itself draws only for admins. Matplotlib takes 70 MB, and a second at start.
    from matplotlib.figure import Figure  # noqa: PLC0415
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    figure = Figure(figsize=FIGURE_SIZE, dpi=FIGURE_DPI, facecolor=PAPER, layout="constrained")
    days, digits, versions = figure.subplots(3, 1)
    _draw_days(days, statistics)
    by_digit = [statistics.by_digit.get(digit, Judged(0, 0)) for digit in range(10)]
    _draw_verdicts(digits, [str(digit) for digit in range(10)], by_digit)
    digits.set_title(gettext("What people said, by the digit that was read"))
    figure.legend(*digits.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    latest = dict(list(statistics.by_version.items())[-MAX_VERSIONS:])
    _draw_verdicts(versions, list(latest), list(latest.values()))
    versions.set_title(gettext("What people said, by model version"))
    for axes in (days, digits, versions):
        axes.set_facecolor(PAPER)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(False)
        axes.title.set(color=TEXT, fontsize=11, wrap=True)
        axes.tick_params(labelsize=9)
        axes.set_ylim(bottom=0, top=max(1.0, axes.get_ylim()[1] * 1.05))
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _draw_days(axes: Axes, statistics: Statistics) -> None:
    axes.bar(np.arange(-DAYS_SHOWN + 1, 1), statistics.by_day, color=COUNT, width=0.8)
    axes.set_title(
        gettext(
            "Photos a day ({photos}, {people})",
            photos=ngettext("{count} photo", "{count} photos", statistics.photos),
            people=ngettext("{count} person", "{count} people", statistics.people),
        )
    )
    axes.set_xlabel(gettext("days ago"))
    axes.set_xticks([-28, -21, -14, -7, 0], ["28", "21", "14", "7", gettext("today")])


def _draw_verdicts(axes: Axes, names: list[str], judged: list[Judged]) -> None:
    places = np.arange(len(names))
    right, wrong = [each.right for each in judged], [each.wrong for each in judged]
    axes.bar(places - BAR_WIDTH / 2, right, BAR_WIDTH, color=GOOD, label=gettext("right"))
    axes.bar(places + BAR_WIDTH / 2, wrong, BAR_WIDTH, color=BAD, label=gettext("wrong"))
    axes.set_xticks(places, names)
    # A single version would otherwise be two walls.
    axes.set_xlim(-0.7, max(len(names), MAX_VERSIONS) - 0.3)
