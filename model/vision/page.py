"""One way of reading a page: every candidate for a digit, cut out, in lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model.reading import Box, Glyph
from model.vision import layout, light
from model.vision.cut import cut
from model.vision.ink import ink_level, mask
from model.vision.strokes import Parts, find_parts

WIDEST = 4
"""Pieces of a line that may at most be read as one digit."""


class Piece(NamedTuple):
    """Part of a line that is read as a whole or together with its neighbours.

    Attributes:
        parts: labels in the page's parts.
        box: around it; ink outside does not belong to it.
    """

    parts: tuple[int, ...]
    box: Box


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
    """

    glyph: Glyph
    box: Box
    line: int
    first: int
    last: int
    framed: bool
    area: int
    cuts: int


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One way of reading a page.

    Attributes:
        plane: (h, w), uint8, contrast.
        parts: what hangs together.
        level: how strong the ink is, in levels of the plane.
        candidates: everything that may be a digit, alternatives included.
        thresholds: the shares of the ink's strength that told ink from paper.
        turn: quarter turns counter-clockwise that made it upright.
        dark: the ink is darker than the paper.
    """

    plane: NDArray[np.uint8]
    parts: Parts
    level: float
    candidates: tuple[Candidate, ...]
    thresholds: tuple[float, float]
    turn: int = 0
    dark: bool = True


def read_page(
    plane: NDArray[np.uint8],
    low: float,
    high: float,
    *,
    turn: int = 0,
    dark: bool = True,
) -> Page | None:
    """Threshold, group, and cut out whatever may be a digit; None if there is no ink.

    Args:
        plane: (h, w), uint8, contrast.
        low, high: shares of the ink's strength: ink is what is over `low` and hangs together
            with something over `high`.
    """
    level, floor = ink_level(plane)
    if level == 0:
        return None
    below = max(low * level, floor)
    parts = find_parts(mask(plane, below, max(high * level, floor)), plane)
    kept = np.flatnonzero(parts.kept)
    if not len(kept):
        return None
    boxes = [Box(*map(int, parts.boxes[index])) for index in kept]
    groups = layout.group(boxes)
    hulls = [layout.union([boxes[k] for k in members]) for members in groups]
    candidates: list[Candidate] = []
    for number, line in enumerate(layout.lines(hulls)):
        pieces = [
            piece
            for k in line
            for piece in _pieces(parts, tuple(int(kept[m]) for m in groups[k]), hulls[k])
        ]
        for first, last in _spans(pieces):
            chosen = pieces[first : last + 1]
            ink, box = _ink(plane, parts, chosen, below)
            if box is None:
                continue
            framed = any(bool(parts.framed[p]) for piece in chosen for p in piece.parts)
            area = int((ink >= 128).sum())
            cuts = int(first > 0 and pieces[first - 1].parts == pieces[first].parts)
            cuts += int(last + 1 < len(pieces) and pieces[last + 1].parts == pieces[last].parts)
            candidates.append(Candidate(cut(ink), box, number, first, last, framed, area, cuts))
    return Page(plane, parts, level, tuple(candidates), (low, high), turn, dark)


WAYS = (
    ((0.08, 0.5, 0.5), (0.3, 0.5, 0.5)),
    (
        (0.025, 0.4, 0.6),
        (0.08, 0.25, 0.3),
        (0.3, 0.25, 0.5),
        (0.08, 0.15, 0.2),
    ),
)
"""How a photo is looked at, at first and if that leaves doubts: the reach within which the paper
is looked for (see `light.contrast`), the low and high threshold (see `read_page`)."""


def pages(pixels: NDArray[np.uint8], round_: int) -> Iterator[Page]:
    """The ways of reading a photo that are worth asking the classifier about."""
    for grey, dark in light.planes(pixels):
        for reach, low, high in WAYS[round_]:
            page = read_page(light.contrast(grey, reach), low, high, dark=dark)
            if page is not None and page.candidates:
                yield page


def _pieces(parts: Parts, members: tuple[int, ...], hull: Box) -> list[Piece]:
    """A group as it is, or, where it may be several digits that touch, cut at its seams."""
    region = parts.labels[hull.y : hull.y + hull.height, hull.x : hull.x + hull.width]
    inked = np.isin(region, [index + 1 for index in members])
    edges = [0, *layout.seams(inked), hull.width]
    return [
        Piece(members, Box(hull.x + left, hull.y, right - left, hull.height))
        for left, right in pairwise(edges)
    ]


def _spans(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """Runs of neighbouring pieces that may be one digit: first and last index."""
    found = []
    for first in range(len(pieces)):
        for last in range(first, min(first + WIDEST, len(pieces))):
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
    plane: NDArray[np.uint8], parts: Parts, pieces: Sequence[Piece], below: float
) -> tuple[NDArray[np.uint8], Box | None]:
    """The ink of some pieces, (h, w) uint8, outline at 128, and the box that it fills."""
    hull = layout.union([piece.box for piece in pieces])
    # One pixel more on each side, for the soft outer half of the outline.
    top, left = max(hull.y - 1, 0), max(hull.x - 1, 0)
    region = np.s_[top : hull.y + hull.height + 1, left : hull.x + hull.width + 1]
    labels = parts.labels[region]
    belongs = np.zeros(labels.shape, bool)
    for piece in pieces:
        start = piece.box.x - left
        columns = np.s_[:, start : start + piece.box.width]
        belongs[columns] |= np.isin(labels[columns], [index + 1 for index in piece.parts])
    x, y, width, height = cv2.boundingRect(belongs.view(np.uint8))
    if not width:
        return np.zeros((1, 1), np.uint8), None
    strength = plane[region].astype(np.float32)
    full = max(float(np.percentile(strength[belongs], 80)), below + 1)
    near = cv2.dilate(belongs.view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    near &= belongs | (labels == 0)
    # The outline is where `below` is crossed; what lies above rises to 255 within the stroke.
    ink = np.where(near, 128 + 127 * (strength - below) / (full - below), 0).clip(0, 255)
    box = Box(left + x, top + y, width, height)
    tight = np.s_[max(y - 1, 0) : y + height + 1, max(x - 1, 0) : x + width + 1]
    return np.asarray(ink[tight], np.uint8), box
