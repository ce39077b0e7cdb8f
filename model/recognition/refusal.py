"""Why nothing was read: a reason that the person who sent the photo can act on."""

from __future__ import annotations

import numpy as np

from model.recognition.decoding.decode import DecodedPhoto
from model.recognition.hypotheses import Hypothesis
from model.types import Refusal

MIN_BRIGHTNESS = 40
"""Mean brightness, of 255, under which a photo is too dark."""

MAX_CANDIDATES = 60
"""Candidates for digits over which there is too much in a photo."""

MAX_STROKE_FILL = 0.45
"""Share of its box that is ink, from which something is an object rather than a sign."""


def refusal_of_blank(picture: DecodedPhoto) -> Refusal:
    """Say why a photo without any ink shows nothing."""
    return Refusal.TOO_DARK if picture.pixels.mean() < MIN_BRIGHTNESS else Refusal.NO_INK


def refusal_of(hypothesis: Hypothesis) -> Refusal:
    """Say why what was seen in a photo was not read."""
    segmentation = hypothesis.segmentation
    if segmentation.dark_ink and hypothesis.picture.pixels.mean() < MIN_BRIGHTNESS:
        return Refusal.TOO_DARK
    if len(segmentation.candidates) > MAX_CANDIDATES:
        return Refusal.TOO_BUSY
    fills = [
        candidate.area / (candidate.box.width * candidate.box.height)
        for candidate in hypothesis.path.candidates
    ]
    return Refusal.LETTERS if np.median(fills) < MAX_STROKE_FILL else Refusal.NOT_A_DIGIT
