"""Find rules: long, thin, straight runs of ink from left to right or from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

MIN_PIECE_SIZE = 0.1
"""Longer side of a piece of ink that is searched for rules, as a share of the picture's."""

MAX_THICKNESS = 0.2
"""Thickness of a rule, as a share of its length, at most."""

MAX_SLOPE = 0.12
"""How much a rule may climb or sink, as a share of its length."""

MIN_RELATIVE_LENGTH = 0.75
"""Length of the shortest rule, as a share of the longest in the same direction in its piece of ink:
the bars and stems of the digits in a box are shorter than its sides."""

MAX_OVERSHOOT = 0.15
"""How far a side of a box sticks out over its lower and its upper side, as a share of its length:
an upright stroke of a digit that crosses two lines does so further."""

MIN_TICKS = 3
"""Upright lines of one length that stand on a level rule, from which they are those of a comb."""

MAX_TICK_DIFFERENCE = 0.12
"""How much their lengths differ, as a share of one of them."""


class Rule(NamedTuple):
    """A rule from left to right.

    Attributes:
        mask: (h, w), uint8, 0 or 1: its ink, in its piece.
        start, end: its first and last column.
        middle: the row that it lies at.
        thickness: in pixels.
    """

    mask: NDArray[np.uint8]
    start: int
    end: int
    middle: float
    thickness: float

    @property
    def length(self) -> int:
        """Its length in pixels."""
        return self.end - self.start


