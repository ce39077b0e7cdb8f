"""Which ink is cut apart: what is surely no single digit, and begins and ends with one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from model.types import Box
from model.vision import layout
from model.vision.best_path import MIN_CUT_CONFIDENCE, MIN_SURE_CONFIDENCE
from model.vision.cutting import GlyphCutter, Segment
from model.vision.segmentation import MIN_CUT_HEIGHT, may_be_cut_off
from model.vision.touching.seams import find_seams, may_be_split, split_at

MAX_TOUCHING = 4
"""Pieces of ink that are no digit, beyond as many as are digits, up to which they are cut."""

GlyphJudge = Callable[[NDArray[np.uint8]], NDArray[np.float64]]
"""Says how sure glyphs, (n, 28, 28), uint8, are digits, and which: (n,), 0–1."""


def split_lines(
    lines: Sequence[Sequence[Segment]], cutter: GlyphCutter, judge: GlyphJudge | None
) -> list[list[Segment]]:
    """Cut apart what may be several digits that touch.

    Args:
        lines: segments by line, none of them cut.
        cutter: for the plane that they stand on.
        judge: what tells digits; without it, whatever is wide enough is cut.
    """
    wide = [
        segment
        for line in lines
        for segment in line
        # What is much lower is a piece of a digit rather than several.
        if may_be_split(segment.box)
        and segment.box.height >= MIN_CUT_HEIGHT * max(other.box.height for other in line)
    ]
    if judge is not None:
        unsure = _not_whole(wide, cutter, judge)
        # Few digits touch on a page of digits, and none on a page of words or on its side.
        is_page_of_digits = len(unsure) <= len(wide) - len(unsure) + MAX_TOUCHING
        wide = unsure if is_page_of_digits else []
    cut = {segment.components: list(_pieces(segment)) for segment in wide}
    if judge is not None:
        cut = _between_digits(cut, cutter, judge)
    return [
        [piece for segment in line for piece in cut.get(segment.components, [segment])]
        for line in lines
    ]


def _not_whole(
    segments: Sequence[Segment], cutter: GlyphCutter, judge: GlyphJudge
) -> list[Segment]:
    """Return the segments that are not surely one digit; what is broad may look like one."""
    confidences = _judged([[segment] for segment in segments], cutter, judge, is_cut=False)
    return [
        segment
        for segment, confidence in zip(segments, confidences, strict=True)
        if confidence < MIN_SURE_CONFIDENCE or segment.box.width > segment.box.height
    ]


def _between_digits(
    cut: dict[tuple[int, ...], list[Segment]], cutter: GlyphCutter, judge: GlyphJudge
) -> dict[tuple[int, ...], list[Segment]]:
    """Return the pieces of that ink of which some piece at either end is a digit."""
    for at_start in (True, False):  # what does not begin with a digit need not end with one
        ends: list[list[Segment]] = []
        owners: list[tuple[int, ...]] = []
        for components, pieces in cut.items():
            for k in range(1, len(pieces)):
                end = pieces[:k] if at_start else pieces[k:]
                if may_be_cut_off(layout.union([each.box for each in end]), end[0].hull, cuts=1):
                    ends.append(end)
                    owners.append(components)
        confidences = _judged(ends, cutter, judge, is_cut=True)
        digits = {
            owner
            for owner, confidence in zip(owners, confidences, strict=True)
            if confidence >= MIN_CUT_CONFIDENCE
        }
        cut = {components: pieces for components, pieces in cut.items() if components in digits}
    return cut


def _judged(
    candidates: Sequence[Sequence[Segment]], cutter: GlyphCutter, judge: GlyphJudge, *, is_cut: bool
) -> NDArray[np.float64]:
    """Return how sure each of some runs of segments is a digit, (n,), 0–1."""
    if not candidates:
        return np.zeros(0)
    return judge(np.stack([cutter.cut(each, is_cut=is_cut).glyph for each in candidates]))


def _pieces(segment: Segment) -> Iterator[Segment]:
    """Yield the pieces of a segment, from left to right."""
    for ink in split_at(segment.ink, find_seams(segment.ink)):
        x, y, width, height = cv2.boundingRect(ink.view(np.uint8))
        if width:
            box = Box(segment.box.x + x, segment.box.y + y, width, height)
            yield segment._replace(box=box, ink=ink[y : y + height, x : x + width])
