"""Free digits from rules: boxes, combs, tables, underlining, the lines of ruled and squared paper.

What crosses a rule or touches it stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from model.vision.binarization import quantile, threshold
from model.vision.glyphs import padded, stroke_width
from model.vision.rules.finding import (
    Rule,
    find_pieces,
    find_runs,
    find_sides,
    level_rules,
    opened,
    transposed,
)

MIN_RUN = 0.02
"""Length of the runs of ink that a rule consists of, as a share of the picture's longer side. A
sloping rule is a staircase of such runs, and a faint one has gaps between them."""

MAX_PEN_WIDTH = 0.03
"""Width of the strokes of a piece of ink, as a share of the picture's longer side, over which it is
an object."""

MIN_RUN_WIDTHS = 3.0
"""Length of these runs, as a multiple of the width of the strokes: a thick stroke is no rule."""

MIN_ASPECT = 1.5
"""Length of a level rule, as a multiple of the height of the ink that hangs on it, that shows that
it is no stroke of a digit."""

MIN_TOTAL_LENGTH = 3.0
"""Length of all rules in one piece of ink, as a multiple of its longer side, that shows that they
are a box or a table: the sides of a narrow 0 are shorter."""

MAX_RULE_STRENGTH = 0.9
"""Strength of a rule, as a share of the pen's, up to which they are told apart where a stroke lies
on the rule."""

BAND_SAMPLES = 64
"""Columns of a rule, about, by which its place is told."""

BAND_REACH = 10
"""Of these, on either side of one, those whose median says where the rule lies there: what is
written on it covers fewer."""

BAND_MARGIN = 1
"""Pixels above and below a rule that go with it: its outline is ragged."""

CROSSED_OUT_MIDDLE = (0.3, 0.7)
"""Where a line crosses out what is written, as shares of its height: less is underlined."""

MAX_CROSSED_OUT_LENGTH = 1.6
"""Length of that line, as a multiple of the width of what is written: a longer one is printed."""


class Erased(NamedTuple):
    """What is left of ink, (h, w), uint8, 0 paper, 1 ink.

    Attributes:
        certain: without what is crossed out, and without lines that stand alone.
        unruled: without rules that touch something, too; None if there are none. A stroke of a
            digit may look like a rule, and a digit of a display like a box: both are to be read.
    """

    certain: NDArray[np.uint8]
    unruled: NDArray[np.uint8] | None


def erase_rules(mask: NDArray[np.uint8], plane: NDArray[np.uint8]) -> Erased:
    """Erase rules, and what they cross out, from ink.

    Args:
        mask: (h, w), uint8, 0 paper, 1 ink.
        plane: (h, w), uint8, 0 paper … 255 ink: how strong the ink is.
    """
    min_run = max(2, round(MIN_RUN * max(mask.shape)))
    alone = np.zeros_like(mask)
    touching = None
    for region, piece, tallest in find_pieces(mask, min_run):
        width = stroke_width(padded(piece, 1))
        if width > MAX_PEN_WIDTH * max(mask.shape):  # an object
            continue
        run = max(min_run, round(MIN_RUN_WIDTHS * width))
        level = level_rules(piece, run)
        is_long = max((rule.length for rule in level), default=0) > MIN_ASPECT * len(piece)
        if len(level) < (1 if is_long else 2):  # a box has an upper and a lower side
            continue
        if len(level) == 1 and _leaves_at_corner(region, mask.shape):  # the edge of an object
            continue
        upright = [transposed(rule) for rule in find_runs(np.ascontiguousarray(piece.T), run)]
        total = sum(rule.length for rule in (*level, *upright))
        is_box = total > MIN_TOTAL_LENGTH * max(piece.shape) and not _is_cut_off(region, mask.shape)
        if is_long or is_box:
            left = _without_rules(piece, plane[region], level, upright)
            if not left.any() and max(rule.length for rule in level) < tallest:
                continue  # a minus, or the bar of a 5 that was written apart
            ink = np.asarray(piece - left, np.uint8)
            if not left.any():
                alone[region] |= ink
            elif ink.any():
                touching = np.zeros_like(mask) if touching is None else touching
                touching[region] |= ink
    certain = mask - alone
    return Erased(certain, None if touching is None else certain & ~touching)


def _is_cut_off(region: tuple[slice, slice], shape: tuple[int, ...]) -> bool:
    """Judge whether a region ends at the picture's border, and does not cross all of it."""
    ends = _ends_at_border(region, shape)
    return 1 in ends and 2 not in ends


def _leaves_at_corner(region: tuple[slice, slice], shape: tuple[int, ...]) -> bool:
    """Judge whether a region ends at two sides of the picture that meet in a corner."""
    return _ends_at_border(region, shape) == [1, 1]


def _ends_at_border(region: tuple[slice, slice], shape: tuple[int, ...]) -> list[int]:
    """Count the ends of a region at the picture's border: from top to bottom, left to right."""
    return [
        (part.start == 0) + (part.stop == side) for part, side in zip(region, shape, strict=True)
    ]


