"""What looks most like digits in a photo that was refused: the person may say that it is one."""

from __future__ import annotations

import numpy as np

from model.recognition.coordinates import original_box
from model.recognition.recognizer import Examination
from model.types import Digit

MAX_LIKELY_DIGITS = 10
"""Glyphs of a refused photo that are kept: more than anybody would type of one that failed."""


def likely_digits(examined: Examination) -> tuple[Digit, ...]:
    """Return the glyphs of a refused photo that look most like digits, in reading order.

    Empty if nothing was found in the photo, or if it was read.
    """
    best = examined.best
    if best is None or examined.reading.digits:
        return ()
    scores = best.evidence.digit_score * best.evidence.probabilities.max(axis=1)
    chosen = np.sort(np.argsort(-scores)[:MAX_LIKELY_DIGITS])
    candidates = best.path.candidates
    return tuple(
        Digit(
            candidates[place].glyph,
            best.evidence.probabilities[place],
            original_box(candidates[place].box, best.segmentation, best.picture),
        )
        for place in chosen
    )
