"""One picture with every stage of a reading side by side, for people who ask why."""

from __future__ import annotations

from io import BytesIO
from typing import Protocol

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from model.recognition.hypotheses import Hypothesis
from model.recognition.palette import BAD, FAINT, GOOD, PAPER, TEXT
from model.recognition.recognizer import Examination

MAX_GLYPHS = 10
"""Glyphs drawn with their probabilities; a page may hold more."""

MAX_HYPOTHESES = 6
"""Hypotheses that are listed."""

MAX_TEXT_LENGTH = 20
"""Digits of each listed hypothesis."""

MAX_SIDE = 500
"""Pixels of a plane's longer side from which thin strokes are thickened to survive the drawing."""

_COMPONENT_COLOURS = np.array(
    [(42, 127, 111), (180, 83, 42), (68, 88, 160), (150, 60, 120), (120, 130, 40), (40, 130, 170)],
    np.uint8,
)
_LEFT_OUT_COLOUR = (205, 200, 190)


class Examines(Protocol):
    """What is asked of a recogniser."""

    def examine(self, photo: bytes) -> Examination:
        """Read a photo, and keep every hypothesis that was tried."""


def explanation(photo: bytes, recognizer: Examines) -> bytes:
    """Draw every stage of reading a photo.

    Args:
        photo: an image file.
        recognizer: what reads it.

    Returns:
        a PNG file.

    Raises:
        PhotoError: if the bytes are not an image that can be read.
    """
    figure = draw(recognizer.examine(photo))
    file = BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def draw(examined: Examination) -> Figure:
    """Draw the stages above, and below what the network saw and answered."""
    figure = Figure(figsize=(12, 6.6), dpi=100, facecolor=PAPER, layout="constrained")
    grid = figure.add_gridspec(2, 1, height_ratios=[1.25, 1])
    above, below = figure.add_subfigure(grid[0]), figure.add_subfigure(grid[1])
    for part in (above, below):
        part.set_facecolor(PAPER)
    panels = list(above.subplots(1, 4))
    _image(panels[0], examined.picture.pixels, "1  the photo, upright")
    best = examined.best
    if best is None:
        for panel in panels[1:]:
            panel.set_axis_off()
        words = f"Refused: {examined.reading.refusal}"
        below.text(0.5, 0.6, words, ha="center", color=BAD, size=16)
        return figure
    _stages(panels[1:], best)
    axes = below.subplots(2, MAX_GLYPHS + 3, height_ratios=[1.2, 1])
    for empty in axes.flat:
        empty.set_axis_off()
    for column in range(min(len(best.path.chosen), MAX_GLYPHS)):
        _glyph(axes[0, column], best, column)
        _probabilities(axes[1, column], best.evidence.probabilities[column])
    axes[0, MAX_GLYPHS].text(0, 1, _words(examined), va="top", size=9, color=TEXT)
    return figure


def _stages(panels: list[Axes], best: Hypothesis) -> None:
    """Draw the even light, the components and the digits of a hypothesis."""
    plane, turns = best.segmentation.plane, best.segmentation.quarter_turns
    turned = f", turned by {90 * turns}°" if turns else ""
    _image(panels[0], 255 - plane, f"2  light evened out{turned}")
    _image(panels[1], _coloured(best), "3  strokes, by what hangs together")
    _image(panels[2], 255 - plane // 3, "4  digits, in reading order")
    digits = zip(best.path.candidates, best.path.confidences, strict=True)
    for number, (candidate, confidence) in enumerate(digits, 1):
        x, y, width, height = candidate.box
        colour = GOOD if confidence > 0.5 else BAD
        panels[2].add_patch(Rectangle((x, y), width, height, fill=False, color=colour, lw=1.5))
        panels[2].text(x, y, str(number), color=colour, size=9, va="bottom", weight="bold")


def _image(axes: Axes, pixels: NDArray[np.uint8], title: str) -> None:
    """Show a picture (h, w) or (h, w, 3), uint8, in a frame."""
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, interpolation="antialiased")
    axes.set_title(title, size=10, color=TEXT, loc="left")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(FAINT)


def _coloured(best: Hypothesis) -> NDArray[np.uint8]:
    """Return (h, w, 3), uint8: each component in a colour, those that were left out in grey."""
    components = best.segmentation.components
    colours = _COMPONENT_COLOURS[np.arange(len(components.kept)) % len(_COMPONENT_COLOURS)]
    colours[~components.kept] = _LEFT_OUT_COLOUR
    table = np.vstack([np.full((1, 3), 255, np.uint8), colours])
    image = table[components.labels]
    if max(image.shape) > MAX_SIDE:
        factor = max(1, max(image.shape[:2]) // MAX_SIDE)
        image = cv2.erode(image, np.ones((factor, factor), np.uint8))
    return np.asarray(image, np.uint8)


def _glyph(axes: Axes, best: Hypothesis, column: int) -> None:
    """Draw what the network saw of one digit."""
    label = int(best.evidence.probabilities[column].argmax())
    score = float(best.evidence.digit_score[column])
    axes.set_axis_on()
    _image(axes, best.path.candidates[column].glyph, "")
    axes.set_title(f"{column + 1}:  {label}", size=11, color=TEXT, weight="bold")
    colour = GOOD if score > 0.5 else BAD
    axes.set_xlabel(f"a digit: {score:.0%}", size=8, color=colour)


def _probabilities(axes: Axes, probabilities: NDArray[np.float32]) -> None:
    """Draw the probabilities (10,) of one digit."""
    axes.set_axis_on()
    axes.bar(range(10), probabilities, color=GOOD)
    axes.set(ylim=(0, 1), xticks=range(10), yticks=[], facecolor=PAPER)
    axes.tick_params(labelsize=7, length=0, colors=TEXT)
    axes.spines[["left", "right", "top"]].set_visible(False)


def _words(examined: Examination) -> str:
    """Say what was read, and which hypotheses scored best."""
    lines = [f"Read: {examined.reading.text or f'refused: {examined.reading.refusal}'}"]
    lines += ["", "ways of reading, by score"]
    for hypothesis in sorted(examined.hypotheses, key=lambda each: -each.path.score)[
        :MAX_HYPOTHESES
    ]:
        labels = hypothesis.evidence.probabilities.argmax(axis=1)[:MAX_TEXT_LENGTH]
        lines.append(f"{hypothesis.path.score:+.2f}  {''.join(map(str, labels.tolist()))}")
    return "\n".join(lines)
