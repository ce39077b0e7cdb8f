"""From ink to connected components, and which of them cannot be handwriting."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.vision.frames import frames
from model.vision.glyphs import padded, stroke_width

MIN_SIZE = 5
"""Pixels of the longer side of the smallest component kept."""

MIN_AREA = 8
"""Pixels of ink of the smallest component kept."""

MIN_RELATIVE_SIZE = 0.15
"""Size of the smallest component kept, as a share of the largest."""

MIN_RELATIVE_STRENGTH = 0.45
"""Strength of the faintest component kept, as a share of the mean: printed lines, shadows, and what
shows through from the other side are fainter than the pen."""

MIN_EDGE_LENGTH = 0.5
"""Length of a sheet's edge from top to bottom, as a share of the picture's longer side: in a strip
cut out of a page, digits reach from top to bottom."""

MAX_LOG_HEIGHT = 0.4
"""How much taller or lower a 1 at the picture's border may be than other digits, in octaves."""

MIN_LENGTH_ALONG_BORDER = 0.7
"""Share of a thin component's length on the picture's border, from which it is an object's edge."""

MAX_SLIVER_WIDTH = 0.15
"""Width of that component, as a share of its length."""

MIN_INNER_EDGE = 0.9
"""Height of the inner edge of a sheet or display, as a share of the picture of it."""

MAX_INNER_EDGE_WIDTH = 0.3
"""Width of that edge, as a share of its height."""

MAX_REACH_BESIDE_EDGE = 0.85
"""Height, as a share of the same picture, from which something else says that this is no edge."""

MAX_BORDER_SHARE = 0.15
"""Share of the picture's border from which a component is what the sheet lies on, or a shadow."""

MAX_CROP_BORDER_SHARE = 0.4
"""The same share where a tightly cropped digit may fill the picture: a table covers still more."""

MIN_CROP_SHARE = 0.9
"""Share of the picture's width and of its height from which a component may be such a digit."""

MAX_CROP_STROKE_WIDTH = 0.28
"""Width of that component's strokes, as a share of the picture, from which it is an object."""

MAX_NEIGHBOUR_SIZE = 0.06
"""Size of another component, as a share of the picture, from which the picture is no tight crop."""

MAX_COMPONENTS = 400
"""More components than this are texture; only the largest are kept."""

