"""From ink to parts: what hangs together, and which of it cannot be handwriting."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.vision.glyphs import padded, stroke_width

SMALLEST = 0.15
"""Size of the smallest part kept, as a share of the largest."""

FAINTEST = 0.45
"""Strength of the faintest part kept, as a share of the mean: printed lines, what shows through
from the other side and shadows are fainter than the pen."""

BACKGROUND = 0.15
"""Share of the frame from which a part is what the sheet lies on, or a shadow."""

WHOLE = 0.9
"""Share of the picture's width and of its height from which a part is all of a tight crop."""

MOST_CONTACT = 0.4
"""Share of the frame that even the ink of a crop leaves free: the table around a sheet does not."""

BESIDE = 0.06
"""Size, as a share of the picture, of what is beside that part where it is no crop of a digit."""

FATTEST = 0.28
"""Width of its strokes, as a share of the picture, from which that part is a thing."""

MOST_PARTS = 400
"""More parts than this are texture; only the largest are looked at."""

_X, _Y, _W, _H = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Connected parts of the ink, and what is known of each.

    Attributes:
        labels: (h, w), int32, 0 paper, k + 1 the part of row k below.
        boxes: (n, 4), int, x, y, width, height.
        areas: (n,), pixels.
        framed: (n,), bool: touches the frame of the picture.
        kept: (n,), bool: may be handwriting.
    """

    labels: NDArray[np.int32]
    boxes: NDArray[np.int32]
    areas: NDArray[np.int32]
    framed: NDArray[np.bool_]
    kept: NDArray[np.bool_]


def connected_components(mask: NDArray[np.uint8], plane: NDArray[np.uint8]) -> Components:
    """Connected parts of a mask (h, w), 0 or 1, of a plane (h, w), 0 paper … 255."""
    height, width = mask.shape
    # Most of a page is empty: it is enough to look at where the ink is.
    left, top, across, down = cv2.boundingRect(mask)
    inked = np.s_[top : top + max(down, 1), left : left + max(across, 1)]
    # Grana's algorithm takes a third of the time of OpenCV's default, which is to be the fastest.
    _, found, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        mask[inked], 8, cv2.CV_32S, cv2.CCL_GRANA
    )
    labels = np.zeros(mask.shape, np.int32)
    labels[inked] = found
    boxes, areas = stats[1:, :4].astype(np.int32), stats[1:, 4].astype(np.int32)
    boxes[:, :2] += np.array([left, top], np.int32)
    right, bottom = boxes[:, _X] + boxes[:, _W], boxes[:, _Y] + boxes[:, _H]
    framed = (boxes[:, :2] == 0).any(axis=1) | (right == width) | (bottom == height)
    ink = mask[inked].view(np.bool_)
    sums = np.bincount(found[ink], plane[inked][ink], len(stats))[1:]
    strengths = sums / np.maximum(areas, 1)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    contact = np.bincount(border, minlength=len(stats))[1:] / len(border)
    crop = np.zeros(len(areas), bool)
    for index in np.flatnonzero((boxes[:, _W] > WHOLE * width) & (boxes[:, _H] > WHOLE * height)):
        crop[index] = _is_crop((labels == index + 1).view(np.uint8), float(contact[index]))
    kept = plausible(boxes, areas, contact, crop, (height, width))
    if kept.any():
        kept &= strengths >= FAINTEST * np.average(strengths[kept], weights=areas[kept])
    return Components(labels, boxes, areas, framed, kept)


def plausible(
    boxes: NDArray[np.int32],
    areas: NDArray[np.int32],
    contact: NDArray[np.float64],
    crop: NDArray[np.bool_],
    shape: tuple[int, int],
) -> NDArray[np.bool_]:
    """Which parts may be handwriting, (n,) bool: by size, fill and place.

    Args:
        contact: share of the frame that each part covers.
        crop: may be a digit that is cropped so tightly that it fills the picture.
        shape: height and width of the picture.
    """
    height, width = shape
    framed = contact > 0
    long, short = boxes[:, 2:].max(axis=1, initial=0), boxes[:, 2:].min(axis=1, initial=10**6)
    fill = areas / np.maximum(boxes[:, _W] * boxes[:, _H], 1)
    # The edge of a sheet or a shadow: along the frame from end to end, or a solid piece at it.
    edge = framed & (
        (boxes[:, _W] > 0.9 * width) & (boxes[:, _H] < 0.3 * height)
        | (boxes[:, _H] > 0.9 * height) & (boxes[:, _W] < 0.3 * width) & (fill < 0.5)
        | (fill > 0.7) & (short > 0.4 * long)
    )
    background = (contact > BACKGROUND) & (max(shape) > 64)
    crop = crop & background
    # What a printed frame leaves of the paper outside.
    sliver = (boxes[:, _W] <= 2) & ((boxes[:, _X] == 0) | (boxes[:, _X] + boxes[:, _W] == width))
    sliver |= (boxes[:, _H] <= 2) & ((boxes[:, _Y] == 0) | (boxes[:, _Y] + boxes[:, _H] == height))
    line = framed & (long > 0.5 * max(shape)) & (short < 0.06 * long)
    blob = (fill > 0.75) & (short > 0.6 * long)
    kept = (long >= 5) & (areas >= 8) & ~edge & ~sliver & ~line & ~blob & (~background | crop)
    if (kept & ~framed & (long >= BESIDE * max(shape))).any():
        kept &= ~crop
    if (kept & ~framed).any():
        # A stroke that leaves the picture is the edge of something, if there is anything else.
        kept &= ~(framed & (short < 0.25 * long))
    if kept.any():
        kept &= long >= SMALLEST * long[kept].max()
    if kept.sum() > MOST_PARTS:
        kept &= areas >= np.sort(areas[kept])[-MOST_PARTS]
    return np.asarray(kept)


def _is_crop(part: NDArray[np.uint8], contact: float) -> bool:
    """Whether a part (h, w), 0 or 1, that reaches from frame to frame may be a digit.

    What a sheet lies on covers more of the frame, and a thing is broader than a pen.
    """
    return contact < MOST_CONTACT and stroke_width(padded(part, 1)) < FATTEST * max(part.shape)
