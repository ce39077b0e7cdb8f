"""From connected components to candidates: whatever may be one digit, cut out, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.types import Box, Glyph
from model.vision import layout
from model.vision.binarization import Binarization
from model.vision.components import Components
from model.vision.cutting import GlyphCutter, Segment

MIN_UNFILTERED_AREA = 12
"""Pixels over which a component counts where components are not judged."""

MAX_SEGMENTS = 5
"""Neighbouring segments of a line that may be read as one digit."""

MAX_GAP = 0.2
"""Gap between segments of one digit, as a share of their height."""

MAX_JOINED_ASPECT = 1.3
"""Width of segments of one digit, as a share of their height, unless they were cut apart."""

MIN_CUT_HEIGHT = 0.7
"""Height of what was cut off, as a share of what it was cut from, from which it may be a digit:
touching digits are about equally tall, and the bow of a letter is lower."""


MIN_BROAD_ASPECT = 1.5
"""Width, as a share of the height, from which ink is broader than a letter."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be one digit.

    Attributes:
        glyph: (28, 28), uint8, what the network sees.
        box: where it stands in the plane.
        line: number of its line.
        first, last: indices of the line's segments that it is made of.
        area: of its ink, in pixels.
        cuts: sides on which it was cut off from a touching neighbour, 0–2.
        edge_energy: sum of squared steps in contrast from pixel to pixel of its ink.
        hull: the box around the components that it is made of, or cut out of.
    """

    glyph: Glyph
    box: Box
    line: int
    first: int
    last: int
    area: int
    cuts: int
    edge_energy: float
    hull: Box


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """One way to segment a picture.

    Attributes:
        plane: (h, w), uint8, contrast, 0 paper … 255 ink.
        mask: (h, w), uint8, 0 paper, 1 ink, rules included.
        components: of its ink, without rules that were erased.
        candidates: everything that may be a digit, alternatives included.
        binarization: how ink was told from paper.
        dark_ink: whether the ink is darker than the paper.
        quarter_turns: counter-clockwise, that the picture was turned by first.
        is_closed: whether gaps in its strokes were closed.
        variants: what else the ink may be: without rules, boxes and tables, or with gaps in its
            strokes closed.
    """

    plane: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    components: Components
    candidates: tuple[Candidate, ...]
    binarization: Binarization
    dark_ink: bool = True
    quarter_turns: int = 0
    is_closed: bool = False
    variants: tuple[Segmentation, ...] = ()

    @property
    def all_candidates(self) -> tuple[Candidate, ...]:
        """The candidates of this segmentation and of its variants."""
        return tuple(each for found in (self, *self.variants) for each in found.candidates)


def find_lines(components: Components, *, filtered: bool, grouped: bool) -> list[list[Segment]]:
    """Group components to digits, and order them in lines.

    Args:
        filtered: leave out components that cannot be handwriting.
        grouped: join components that make one digit.

    Returns:
        segments by line, from top to bottom, each from left to right.
    """
    kept = np.flatnonzero(
        components.kept if filtered else components.areas > MIN_UNFILTERED_AREA
    ).tolist()
    boxes = [Box(*components.boxes[index].tolist()) for index in kept]
    alone = _small_zeros(components, kept, boxes) if grouped else list(range(len(boxes)))
    others = [k for k in range(len(boxes)) if k not in set(alone)]
    groups = [[others[k] for k in members] for members in layout.group([boxes[k] for k in others])]
    groups += [[k] for k in alone]
    hulls = [layout.union([boxes[k] for k in members]) for members in groups]
    return [
        [_whole(components, tuple(kept[m] for m in groups[k]), hulls[k]) for k in line]
        for line in layout.without_marks(layout.lines(hulls), hulls)
    ]


def find_candidates(
    lines: Sequence[Sequence[Segment]], cutter: GlyphCutter, is_time_up: Callable[[], bool]
) -> Iterator[Candidate]:
    """Cut out every run of neighbouring segments that may be one digit.

    Args:
        lines: segments by line.
        cutter: for the plane that they stand on.
        is_time_up: ends it early.
    """
    for number, line in enumerate(lines):
        for first, last in _runs(line):
            if is_time_up():
                return
            segments = line[first : last + 1]
            box = layout.union([segment.box for segment in segments])
            cuts = int(first > 0 and line[first - 1].components == line[first].components)
            cuts += int(last + 1 < len(line) and line[last + 1].components == line[last].components)
            if cuts and not may_be_cut_off(box, segments[0].hull, cuts):
                continue
            cut = cutter.cut(segments, is_cut=cuts > 0)
            hull = layout.union([segment.hull for segment in segments])
            yield Candidate(
                cut.glyph, box, number, first, last, cut.area, cuts, cut.edge_energy, hull
            )


def may_be_cut_off(box: Box, hull: Box, cuts: int) -> bool:
    """Judge by its size whether what was cut off on one side or on both may be a digit.

    Only what is as wide as tall may be three digits, one of which was cut off on both sides.
    """
    return (
        MIN_CUT_HEIGHT * hull.height <= box.height
        and box.width <= MAX_JOINED_ASPECT * hull.height
        and (cuts < 2 or hull.width >= hull.height)
    )


def _small_zeros(components: Components, kept: list[int], boxes: Sequence[Box]) -> list[int]:
    """Return the positions of closed rings that stand beside something taller."""
    found = []
    for k in np.flatnonzero(layout.beside_taller(boxes)).tolist():
        x, y, width, height = boxes[k]
        ink = (components.labels[y : y + height, x : x + width] == kept[k] + 1).view(np.uint8)
        outlines, _ = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
        if len(outlines) > 1:  # an outer and an inner one
            found.append(k)
    return found


def _whole(components: Components, members: tuple[int, ...], hull: Box) -> Segment:
    """Return a digit's components as one segment."""
    region = components.labels[hull.y : hull.y + hull.height, hull.x : hull.x + hull.width]
    return Segment(members, hull, hull, _made_of(region, members))


def _made_of(labels: NDArray[np.int32], members: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return where labels (h, w) are those of some components."""
    if len(members) == 1:  # as nearly always, where np.isin takes forty times as long
        return np.asarray(labels == members[0] + 1)
    return np.isin(labels, [index + 1 for index in members])


def _runs(line: Sequence[Segment]) -> Iterator[tuple[int, int]]:
    """Find runs of neighbouring segments that may be one digit: first and last index."""
    for first, segment in enumerate(line):
        uncut = sum(other.components == segment.components for other in line)
        for last in range(first, min(first + max(MAX_SEGMENTS, uncut), len(line))):
            if last > first and not _may_be_joined(line[first : last + 1]):
                break
            if segment.components == line[last].components or _is_whole(line, first, last):
                yield first, last


def _is_whole(line: Sequence[Segment], first: int, last: int) -> bool:
    """Judge whether a run of segments begins and ends where components do: nothing is cut off."""
    before, after = line[:first], line[last + 1 :]
    return not (before and before[-1].components == line[first].components) and not (
        after and after[0].components == line[last].components
    )


def _may_be_joined(segments: Sequence[Segment]) -> bool:
    """Judge whether several segments may be one digit, the last of them added to the others."""
    if segments[0].components == segments[-1].components:
        return True
    top = min(segment.hull.y for segment in segments)
    height = max(segment.hull.y + segment.hull.height for segment in segments) - top
    left, right = segments[-2].box, segments[-1].box
    if right.x - left.x - left.width > MAX_GAP * height:
        return False
    width = max(each.box.x + each.box.width for each in segments) - min(s.box.x for s in segments)
    return width <= MAX_JOINED_ASPECT * height
