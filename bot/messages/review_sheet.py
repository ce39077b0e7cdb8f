"""The review sheet: waiting corrections as a person can judge them at a glance."""

from __future__ import annotations

import io

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bot.messages.palette import BAD, FAINT, PAPER, TEXT
from bot.store.corrections import Correction
from model.types import NOT_A_DIGIT

PAGE = 12
"""Corrections on a sheet: three rows of four, each legible on a phone."""

COLUMNS = 4

CONFIDENT = 0.95
"""A person who contradicts the model at this confidence is more often wrong than it is."""


def suspicious(correction: Correction) -> bool:
    """Whether an admin should look twice."""
    return correction.confidence >= CONFIDENT or correction.standing.often_wrong


def review_sheet(page: tuple[Correction, ...]) -> bytes:
    """Draw a page of corrections as a PNG; what stands out has a frame, and says why."""
    rows = (len(page) + COLUMNS - 1) // COLUMNS
    figure = Figure(figsize=(8, 2.65 * rows), dpi=100, facecolor=PAPER)
    axes = figure.subplots(rows, COLUMNS, squeeze=False)
    for place, (axis, correction) in enumerate(zip(axes.flat, page, strict=False), start=1):
        axis.imshow(255 - correction.glyph, cmap="gray", vmin=0, vmax=255)
        axis.set_title(
            f"{place}.  {_shown(correction.read)} → {_shown(correction.said)}",
            color=TEXT,
            fontsize=15,
            weight="bold",
            pad=5,
        )
        colour = BAD if suspicious(correction) else FAINT
        axis.set_xlabel(remark(correction), color=colour, fontsize=9.5, labelpad=4)
        if suspicious(correction):
            frame = Rectangle((-0.5, -0.5), 28, 28, fill=False, edgecolor=BAD, linewidth=6)
            axis.add_patch(frame)
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    for axis in axes.flat[len(page) :]:
        axis.set_visible(False)
    figure.subplots_adjust(0.03, 0.62 / (2.65 * rows), 0.97, 1 - 0.4 / (2.65 * rows), 0.12, 0.42)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    return drawn.getvalue()


def remark(correction: Correction) -> str:
    """How sure the model was, by whom it was given, and why to look twice."""
    sure = f"model was {np.floor(correction.confidence * 1000) / 10:.1f}% sure"
    standing = correction.standing
    judged = standing.accepted + standing.rejected
    who = f"by {correction.giver}"
    if judged:
        who += f", {standing.rejected} of {judged} rejected"
    return f"{sure}\n{who}"


def _shown(label: int) -> str:
    return "no digit" if label == NOT_A_DIGIT else str(label)