_X, _Y, _W, _H = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Connected components of the ink, and what is known of each.

    Attributes:
        labels: (h, w), int32, 0 paper, k + 1 the component of row k below.
        boxes: (n, 4), int32, x, y, width, height.
        areas: (n,), int32, pixels.
        strengths: (n,), float64, how strong the ink is on average, 0 paper … 255.
        kept: (n,), bool: may be handwriting.
    """

    labels: NDArray[np.int32]
    boxes: NDArray[np.int32]
    areas: NDArray[np.int32]
    strengths: NDArray[np.float64]
    kept: NDArray[np.bool_]


def connected_components(
    mask: NDArray[np.uint8], plane: NDArray[np.uint8], *, leave_out_border: bool = False
) -> Components:
    """Find the connected components of a mask, and judge which may be handwriting.

    Args:
        mask: (h, w), uint8, 0 or 1.
        plane: (h, w), uint8, 0 paper … 255 ink: how strong the ink is.
        leave_out_border: whether what touches the border cannot be handwriting, nor what looks like
            the inner edge of a sheet or display.
    """
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
    ink = mask[inked].view(np.bool_)
    strengths = np.bincount(found[ink], plane[inked][ink], len(stats))[1:] / np.maximum(areas, 1)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    contact = np.bincount(border, minlength=len(stats))[1:] / len(border)
    crop = np.zeros(len(areas), bool)
    spans = (boxes[:, _W] > MIN_CROP_SHARE * width) & (boxes[:, _H] > MIN_CROP_SHARE * height)
    for index in np.flatnonzero(spans):
        crop[index] = _is_crop((labels == index + 1).view(np.uint8), float(contact[index]))
    # A frame is no ink of its own: what else is judged by size must not be compared with it.
    own_areas = np.where(frames(labels, boxes, areas, MIN_AREA), 0, areas)
    kept = plausible(boxes, own_areas, contact, crop, (height, width))
    if leave_out_border:
        kept &= (contact == 0) & ~_inner_edges(boxes, kept, height)
    if kept.any():
        kept &= strengths >= MIN_RELATIVE_STRENGTH * np.average(
            strengths[kept], weights=areas[kept]
        )
    return Components(labels, boxes, areas, strengths, kept)


def plausible(
    boxes: NDArray[np.int32],
    areas: NDArray[np.int32],
    contact: NDArray[np.float64],
    crop: NDArray[np.bool_],
    shape: tuple[int, int],
) -> NDArray[np.bool_]:
    """Judge which components may be handwriting, by size, fill and place.

    Args:
        boxes: (n, 4), int32, x, y, width, height.
        areas: (n,), int32, pixels.
        contact: (n,), share of the picture's border that each component covers.
        crop: (n,), bool: may be a digit that is cropped so tightly that it fills the picture.
        shape: height and width of the picture.

    Returns:
        (n,), bool.
    """
    height, width = shape
    framed = contact > 0
    long, short = boxes[:, 2:].max(axis=1, initial=0), boxes[:, 2:].min(axis=1, initial=10**6)
    fill = areas / np.maximum(boxes[:, _W] * boxes[:, _H], 1)
    # The edge of a sheet or a shadow: along the border from end to end, or a solid piece at it.
    edge = framed & (
        (boxes[:, _W] > 0.9 * width) & (boxes[:, _H] < 0.3 * height)
        | (boxes[:, _H] > 0.9 * height)
        & (boxes[:, _W] < 0.3 * width)
        & (fill < 0.5)
        & (boxes[:, _H] > MIN_EDGE_LENGTH * max(shape))
        | (fill > 0.7) & (short > 0.4 * long)
    )
    background = (contact > MAX_BORDER_SHARE) & (max(shape) > 64)
    crop = crop & background
    # What a printed frame leaves of the paper outside, or a sheet's edge of what it lies on.
    sliver = (boxes[:, _W] <= 2) & ((boxes[:, _X] == 0) | (boxes[:, _X] + boxes[:, _W] == width))
    sliver |= (boxes[:, _H] <= 2) & ((boxes[:, _Y] == 0) | (boxes[:, _Y] + boxes[:, _H] == height))
    along_border = contact * 2 * (width + height) > MIN_LENGTH_ALONG_BORDER * long
    sliver |= along_border & (short < MAX_SLIVER_WIDTH * long)
    line = framed & (long > 0.5 * max(shape)) & (short < 0.06 * long)
    blob = (fill > 0.75) & (short > 0.6 * long)
    kept = (long >= MIN_SIZE) & (areas >= MIN_AREA) & (~background | crop)
    kept &= ~(edge | sliver | line | blob)
    if (kept & ~framed & (long >= MAX_NEIGHBOUR_SIZE * max(shape))).any():
        kept &= ~crop
    if (kept & ~framed).any():
        # A stroke that leaves the picture is the edge of something, if there is anything else, and
        # it is no 1 that is as tall as that.
        usual = float(np.median(boxes[kept & ~framed, _H]))
        is_one = np.abs(np.log2(boxes[:, _H] / usual)) < MAX_LOG_HEIGHT
        kept &= ~(framed & (short < 0.25 * long) & ~is_one)
    if kept.any():
        kept &= long >= MIN_RELATIVE_SIZE * long[kept].max()
    if kept.sum() > MAX_COMPONENTS:
        kept &= areas >= np.sort(areas[kept])[-MAX_COMPONENTS]
    return np.asarray(kept)


def _inner_edges(
    boxes: NDArray[np.int32], kept: NDArray[np.bool_], height: int
) -> NDArray[np.bool_]:
    """Judge which components are edges of a sheet or display, within the picture of it.

    They reach from top to bottom where nothing else does: digits in a strip all do.

    Args:
        boxes: (n, 4), int32, x, y, width, height.
        kept: (n,), bool: may be handwriting.
        height: of the picture.

    Returns:
        (n,), bool.
    """
    reach = boxes[:, _H] / height
    edges = (reach > MIN_INNER_EDGE) & (boxes[:, _W] < MAX_INNER_EDGE_WIDTH * boxes[:, _H])
    others = reach[kept & ~edges]
    is_alone = len(others) > 0 and float(others.max()) < MAX_REACH_BESIDE_EDGE
    return np.asarray(edges & is_alone)


def _is_crop(component: NDArray[np.uint8], contact: float) -> bool:
    """Judge whether a component (h, w), 0 or 1, from border to border may be a digit.

    What a sheet lies on covers more of the border, and an object is broader than a pen.
    """
    broadest = MAX_CROP_STROKE_WIDTH * max(component.shape)
    return contact < MAX_CROP_BORDER_SHARE and stroke_width(padded(component, 1)) < broadest
