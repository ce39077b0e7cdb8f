"""Why nothing was read: a reason that the person who sent the photo can act on."""

from __future__ import annotations

import numpy as np

from model.recognition.decoding import DecodedPhoto
from model.recognition.hypotheses import Hypothesis
from model.types import Refusal

DARK = 40
"""Mean brightness, of 255, under which a photo is too dark."""

BUSY = 60
"""Candidates for digits over which there is too much in a photo."""

STROKES = 0.45
"""Share of its box that is ink, under which something is a sign rather than a thing."""


def nothing_seen(photo: DecodedPhoto) -> Refusal:
    """Why a photo without any ink shows nothing."""
    return Refusal.TOO_DARK if photo.pixels.mean() < DARK else Refusal.NO_INK


def why_not(look: Hypothesis) -> Refusal:
    """Why what was seen in a photo was not read."""
    page = look.choice.page
    if page.dark and look.photo.pixels.mean() < DARK:
        return Refusal.TOO_DARK
    if len(page.candidates) > BUSY:
        return Refusal.TOO_BUSY
    fills = [
        page.candidates[k].area / (page.candidates[k].box.width * page.candidates[k].box.height)
        for k in look.choice.chosen
    ]
    return Refusal.LETTERS if np.median(fills) < STROKES else Refusal.NOT_A_DIGIT
