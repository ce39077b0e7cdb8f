"""Cuts the ink of segments out of a plane, as a glyph that the network sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model.types import Box, Glyph
from model.vision import layout
from model.vision.binarization import BinaryPlane, quantile
from model.vision.components import Components
from model.vision.glyphs import extract_glyph

MIN_SCRAP_AREA = 0.15
"""Area of a piece of what was cut off, as a share of its largest one, from which it is kept."""


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
            self._made[key] = segments, Cut(glyph, int(np.count_nonzero(ink >= 128)), edge_energy)
        return self._made[key][1]


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
    near = np.asarray(cv2.dilate(belongs.view(np.uint8), np.ones((3, 3), np.uint8)), np.uint8)
    near &= belongs | (components.labels[region] == 0)
    # The outline is where the threshold is crossed; what is over it rises to 255 in the stroke.
    rise = (np.arange(256) - binary.threshold) * 127 / (full - binary.threshold) + 128
    ink = cv2.LUT(plane, rise.clip(0, 255).astype(np.uint8)) * near
    across, down = near[:, 1:] & near[:, :-1], near[1:] & near[:-1]
    edge_energy = cv2.norm(plane[:, 1:], plane[:, :-1], cv2.NORM_L2SQR, across)
    edge_energy += cv2.norm(plane[1:], plane[:-1], cv2.NORM_L2SQR, down)
    return np.asarray(ink, np.uint8), edge_energy
