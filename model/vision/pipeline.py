"""One way of reading a page: every candidate for a digit, cut out, in lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model.types import Box, Glyph
from model.vision import illumination, layout
from model.vision.binarization import (
    broadened,
    hysteresis_threshold,
    ink_level,
    quantile,
    threshold,
)
from model.vision.components import Components, connected_components
from model.vision.glyphs import extract_glyph
from model.vision.line_removal import may_be_ruled, without_rulings
from model.vision.splitting import find_seams, split_at

SPECK = 12
"""Pixels of a part that counts as a mark at all where dirt is not left out."""

WIDEST = 5
"""Pieces of a line that may at most be read as one digit."""

LOWEST = 0.6
"""Height of what was cut off, as a share of what it was cut from, from which it may be a digit:
who lets digits touch writes them about as high; a bow of a letter is lower."""


class Binarization(NamedTuple):
    """How a photo is looked at.

    Attributes:
        reach: within which the paper is looked for, see `illumination.normalize_illumination`.
        low, high: thresholds, as shares of the ink's strength: ink is what is over the first and
            hangs together with something over the second.
        broad: as if the pen were so broad that dots and the pieces of broken strokes join.
        unruled: without the lines that are printed on the paper.
    """

    reach: float
    low: float
    high: float
    broad: bool = False
    unruled: bool = False


BINARIZATIONS = (
    (
        Binarization(0.08, 0.5, 0.5),
        Binarization(0.3, 0.5, 0.5),
        Binarization(0.3, 0.5, 0.5, unruled=True),
    ),
    (
        Binarization(0.025, 0.4, 0.6),
        Binarization(0.08, 0.25, 0.3),
        Binarization(0.3, 0.25, 0.5),
        Binarization(0.08, 0.15, 0.2),
        Binarization(0.08, 0.5, 0.5, broad=True),
        Binarization(0.3, 0.25, 0.5, broad=True),
        Binarization(0.08, 0.5, 0.5, unruled=True),
        Binarization(0.3, 0.25, 0.5, unruled=True),
    ),
)
"""How a photo is looked at, at first and if that leaves doubts."""


@dataclass(frozen=True, slots=True)
class PipelineOptions:
    """Which stages take part; all of them, but for measuring what one is good for.

    Attributes:
        even_light: divide by the paper's own light.
        either_polarity: look for light ink too where the light leaves doubts.
        ways: in how many ways a page is looked at, see `BINARIZATIONS`.
        drop_dirt: leave out parts that cannot be handwriting.
        group: join parts that make one digit.
        split: cut where digits touch.
        even_strokes: bring strokes to a width as in MNIST.
        closer: look again at more pixels if the first look leaves doubts.
        flatten: see a sheet that lies on a table from above.
        turn: try quarter turns.
        agreement: trust what several looks agree on.
    """

    even_light: bool = True
    either_polarity: bool = True
    ways: tuple[tuple[Binarization, ...], ...] = BINARIZATIONS
    drop_dirt: bool = True
    group: bool = True
    split: bool = True
    even_strokes: bool = True
    closer: bool = True
    flatten: bool = True
    turn: bool = True
    agreement: bool = True


ALL = PipelineOptions()


class Segment(NamedTuple):
    """Part of a line that is read as a whole or together with its neighbours.

    Attributes:
        parts: labels in the page's parts.
        box: around it.
        ink: (box.height, box.width), bool.
    """

    parts: tuple[int, ...]
    box: Box
    ink: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be one digit.

    Attributes:
        glyph: what the model gets to see.
        box: where it stands on the page.
        line: which line it is in.
        first, last: which of the line's pieces it is made of.
        framed: touches the frame of the picture.
        area: of its ink, in pixels.
        cuts: edges at which it was cut off from a touching neighbour, 0–2.
        edges: how much edge its ink has, and how sharp: the sum of squared steps in contrast from
            pixel to pixel.
    """

    glyph: Glyph
    box: Box
    line: int
    first: int
    last: int
    framed: bool
    area: int
    cuts: int
    edges: float


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """One way of reading a page.

    Attributes:
        plane: (h, w), uint8, contrast.
        parts: what hangs together.
        level: how strong the ink is, in levels of the plane.
        candidates: everything that may be a digit, alternatives included.
        way: how it was looked at.
        turn: quarter turns counter-clockwise that made it upright.
        dark: the ink is darker than the paper.
    """

    plane: NDArray[np.uint8]
    parts: Components
    level: float
    candidates: tuple[Candidate, ...]
    way: Binarization
    turn: int = 0
    dark: bool = True


