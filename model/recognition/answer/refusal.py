"""Why nothing was read: a reason that the person who sent the photo can act on.

A reason is given only where it rests on evidence. In all other cases the answer is that no digit
is sure, which claims nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from model.recognition.decoding.decode import DecodedPhoto
from model.recognition.hypotheses import Hypothesis
from model.types import Refusal
from model.vision.binarization import binarize
from model.vision.illumination import grey_planes, normalize_illumination
from model.vision.pipeline import USUAL_BINARIZATIONS

MIN_BRIGHTNESS = 60
"""Brightness of the lightest hundredth of a photo, of 255, under which it is too dark."""

MIN_SHARPNESS = 0.12
"""Steepest change of a photo's brightness from pixel to pixel (its Laplacian), as a share of the
range of its brightness, under which it is blurred. In a sharp photo it is over 1, and in a digit
enlarged from 28 pixels to 280 it is 0.16."""

MIN_OBJECT_COMPONENTS = 30
"""Connected components over which these may be objects: writing beside a table's edge has fewer."""

MAX_KEPT_COMPONENTS = 20
"""Components that look like handwriting over which a photo is a page of it, not of objects."""

MIN_KEPT_SHARE = 0.5
"""Share of a page's components that look like handwriting. In a page of writing nearly all do. Of
the grain of paper, of fur or of leaves there are far more components, and few that do."""


def refusal_of_blank(picture: DecodedPhoto) -> Refusal:
    """Say why there is nothing in a photo that could be a digit."""
    if _is_dark(picture.pixels):
        return Refusal.TOO_DARK
    return Refusal.UNSURE if _has_ink(picture.pixels) else Refusal.NO_INK


def refusal_of(best: Hypothesis, first_look: Sequence[Hypothesis]) -> Refusal:
    """Say why what was seen in a photo was not read.

    Args:
        best: the likeliest hypothesis.
        first_look: all that were made of the photo as it came, before fainter ink was looked for.
    """
    pixels = (best.picture.whole or best.picture).pixels
    components = best.segmentation.components
    if _is_dark(pixels):
        return Refusal.TOO_DARK
    if _is_blurred(pixels):
        return Refusal.TOO_BLURRED
    kept = int(components.kept.sum())
    if kept > MAX_KEPT_COMPONENTS:
        is_page = kept >= MIN_KEPT_SHARE * len(components.kept)
        return Refusal.TOO_BUSY if is_page else Refusal.UNSURE
    if len(components.kept) > MIN_OBJECT_COMPONENTS and any(
        each.shows_objects for each in first_look
    ):
        return Refusal.NOT_HANDWRITING
    return Refusal.UNSURE


def _is_dark(pixels: NDArray[np.uint8]) -> bool:
    """Judge whether even the lightest part of a picture (h, w, 3), RGB, is dark."""
    return float(np.percentile(pixels, 99)) < MIN_BRIGHTNESS


def _is_blurred(pixels: NDArray[np.uint8]) -> bool:
    """Judge whether a picture (h, w, 3), RGB, has no edge that is sharp."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    darkest, lightest = np.percentile(grey, (0.5, 99.5))
    steepest = float(np.abs(cv2.Laplacian(grey, cv2.CV_16S)).max())
    return steepest < MIN_SHARPNESS * float(lightest - darkest)


def _has_ink(pixels: NDArray[np.uint8]) -> bool:
    """Judge whether anything in a picture (h, w, 3), RGB, stands out from the paper."""
    (grey, _), *_ = grey_planes(pixels, min_energy_share=0.0)
    planes = normalize_illumination(grey, [each.reach for each in USUAL_BINARIZATIONS])
    return any(
        binarize(plane, binarization) is not None
        for plane, binarization in zip(planes, USUAL_BINARIZATIONS, strict=True)
    )