def find_pieces(
    mask: NDArray[np.uint8], min_run: int
) -> Iterator[tuple[tuple[slice, slice], NDArray[np.uint8], int]]:
    """Find the large pieces of ink; runs of ink in one line belong together across gaps.

    Returns:
        for each, where it is, its ink, (h, w), uint8, 0 or 1, and how tall the tallest other is.
    """
    left, top, across, down = cv2.boundingRect(mask)
    inked = mask[top : top + down, left : left + across]  # most of a page is empty
    bridged = inked | _bridged(inked, min_run)
    _, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        bridged, 8, cv2.CV_32S, cv2.CCL_GRANA
    )
    sizes = stats[1:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(axis=1, initial=0)
    for index in np.flatnonzero(sizes >= MIN_PIECE_SIZE * max(mask.shape)) + 1:
        x, y, width, height, _ = stats[index].tolist()
        own = labels[y : y + height, x : x + width] == index
        region = np.s_[top + y : top + y + height, left + x : left + x + width]
        heights = np.delete(stats[1:, cv2.CC_STAT_HEIGHT], index - 1)
        yield region, mask[region] & own, int(heights.max(initial=0))


def _bridged(mask: NDArray[np.uint8], min_run: int) -> NDArray[np.uint8]:
    """Return the runs of ink from left to right and from top to bottom, with gaps closed."""
    bridged = np.zeros_like(mask)
    for shape in ((1, min_run), (min_run, 1)):
        kernel = np.ones(shape, np.uint8)
        bridged |= np.asarray(cv2.dilate(opened(mask, kernel), kernel), np.uint8)
    return bridged


def level_rules(piece: NDArray[np.uint8], min_run: int) -> list[Rule]:
    """Find the rules from left to right in a piece of ink (h, w), 0 or 1."""
    runs = find_runs(piece, min_run)
    longest = max((rule.length for rule in runs), default=0)
    return [rule for rule in runs if rule.length >= MIN_RELATIVE_LENGTH * longest]


def find_runs(piece: NDArray[np.uint8], min_run: int) -> list[Rule]:
    """Find straight thin runs from left to right in a piece of ink (h, w), 0 or 1."""
    runs = opened(piece, np.ones((1, min_run), np.uint8))
    if not runs.any():
        return []
    # Half a run longer at either end, which is taken off again.
    joined = cv2.dilate(runs, np.ones((3, min_run), np.uint8))
    _, labels, stats, centroids = cv2.connectedComponentsWithStatsWithAlgorithm(
        joined, 8, cv2.CV_32S, cv2.CCL_GRANA
    )
    areas = np.bincount(labels.ravel(), runs.ravel(), len(stats))
    starts = stats[:, cv2.CC_STAT_LEFT] + (stats[:, cv2.CC_STAT_LEFT] > 0) * (min_run // 2)
    ends = stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH]
    ends -= (ends < piece.shape[1]) * (min_run // 2)
    lengths = np.maximum(ends - starts, 1)
    thicknesses = areas / lengths
    climbs = stats[:, cv2.CC_STAT_HEIGHT] - 2 - thicknesses
    straight = np.maximum(thicknesses / MAX_THICKNESS, climbs / MAX_SLOPE) <= lengths
    rules = []
    for label in np.flatnonzero(straight[1:]) + 1:
        x, y, width, height, _ = stats[label].tolist()
        around = np.s_[y : y + height, x : x + width]
        mask = np.zeros_like(piece)
        mask[around] = runs[around] & (labels[around] == label)
        rules.append(
            Rule(
                mask,
                int(starts[label]),
                int(ends[label]),
                float(centroids[label, 1]),
                float(thicknesses[label]),
            )
        )
    return rules


def find_sides(
    piece: NDArray[np.uint8], upright: Sequence[Rule], level: Sequence[Rule]
) -> list[Rule]:
    """Return those upright lines that are sides of boxes, or stand on a level rule as in a comb.

    The lines of a comb end freely, while the stems and bows of digits go on in another stroke.
    """
    touched = [list(_meeting_rows(line, level)) for line in upright]
    lengths = np.array([line.length for line in upright], float)
    standing = lengths * [
        bool(rows) and _ends_freely(piece, line, rows)
        for line, rows in zip(upright, touched, strict=True)
    ]
    # Of each line, those that are as long.
    alike = np.abs(standing[:, None] - standing) <= MAX_TICK_DIFFERENCE * standing[:, None]
    alike &= (standing > 0)[:, None]
    counts = alike.sum(axis=1)
    is_tick = alike[counts.argmax()] & (counts.max() >= MIN_TICKS) if upright else []
    sides = []
    for line, rows, tick in zip(upright, touched, is_tick, strict=True):
        overshoot = MAX_OVERSHOOT * line.length
        spans = (
            len(rows) > 1
            and line.length >= MIN_RELATIVE_LENGTH * lengths.max()
            and min(rows) - line.start <= overshoot
            and line.end - max(rows) <= overshoot
        )
        if spans or tick:
            sides.append(line)
    return sides


def _meeting_rows(upright: Rule, level: Sequence[Rule]) -> Iterator[float]:
    """Yield the rows at which an upright line meets or crosses level rules."""
    x, y, width, height = cv2.boundingRect(upright.mask)
    for rule in level:
        reach = round(2 * max(upright.thickness, rule.thickness)) + 2
        top, left = max(y - reach, 0), max(x - reach, 0)
        around = np.s_[top : y + height + reach, left : x + width + reach]
        if not rule.mask[around].any():
            continue
        near = cv2.dilate(upright.mask[around], np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
        rows = np.flatnonzero(cv2.bitwise_and(near, rule.mask[around]).any(axis=1))
        if rows.size:
            yield top + float(rows.mean())


def _ends_freely(piece: NDArray[np.uint8], line: Rule, rows: Sequence[float]) -> bool:
    """Judge whether an upright line ends without going on in another stroke.

    Args:
        piece: (h, w), 0 or 1, the ink that it is part of.
        line: that is upright.
        rows: at which it meets level rules, where it need not end freely.
    """
    own = round(line.thickness / 2) + 1
    beside = own + round(line.thickness) + 1
    ends = [
        end for end in (line.start, line.end) if all(abs(end - row) > 2 * beside for row in rows)
    ]
    x, _, width, _ = cv2.boundingRect(line.mask)
    around = slice(max(x - beside, 0), x + width + beside)
    for end in ends:
        cap = np.s_[max(end - 2 * beside, 0) : end + 2 * beside, around]
        reached = np.ascontiguousarray(line.mask[cap])
        columns = np.asarray(reached.max(axis=0, keepdims=True), np.uint8)
        straight_on = np.asarray(cv2.dilate(columns, np.ones((1, 2 * own + 1), np.uint8)), np.uint8)
        for _ in range(beside):  # along ink, so that another line close by is not reached
            grown = np.asarray(cv2.dilate(reached, np.ones((3, 3), np.uint8)), np.uint8)
            reached = np.asarray(grown & piece[cap], np.uint8)
        if (reached & (1 - straight_on)).sum() > line.thickness:
            return False
    return True


def transposed(rule: Rule) -> Rule:
    """Return a rule that was found in a transposed piece of ink, or the other way round."""
    return rule._replace(mask=np.ascontiguousarray(rule.mask.T))


def opened(piece: NDArray[np.uint8], kernel: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return which pixels of a piece of ink (h, w), 0 or 1, lie in a run of a kernel's length."""
    # OpenCV takes for granted that there is ink outside, unless it is told otherwise.
    return np.asarray(
        cv2.morphologyEx(
            piece, cv2.MORPH_OPEN, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=(0.0,)
        ),
        np.uint8,
    )