def read_page(
    plane: NDArray[np.uint8],
    way: Binarization,
    *,
    turn: int = 0,
    dark: bool = True,
    stages: PipelineOptions = ALL,
) -> Segmentation | None:
    """Threshold, group, and cut out whatever may be a digit; None if there is no ink.

    Args:
        plane: (h, w), uint8, contrast.
        way: its thresholds, and how broad the pen is.
        turn, dark: noted on the page.
        stages: which take part.
    """
    level, floor = ink_level(plane)
    if level == 0:
        return None
    below = max(way.low * level, floor)
    if way.unruled:
        ruled, plane = plane, without_rulings(plane, below)
        if plane is ruled and not turn:  # the lines of what is turned are gone already
            return None  # as the other ways have it
        level, floor = ink_level(plane)
        if level == 0:
            return None
        below = max(way.low * level, floor)
    share = 1.0
    if way.broad:
        drawn, plane = plane, broadened(plane, below)
        if plane is drawn:
            return None  # as the other ways have it
        # Of a broad pen's ink, what the real pen left.
        share = float(threshold(drawn, below).sum() / threshold(plane, below).sum())
    parts = connected_components(
        hysteresis_threshold(plane, below, max(way.high * level, floor)), plane
    )
    kept = np.flatnonzero(parts.kept if stages.drop_dirt else parts.areas > SPECK)
    if not len(kept):
        return Segmentation(plane, parts, level, (), way, turn, dark)
    boxes = [Box(*map(int, parts.boxes[index])) for index in kept]
    groups = layout.group(boxes) if stages.group else [[k] for k in range(len(boxes))]
    hulls = [layout.union([boxes[k] for k in members]) for members in groups]
    candidates: list[Candidate] = []
    for number, line in enumerate(layout.lines(hulls)):
        pieces = [
            piece
            for k in line
            for piece in _pieces(
                parts, tuple(int(kept[m]) for m in groups[k]), hulls[k], split=stages.split
            )
        ]
        for first, last in _spans(pieces):
            chosen = pieces[first : last + 1]
            ink, box, edges = _ink(plane, parts, chosen, below)
            if box is None:
                continue
            cuts = int(first > 0 and pieces[first - 1].parts == pieces[first].parts)
            cuts += int(last + 1 < len(pieces) and pieces[last + 1].parts == pieces[last].parts)
            if cuts and box.height < LOWEST * max(piece.box.height for piece in chosen):
                continue
            framed = any(bool(parts.framed[p]) for piece in chosen for p in piece.parts)
            area = round(int((ink >= 128).sum()) * share)
            glyph = extract_glyph(ink, even_strokes=stages.even_strokes)
            candidates.append(Candidate(glyph, box, number, first, last, framed, area, cuts, edges))
    return Segmentation(plane, parts, level, tuple(candidates), way, turn, dark)


def pages(
    pixels: NDArray[np.uint8], round_: int, stages: PipelineOptions = ALL
) -> Iterator[Segmentation]:
    """The ways of reading a photo (h, w, 3) that are worth asking the classifier about."""
    found = illumination.planes(pixels, illumination.EITHER[round_])
    for grey, dark in found if stages.either_polarity else found[:1]:
        reaches = [way.reach for way in stages.ways[round_]]
        planes = illumination.normalize_illumination(grey, reaches) if stages.even_light else {}
        ruled = False
        for way in stages.ways[round_]:
            if way.unruled and not ruled:
                continue
            plane = planes[way.reach] if planes else illumination.invert(grey)
            page = read_page(plane, way, dark=dark, stages=stages)
            if page is None:
                continue
            ruled = ruled or may_be_ruled(page.parts.boxes, plane.shape)
            if page.candidates:
                yield page


