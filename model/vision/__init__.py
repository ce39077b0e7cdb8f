"""From the pixels of a photo to glyphs in reading order.

Each stage is a plain function over arrays that can be looked at alone:

    perspective  where the first look leaves doubts: the sheet on a table, seen from above
    light     even out the light, tell ink from paper
    ink       where to draw the line between paper and pen
    rulings   take the lines away that are printed on the paper
    strokes   connected parts; leave out what cannot be handwriting
    layout    which parts make one digit, which lines they form
    seams     where digits that touch may be parted
    cut       a digit's strokes to a 28×28 glyph with MNIST's stroke width
    page      the stages in a row: one way of reading a page
    choice    of several ways, the one that the classifier finds likeliest
    sides     whether strokes lie on paper, or are where things end
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.types import Box, Glyph
from model.vision.pipeline import BINARIZATIONS, pages


class Cutting(NamedTuple):
    """A glyph and where it was cut out, in pixels of the array looked at."""

    glyph: Glyph
    box: Box


def look(pixels: NDArray[np.uint8]) -> list[Cutting]:
    """Everything that some way of reading takes for a possible digit, right or wrong.

    It is what a model must learn to tell apart; which of it is likeliest is for `best_path` to say.

    Args:
        pixels: (h, w, 3), uint8, RGB, upright.
    """
    return [
        Cutting(candidate.glyph, candidate.box)
        for round_ in range(len(BINARIZATIONS))
        for page in pages(pixels, round_)
        for candidate in page.candidates
    ]
