"""The review sheet: waiting corrections as a person can judge them at a glance."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

from bot.messages.language import gettext, language_in_pictures, speaking
from bot.messages.texts import percent
from bot.store.corrections import Correction
from model.recognition.palette import BAD, FAINT, PAPER, TEXT
from model.types import NOT_A_DIGIT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CORRECTIONS_PER_PAGE = 12
"""Three rows of four, each legible on a phone."""

COLUMNS = 4
"""Corrections beside each other."""

CELL_HEIGHT = 2.65
"""Inches of a row: the glyph, what was read and said above it, and a remark of two lines below."""

MIN_SUSPICIOUS_CONFIDENCE = 0.95
"""A person who contradicts the model at this confidence is more often wrong than it is."""


def suspicious(correction: Correction) -> bool:
    """Tell whether an admin should look twice."""
    return correction.confidence >= MIN_SUSPICIOUS_CONFIDENCE or correction.standing.often_wrong


def review_sheet(page: tuple[Correction, ...]) -> bytes:
    """Draw a page of corrections as a PNG; what stands out has a frame, and says why."""
    with speaking(language_in_pictures()):
        return _drawn(page)


def _drawn(page: tuple[Correction, ...]) -> bytes:
    # The bot itself draws only for admins. Matplotlib takes 70 MB, and a second at start.
    from matplotlib.figure import Figure  # noqa: PLC0415

    rows = math.ceil(len(page) / COLUMNS)
    height = CELL_HEIGHT * rows
    figure = Figure(figsize=(8, height), dpi=100, facecolor=PAPER)
    grid = figure.subplots(rows, COLUMNS, squeeze=False)
    for axes in grid.flat:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    for number, (axes, correction) in enumerate(zip(grid.flat, page, strict=False), start=1):
        _draw_correction(axes, number, correction)
    for axes in grid.flat[len(page) :]:
        axes.set_visible(False)
    figure.subplots_adjust(0.03, 0.62 / height, 0.97, 1 - 0.4 / height, 0.12, 0.42)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _draw_correction(axes: Axes, number: int, correction: Correction) -> None:
    """Draw a glyph; above it what was read and what it is said to be, below it a remark."""
    axes.imshow(255 - correction.glyph, cmap="gray", vmin=0, vmax=255)
    axes.set_title(
        f"{number}.  {_label(correction.read)} → {_label(correction.said)}",
        color=TEXT,
        fontsize=15,
        weight="bold",
        pad=5,
    )
    colour = BAD if suspicious(correction) else FAINT
    axes.set_xlabel(remark(correction), color=colour, fontsize=9.5, labelpad=4)
    if suspicious(correction):
        axes.spines[:].set(visible=True, color=BAD, linewidth=6)


def remark(correction: Correction) -> str:
    """Say how sure the model was, who contradicts it, and why to look twice."""
    standing = correction.standing
    judged = standing.accepted + standing.rejected
    sure = percent(correction.confidence)
    if not judged:
        return gettext(
            "model was {percent} sure\nby {person}", percent=sure, person=correction.giver
        )
    return gettext(
        "model was {percent} sure\nby {person}, {rejected} of {judged} rejected",
        percent=sure,
        person=correction.giver,
        rejected=standing.rejected,
        judged=judged,
    )


def _label(label: int) -> str:
    return gettext("no digit") if label == NOT_A_DIGIT else str(label)