def _without_rules(
    piece: NDArray[np.uint8],
    plane: NDArray[np.uint8],
    level: Sequence[Rule],
    upright: Sequence[Rule],
) -> NDArray[np.uint8]:
    """Return a piece of ink (h, w), 0 or 1, without its rules; empty if it is crossed out."""
    left = _erase(piece, level)
    if _is_crossed_out(left, level):
        return np.zeros_like(piece)
    sides = find_sides(piece, upright, level)
    left = np.ascontiguousarray(_erase(np.ascontiguousarray(left.T), map(transposed, sides)).T)
    return left | _strokes_on_rules(piece - left, left, plane, [*level, *sides])


def _strokes_on_rules(
    erased: NDArray[np.uint8],
    left: NDArray[np.uint8],
    plane: NDArray[np.uint8],
    rules: Sequence[Rule],
) -> NDArray[np.uint8]:
    """Return the ink (h, w), 0 or 1, that was erased with rules and is as strong as what is left.

    The foot of a digit may lie on a rule that is printed fainter than the pen writes. It hangs on
    the rest of the digit, which is more ink; what stands alone is a part of the rule.

    Args:
        erased, left: (h, w), 0 or 1: a piece of ink in two parts.
        plane: (h, w), uint8, 0 paper … 255 ink.
        rules: that were erased.
    """
    if not (left.any() and erased.any()):
        return np.zeros_like(left)
    pen = quantile(plane[left.view(np.bool_)], 0.8)
    on_rules = np.logical_or.reduce([rule.mask.view(np.bool_) for rule in rules])
    rule = quantile(plane[on_rules], 0.8)
    if rule > MAX_RULE_STRENGTH * pen:
        return np.zeros_like(left)
    strong = erased & threshold(plane, (pen + rule) / 2)
    _, labels = cv2.connectedComponents(left | strong, connectivity=8)
    count = int(labels.max()) + 1
    hangs = np.bincount(labels[strong == 1], minlength=count) < np.bincount(
        labels[left == 1], minlength=count
    )
    return np.asarray(strong & hangs[labels], np.uint8)


def _is_crossed_out(left: NDArray[np.uint8], level: Sequence[Rule]) -> bool:
    """Judge whether one level rule crosses out what is left of its piece (h, w), 0 or 1."""
    if len(level) != 1:
        return False
    x, y, width, height = cv2.boundingRect(left)
    low, high = CROSSED_OUT_MIDDLE
    return (
        low * height < level[0].middle - y < high * height
        and level[0].start < x
        and level[0].end > x + width
        and level[0].length < MAX_CROSSED_OUT_LENGTH * width
    )


def _erase(piece: NDArray[np.uint8], rules: Iterator[Rule] | Sequence[Rule]) -> NDArray[np.uint8]:
    """Erase rules from left to right from a piece of ink (h, w), but not what crosses them."""
    left = piece.copy()
    for rule in rules:
        beyond = round(rule.thickness / 2) + 1
        near = _band(rule, beyond)
        across = np.ones((round(rule.thickness) + beyond + 1, 1), np.uint8)
        left &= ~(near & ~opened(left, across))
        # A stroke that crosses at an angle goes on beyond the gap.
        gap = np.ones((round(rule.thickness) + 2 * beyond + 1,) * 2, np.uint8)
        closed = np.asarray(cv2.morphologyEx(left, cv2.MORPH_CLOSE, gap), np.uint8)
        left |= closed & piece
    return left


def _band(rule: Rule, beyond: int) -> NDArray[np.uint8]:
    """Return where a rule lies, (h, w), 0 or 1, without the strokes that lie along it.

    Args:
        rule: from left to right.
        beyond: columns at either end that go with it.
    """
    height, width = rule.mask.shape
    columns = np.flatnonzero(rule.mask.any(axis=0))
    columns = columns[:: max(1, len(columns) // BAND_SAMPLES)]
    own = rule.mask[:, columns]
    edges = own.argmax(axis=0), height - 1 - own[::-1].argmax(axis=0)
    top, bottom = (
        np.interp(np.arange(width), columns, _running_median(edge, BAND_REACH)) for edge in edges
    )
    rows = np.arange(height)[:, None]
    band = (rows >= np.rint(top) - BAND_MARGIN) & (rows <= np.rint(bottom) + BAND_MARGIN)
    band[:, : max(rule.start - beyond, 0)] = False
    band[:, rule.end + beyond :] = False
    return np.asarray(band, np.uint8)


def _running_median(values: NDArray[np.intp], reach: int) -> NDArray[np.float64]:
    """Return the median of each value (n,) and of a number of values on either side of it."""
    around = np.pad(values, reach, mode="symmetric")
    return np.asarray(np.median(sliding_window_view(around, 2 * reach + 1), axis=1))