def _pieces(
    parts: Components, members: tuple[int, ...], hull: Box, *, split: bool
) -> list[Segment]:
    """A group as it is, or, where it may be several digits that touch, cut at its seams."""
    region = parts.labels[hull.y : hull.y + hull.height, hull.x : hull.x + hull.width]
    ink = _made_of(region, members)
    pieces = []
    for strip in split_at(ink, find_seams(ink) if split else ()):
        x, _, width, _ = cv2.boundingRect(strip.view(np.uint8))
        box = Box(hull.x + x, hull.y, width, hull.height)
        pieces.append(Segment(members, box, strip[:, x : x + width]))
    return pieces


def _made_of(labels: NDArray[np.int32], parts: tuple[int, ...]) -> NDArray[np.bool_]:
    """Where labels (h, w) are those of some parts."""
    if len(parts) == 1:  # as nearly always, where np.isin takes forty times as long
        return np.asarray(labels == parts[0] + 1)
    return np.isin(labels, [index + 1 for index in parts])


def _spans(pieces: Sequence[Segment]) -> list[tuple[int, int]]:
    """Runs of neighbouring pieces that may be one digit: first and last index."""
    found = []
    for first in range(len(pieces)):
        whole = sum(piece.parts == pieces[first].parts for piece in pieces)  # as if uncut
        for last in range(first, min(first + max(WIDEST, whole), len(pieces))):
            box = layout.union([piece.box for piece in pieces[first : last + 1]])
            if last > first:
                a, b = pieces[last - 1].box, pieces[last].box
                gap = b.x - a.x - a.width
                same = pieces[first].parts == pieces[last].parts
                if gap > 0.2 * box.height or (box.width > 1.3 * box.height and not same):
                    break
            found.append((first, last))
    return found


def _ink(
    plane: NDArray[np.uint8], parts: Components, pieces: Sequence[Segment], below: float
) -> tuple[NDArray[np.uint8], Box | None, float]:
    """The ink of some pieces: (h, w) uint8, outline at 128; the box that it fills; its edges."""
    hull = layout.union([piece.box for piece in pieces])
    # One pixel more on each side, for the soft outer half of the outline.
    top, left = max(hull.y - 1, 0), max(hull.x - 1, 0)
    region = np.s_[top : hull.y + hull.height + 1, left : hull.x + hull.width + 1]
    labels = parts.labels[region]
    belongs = np.zeros(labels.shape, bool)
    for piece in pieces:
        x, y = piece.box.x - left, piece.box.y - top
        belongs[y : y + piece.box.height, x : x + piece.box.width] |= piece.ink
    x, y, width, height = cv2.boundingRect(belongs.view(np.uint8))
    if not width:
        return np.zeros((1, 1), np.uint8), None, 0.0
    strength = plane[region].astype(np.float32)
    full = max(quantile(strength[belongs], 0.8), below + 1)
    near = cv2.dilate(belongs.view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    near &= belongs | (labels == 0)
    # The outline is where `below` is crossed; what lies above rises to 255 within the stroke.
    ink = np.where(near, 128 + 127 * (strength - below) / (full - below), 0).clip(0, 255)
    box = Box(left + x, top + y, width, height)
    tight = np.s_[max(y - 1, 0) : y + height + 1, max(x - 1, 0) : x + width + 1]
    rises = np.diff(strength, axis=1)[near[:, 1:] & near[:, :-1]]
    falls = np.diff(strength, axis=0)[near[1:] & near[:-1]]
    return np.asarray(ink[tight], np.uint8), box, float(rises @ rises + falls @ falls)
