"""Free digits from rules: boxes, combs, tables, underlining, the lines of ruled and squared paper.

A rule is a long, thin, straight run of ink from left to right or from top to bottom. What crosses
it or touches it stays.
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

MIN_PIECE_SIZE = 0.1
"""Longer side of a piece of ink that is searched for rules, as a share of the picture's."""

MIN_RUN = 0.02
"""Length of the runs of ink that a rule consists of, as a share of the picture's longer side. A
sloping rule is a staircase of such runs, and a faint one has gaps between them."""

MIN_RUN_WIDTHS = 3.0
"""Length of these runs, as a multiple of the width of the strokes: a thick stroke is no rule."""

MAX_THICKNESS = 0.2
"""Thickness of a rule, as a share of its length, at most."""

MAX_SLOPE = 0.12
"""How much a rule may climb or sink, as a share of its length."""

MIN_ASPECT = 1.5
"""Length of a level rule, as a multiple of the height of the ink that hangs on it, that shows that
it is no stroke of a digit."""

MIN_TOTAL_LENGTH = 3.0
"""Length of all rules in one piece of ink, as a multiple of its longer side, that shows that they
are a box or a table: the sides of a narrow 0 are shorter."""

MIN_RELATIVE_LENGTH = 0.75
"""Length of the shortest rule, as a share of the longest in the same direction in its piece of ink:
the bars and stems of the digits in a box are shorter than its sides."""

MAX_OVERSHOOT = 0.15
"""How far a side of a box sticks out over its lower and its upper side, as a share of its length:
an upright stroke of a digit that crosses two lines does so further."""

BAND_SAMPLES = 64
"""Columns of a rule, about, by which its place is told."""

BAND_REACH = 10
"""Of these, on either side of one, those whose median says where the rule lies there: what is
written on it covers fewer."""

BAND_MARGIN = 1
"""Pixels above and below a rule that go with it: its outline is ragged."""

MAX_RULE_STRENGTH = 0.9
"""Strength of a rule, as a share of the pen's, up to which they are told apart where a stroke lies
on the rule."""

MIN_TICKS = 3
"""Upright lines of one length that stand on a level rule, from which they are those of a comb."""

MAX_TICK_DIFFERENCE = 0.12
"""How much their lengths differ, as a share of one of them."""

CROSSED_OUT_MIDDLE = (0.3, 0.7)
"""Where a line crosses out what is written, as shares of its height: less is underlined."""

MAX_CROSSED_OUT_LENGTH = 1.6
"""Length of that line, as a multiple of the width of what is written: a longer one is printed."""


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
    for region, piece, tallest in _pieces(mask, min_run):
        width = stroke_width(padded(piece, 1))
        if width > min_run:  # an object
            continue
        run = max(min_run, round(MIN_RUN_WIDTHS * width))
        level = _level_rules(piece, run)
        is_long = max((rule.length for rule in level), default=0) > MIN_ASPECT * len(piece)
        if len(level) < (1 if is_long else 2):  # a box has an upper and a lower side
            continue
        if len(level) == 1 and _leaves_at_corner(region, mask.shape):  # the edge of an object
            continue
        upright = [_turned(rule) for rule in _runs(np.ascontiguousarray(piece.T), run)]
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
    sides = _sides(piece, upright, level)
    left = np.ascontiguousarray(_erase(np.ascontiguousarray(left.T), map(_turned, sides)).T)
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


def _pieces(
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
        bridged |= np.asarray(cv2.dilate(_open(mask, kernel), kernel), np.uint8)
    return bridged


def _level_rules(piece: NDArray[np.uint8], min_run: int) -> list[Rule]:
    """Find the rules from left to right in a piece of ink (h, w), 0 or 1."""
    runs = _runs(piece, min_run)
    longest = max((rule.length for rule in runs), default=0)
    return [rule for rule in runs if rule.length >= MIN_RELATIVE_LENGTH * longest]


def _runs(piece: NDArray[np.uint8], min_run: int) -> list[Rule]:
    """Find straight thin runs from left to right in a piece of ink (h, w), 0 or 1."""
    runs = _open(piece, np.ones((1, min_run), np.uint8))
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


def _sides(piece: NDArray[np.uint8], upright: Sequence[Rule], level: Sequence[Rule]) -> list[Rule]:
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
        left &= ~(near & ~_open(left, across))
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


def _turned(rule: Rule) -> Rule:
    """Return a rule that was found in a transposed piece of ink, or the other way round."""
    return rule._replace(mask=np.ascontiguousarray(rule.mask.T))


def _open(piece: NDArray[np.uint8], kernel: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return which pixels of a piece of ink (h, w), 0 or 1, lie in a run of a kernel's length."""
    # OpenCV takes for granted that there is ink outside, unless it is told otherwise.
    return np.asarray(
        cv2.morphologyEx(
            piece, cv2.MORPH_OPEN, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=(0.0,)
        ),
        np.uint8,
    )
