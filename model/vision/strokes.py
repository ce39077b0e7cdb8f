"""From ink to strokes: threshold, find connected parts, leave out what cannot be handwriting."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.reading import Box

MIN_CONTRAST = 18
"""Levels of 255 between ink and paper below which a page counts as empty: paper grain and
JPEG noise stay under it."""

MIN_HEIGHT = 0.2
"""Height of the smallest stroke kept, as a share of the tallest."""


@dataclass(frozen=True, slots=True)
class Strokes:
    """Connected parts of the ink.

    Attributes:
        labels: (h, w), int32, 0 paper, k the k-th part.
        boxes: where each part stands; `boxes[k - 1]` belongs to label k.
        kept: the labels that may be part of a digit.
    """

    labels: NDArray[np.int32]
    boxes: tuple[Box, ...]
    kept: tuple[int, ...]


def threshold(ink: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Split ink (h, w) by Otsu's method into 0 and 255; None if nothing stands out."""
    _, mask = cv2.threshold(ink, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    inked = mask > 0
    if not inked.any() or float(ink[inked].mean()) < MIN_CONTRAST:
        return None
    return np.asarray(mask, np.uint8)


def find_strokes(mask: NDArray[np.uint8]) -> Strokes:
    """Connected parts of a mask (h, w) that may be handwriting."""
    height, width = mask.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    boxes = tuple(Box(*(int(value) for value in row[:4])) for row in stats[1:])
    candidates = [
        (label, box)
        for label, box in enumerate(boxes, 1)
        if max(box.width, box.height) > 2 and not _is_frame(box, width, height)
    ]
    tallest = max((max(box.width, box.height) for _, box in candidates), default=0)
    kept = tuple(
        label
        for label, box in candidates
        if max(box.width, box.height) >= max(MIN_HEIGHT * tallest, 3)
    )
    return Strokes(np.asarray(labels, np.int32), boxes, kept)


def _is_frame(box: Box, width: int, height: int) -> bool:
    """Whether a part runs along the whole picture, as the edge of a sheet or of a table does."""
    return max(width, height) > 64 and (
        (box.width == width and box.height < height / 3)
        or (box.height == height and box.width < width / 3)
    )
