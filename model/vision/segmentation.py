"""From connected components to candidates: whatever may be one digit, cut out, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model.types import Box, Glyph
from model.vision import layout
from model.vision.binarization import Binarization, BinaryPlane, quantile
from model.vision.components import Components
from model.vision.glyphs import extract_glyph

MIN_UNFILTERED_AREA = 12
"""Pixels over which a component counts where components are not judged."""

MAX_SEGMENTS = 5
"""Neighbouring segments of a line that may be read as one digit."""

MAX_GAP = 0.2
"""Gap between segments of one digit, as a share of their height."""

MAX_JOINED_ASPECT = 1.3
"""Width of segments of one digit, as a share of their height, unless they were cut apart."""

MIN_SCRAP_AREA = 0.15
"""Area of a piece of what was cut off, as a share of its largest one, from which it is kept."""

MIN_CUT_HEIGHT = 0.7
"""Height of what was cut off, as a share of what it was cut from, from which it may be a digit:
touching digits are about equally tall, and the bow of a letter is lower."""


MIN_BROAD_ASPECT = 1.5
"""Width, as a share of the height, from which ink is broader than a letter."""


class Segment(NamedTuple):
    """Part of a line that is read as one digit, alone or together with its neighbours.

    Attributes:
        components: indices of those that it is a part of.
        hull: the box around those components.
        box: around its own ink.
        ink: (box.height, box.width), bool.
    """

    components: tuple[int, ...]
    hull: Box
    box: Box
    ink: NDArray[np.bool_]


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


class Cut(NamedTuple):
    """Ink that was cut out.

    Attributes:
        glyph: (28, 28), uint8, what the network sees.
        area: of its ink, in pixels.
        edge_energy: sum of squared steps in contrast from pixel to pixel of its ink.
    """

    glyph: Glyph
    area: int
    edge_energy: float


class GlyphCutter:
    """Cuts segments out of a plane, the same ones once: most are judged first, and read later.

    Args:
        binary: the plane, and its threshold.
        components: of its ink.
        normalize_strokes: bring the strokes to a width as in MNIST.
    """

    def __init__(
        self, binary: BinaryPlane, components: Components, *, normalize_strokes: bool = True
    ) -> None:
        self._binary = binary
        self._components = components
        self._normalize_strokes = normalize_strokes
        # With the segments, whose ink it is known by.
        self._made: dict[tuple[int, ...], tuple[Sequence[Segment], Cut]] = {}

    def cut(self, segments: Sequence[Segment], *, is_cut: bool) -> Cut:
        """Cut out some segments as one digit.

        Args:
            segments: neighbours in a line.
            is_cut: whether they were cut off from a touching neighbour.
        """
        key = (is_cut, *(id(segment.ink) for segment in segments))
        if key not in self._made:
            box = layout.union([segment.box for segment in segments])
            ink, edge_energy = _cut_out(
                self._binary, self._components, segments, box, is_cut=is_cut
            )
            glyph = extract_glyph(ink, normalize_strokes=self._normalize_strokes)
            self._made[key] = segments, Cut(glyph, int((ink >= 128).sum()), edge_energy)
        return self._made[key][1]


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


def _without_scraps(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Leave out of ink (h, w) what a cut left of the neighbour: small, and apart from the rest."""
    count, labels = cv2.connectedComponents(ink.view(np.uint8), connectivity=8)
    if count <= 2:
        return ink
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    return np.asarray((areas >= MIN_SCRAP_AREA * areas.max())[labels])


def _cut_out(
    binary: BinaryPlane,
    components: Components,
    segments: Sequence[Segment],
    box: Box,
    *,
    is_cut: bool,
) -> tuple[NDArray[np.uint8], float]:
    """Cut the ink of some segments out of the plane.

    Returns:
        (h, w), uint8, 0 paper … 255 ink, outline at 128; and the energy of its edges.
    """
    # One pixel more on each side, for the soft outer half of the outline.
    top, left = max(box.y - 1, 0), max(box.x - 1, 0)
    region = np.s_[top : box.y + box.height + 1, left : box.x + box.width + 1]
    belongs = np.zeros(binary.plane[region].shape, bool)
    for segment in segments:
        x, y = segment.box.x - left, segment.box.y - top
        belongs[y : y + segment.box.height, x : x + segment.box.width] |= segment.ink
    if is_cut:
        belongs = _without_scraps(belongs)
    plane = binary.plane[region]
    full = max(quantile(plane[belongs], 0.8), binary.threshold + 1)
    near = cv2.dilate(belongs.view(np.uint8), np.ones((3, 3), np.uint8)).view(np.bool_)
    near &= belongs | (components.labels[region] == 0)
    # The outline is where the threshold is crossed; what is over it rises to 255 in the stroke.
    rise = (np.arange(256) - binary.threshold) * 127 / (full - binary.threshold) + 128
    ink = cv2.LUT(plane, rise.clip(0, 255).astype(np.uint8))
    ink[~near] = 0
    strength = plane.astype(np.float32)
    across = (strength[:, 1:] - strength[:, :-1]) * (near[:, 1:] & near[:, :-1])
    down = (strength[1:] - strength[:-1]) * (near[1:] & near[:-1])
    return np.asarray(ink, np.uint8), float(np.vdot(across, across) + np.vdot(down, down))
