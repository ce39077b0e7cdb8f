"""From the pixels of a photo to glyphs in reading order.

Each stage is a plain function over arrays that can be looked at alone:

    light     even out the light, tell ink from paper
    strokes   threshold, find connected parts, leave out what cannot be handwriting
    layout    which strokes make one digit, and in which order digits are read
    cut       a digit's strokes to a 28×28 glyph with MNIST's stroke width
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model.reading import Box, Glyph
from model.vision import layout, light, strokes
from model.vision.cut import cut


class Candidate(NamedTuple):
    """What may be a digit: its glyph and where it stands, in pixels of the array looked at."""

    glyph: Glyph
    box: Box


def look(pixels: NDArray[np.uint8]) -> list[Candidate]:
    """Find what may be digits.

    Args:
        pixels: (h, w, 3), uint8, RGB, upright.

    Returns:
        candidates in reading order; empty if there is no ink.
    """
    grey = light.brightness(pixels)
    if not light.is_dark_ink(grey):
        grey = np.asarray(cv2.bitwise_not(grey), np.uint8)
    ink = light.flatten(grey)
    mask = strokes.threshold(ink)
    if mask is None:
        return []
    found = strokes.find_strokes(mask)
    return [_candidate(ink, found, labels) for labels in layout.group(found)]


def _candidate(ink: NDArray[np.uint8], found: strokes.Strokes, labels: list[int]) -> Candidate:
    boxes = [found.boxes[label - 1] for label in labels]
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    region = np.s_[top:bottom, left:right]
    belongs = np.isin(found.labels[region], labels)
    part = np.where(belongs, ink[region], 0).astype(np.float32)
    # The darkest tenth of the strokes counts as full ink, so that pencil looks like pen.
    full = max(float(np.percentile(part[belongs], 90)), 1.0)
    glyph = cut(np.clip(part * (255 / full), 0, 255).astype(np.uint8))
    return Candidate(glyph, Box(left, top, right - left, bottom - top))
