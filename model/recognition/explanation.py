"""One picture with every stage of a reading side by side, for people who ask why."""

from __future__ import annotations

from io import BytesIO
from typing import Protocol

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from numpy.typing import NDArray

from model.recognition.coordinates import corners, placed
from model.recognition.hypotheses import Hypothesis
from model.recognition.recognizer import Examination
from model.types import Box

MOST_GLYPHS = 10
"""Glyphs drawn with their probabilities; a page may hold more."""

MOST_WAYS = 6
"""Ways of reading that are listed."""

PAPER, WORDS, QUIET = "#f7f4ee", "#1f2a36", "#8b8578"
YES, NO = "#2a7f6f", "#b4532a"
_COLOURS = np.array(
    [(42, 127, 111), (180, 83, 42), (68, 88, 160), (150, 60, 120), (120, 130, 40), (40, 130, 170)],
    np.uint8,
)


class Examines(Protocol):
    """What is asked of a recogniser."""

    def examine(self, photo: bytes) -> Examination:
        """Read a photo, and keep all that was looked at."""


def explanation(photo: bytes, recognizer: Examines) -> bytes:
    """Draw every stage of reading a photo.

    Args:
        photo: an image file.

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
    """The stages above, what the model saw and thought below."""
    figure = Figure(figsize=(12, 6.6), dpi=100, facecolor=PAPER, layout="constrained")
    grid = figure.add_gridspec(2, 1, height_ratios=[1.25, 1])
    above, below = figure.add_subfigure(grid[0]), figure.add_subfigure(grid[1])
    for part in (above, below):
        part.set_facecolor(PAPER)
    panels = list(above.subplots(1, 4))
    best = examined.best
    photo = examined.photo
    title = "1  the photo, and the sheet in it" if photo.whole else "1  the photo, upright"
    _image(panels[0], (photo.whole or photo).pixels, title)
    if photo.matrix is not None:
        height, width = photo.pixels.shape[:2]
        outline = placed(corners(Box(0, 0, width, height)), photo.matrix)
        panels[0].add_patch(Polygon(outline, fill=False, color=YES, lw=1.5))
    if best is None:
        for panel in panels[1:]:
            panel.set_axis_off()
        below.text(0.5, 0.6, f"Refused: {examined.reading.refusal}", ha="center", color=NO, size=16)
        return figure
    page = best.choice.page
    turned = f", turned by {90 * page.turn}°" if page.turn else ""
    _image(panels[1], 255 - page.plane, f"2  light evened out{turned}")
    _image(panels[2], _coloured(best), "3  strokes, by what hangs together")
    _image(panels[3], 255 - page.plane // 3, "4  digits, in reading order")
    for number, (index, sure) in enumerate(zip(best.choice.chosen, best.choice.sure, strict=True)):
        x, y, width, height = page.candidates[index].box
        colour = YES if sure > 0.5 else NO
        panels[3].add_patch(Rectangle((x, y), width, height, fill=False, color=colour, lw=1.5))
        panels[3].text(x, y, str(number + 1), color=colour, size=9, va="bottom", weight="bold")
    _glyphs(below.subplots(2, MOST_GLYPHS + 3, height_ratios=[1.2, 1]), examined, best)
    return figure


def _image(axes: Axes, pixels: NDArray[np.uint8], title: str) -> None:
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, interpolation="antialiased")
    axes.set_title(title, size=10, color=WORDS, loc="left")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(QUIET)


def _coloured(look: Hypothesis) -> NDArray[np.uint8]:
    """(h, w, 3): each part in a colour, those that were left out in grey."""
    parts = look.choice.page.parts
    colours = _COLOURS[np.arange(len(parts.kept)) % len(_COLOURS)]
    colours[~parts.kept] = (205, 200, 190)
    table = np.vstack([np.full((1, 3), 255, np.uint8), colours])
    image = table[parts.labels]
    if max(image.shape) > 500:  # thin strokes survive when a drawing is shrunk by its darkest
        factor = max(1, max(image.shape[:2]) // 500)
        image = cv2.erode(image, np.ones((factor, factor), np.uint8))
    return np.asarray(image, np.uint8)


def _glyphs(axes: NDArray[np.object_], examined: Examination, best: Hypothesis) -> None:
    """What the model saw, with its ten probabilities, and the other ways of reading."""
    chosen = best.choice.chosen[:MOST_GLYPHS]
    for column in range(axes.shape[1]):
        for row in range(2):
            axes[row, column].set_axis_off()
    for column, index in enumerate(chosen):
        probabilities = best.evidence.probabilities[column]
        likeness = float(best.evidence.digit_score[column])
        glyph, bars = axes[0, column], axes[1, column]
        glyph.set_axis_on()
        _image(glyph, best.choice.page.candidates[index].glyph, "")
        glyph.set_title(
            f"{column + 1}:  {int(probabilities.argmax())}", size=11, color=WORDS, weight="bold"
        )
        glyph.set_xlabel(f"a digit: {likeness:.0%}", size=8, color=YES if likeness > 0.5 else NO)
        bars.set_axis_on()
        bars.bar(range(10), probabilities, color=YES)
        bars.set(ylim=(0, 1), xticks=range(10), yticks=[], facecolor=PAPER)
        bars.tick_params(labelsize=7, length=0, colors=WORDS)
        bars.spines[["left", "right", "top"]].set_visible(False)
    words = examined.reading.text or f"refused: {examined.reading.refusal}"
    lines = [f"Read: {words}", "", "ways of reading, by worth"]
    for look in sorted(examined.looks, key=lambda look: -look.choice.worth)[:MOST_WAYS]:
        text = "".join(str(int(row.argmax())) for row in look.evidence.probabilities)
        lines.append(f"{look.choice.worth:+.2f}  {text[:20]}")
    axes[0, MOST_GLYPHS].text(0, 1, "\n".join(lines), va="top", size=9, color=WORDS)
