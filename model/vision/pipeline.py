"""From the pixels of a photo to segmentations: all the ways in which it may be read as digits."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.types import Box, Glyph
from model.vision import illumination
from model.vision.binarization import Binarization, BinaryPlane, binarize
from model.vision.components import connected_components
from model.vision.rules import Erased, erase_rules
from model.vision.segmentation import Segmentation, find_candidates, find_lines
from model.vision.touching.splitting import GlyphJudge, Page, split_lines


class Pass(NamedTuple):
    """One pass over a photo: how large it is, and how ink is told from paper.

    Attributes:
        side: pixels of the longer side that the photo is reduced to.
        min_energy_share: energy of the unlikelier polarity, as a share of the likelier one's, from
            which it is tried too. In drawings and on even paper the wrong one has less than 0.05;
            in half-shaded photos up to five times as much as the right one, and on a sheet on a
            dark table, or in the vignette of a flash, a hundred times.
        binarizations: ways to tell ink from paper.
        quarter_turns: counter-clockwise, that the picture is turned by before it is segmented.
        is_sheet: whether only the sheet or display in the photo is looked at, where there is one.
        is_second_chance: whether it is made only where nothing looked like digits before. Where it
            still does not, the photo is no page of digits.
    """

    side: int
    min_energy_share: float
    binarizations: tuple[Binarization, ...]
    quarter_turns: tuple[int, ...] = (0,)
    is_sheet: bool = False
    is_second_chance: bool = False

    @property
    def is_turned(self) -> bool:
        """Whether the picture is not looked at as it came."""
        return self.quarter_turns != (0,)


USUAL_BINARIZATIONS = (
    Binarization(0.08, 0.5, 0.5),
    Binarization(0.3, 0.5, 0.5),
)
"""Enough for most photos."""

FURTHER_BINARIZATIONS = (
    Binarization(0.025, 0.4, 0.6),
    Binarization(0.08, 0.25, 0.3),
    Binarization(0.3, 0.25, 0.5),
    Binarization(0.08, 0.15, 0.2),
)
"""Tried where the usual ones leave doubts: fainter ink, and smaller reaches."""

PASSES = (
    Pass(640, 0.12, USUAL_BINARIZATIONS),
    Pass(640, 0.02, USUAL_BINARIZATIONS, is_sheet=True),
    Pass(640, 0.12, USUAL_BINARIZATIONS, quarter_turns=(1, 2, 3)),
    Pass(640, 0.004, USUAL_BINARIZATIONS[:1], is_second_chance=True),
    Pass(640, 0.004, FURTHER_BINARIZATIONS),
    Pass(1600, 0.12, USUAL_BINARIZATIONS),
    Pass(1600, 0.004, FURTHER_BINARIZATIONS),
)
"""The passes over a photo, until one leaves no doubt. 640 pixels are enough for most photos; it is
turned, where that is promising, before fainter ink is looked for, which takes longer."""


@dataclass(frozen=True, slots=True)
class PipelineOptions:
    """Which stages of reading take part: all of them, unless one is left out to measure its worth.

    Attributes:
        passes: over a photo, see `PASSES`.
        normalize_light: divide by the paper's own light.
        both_polarities: try light ink too where the light leaves doubts.
        filter_components: leave out components that cannot be handwriting.
        group_components: join components that make one digit.
        split_touching: cut where digits may touch.
        erase_rules: look at the ink without boxes, tables and underlining, too.
        normalize_strokes: bring strokes to a width as in MNIST.
    """

    passes: tuple[Pass, ...] = PASSES
    normalize_light: bool = True
    both_polarities: bool = True
    filter_components: bool = True
    group_components: bool = True
    split_touching: bool = True
    erase_rules: bool = True
    normalize_strokes: bool = True


ALL_STAGES = PipelineOptions()
"""Nothing left out."""


class CutGlyph(NamedTuple):
    """A glyph and where it was cut out.

    Attributes:
        glyph: (28, 28), uint8, 0 paper … 255 ink.
        box: in pixels of the picture that it was cut out of.
    """

    glyph: Glyph
    box: Box


def find_glyphs(pixels: NDArray[np.uint8]) -> list[CutGlyph]:
    """Cut out everything that any binarization takes for a possible digit, right or wrong.

    It is what a model must learn to tell apart.

    Args:
        pixels: (h, w, 3), uint8, RGB, upright.
    """
    return [
        CutGlyph(candidate.glyph, candidate.box)
        for pass_ in PASSES
        if pass_.side == PASSES[0].side
        and not (pass_.is_turned or pass_.is_sheet or pass_.is_second_chance)
        for segmentation in segment(pixels, pass_)
        for candidate in segmentation.all_candidates
    ]


def segment(  # noqa: PLR0913 - the last two by name
    pixels: NDArray[np.uint8],
    pass_: Pass,
    options: PipelineOptions = ALL_STAGES,
    until: float = math.inf,
    *,
    inks: Sequence[bool] = (True, False),
    judge: GlyphJudge | None = None,
) -> Iterator[Segmentation]:
    """Segment a picture in all the ways of a pass; ways that find no candidate are left out.

    On even paper several ways come to the same: they yield the same object, which is made once.

    Args:
        pixels: (h, w, 3), uint8, RGB, upright.
        pass_: the binarizations to try.
        options: which stages take part.
        until: value of this thread's CPU clock from which no more is tried.
        inks: whether the ink may be darker than the paper (True), lighter (False), or both.
        judge: says what need not be cut; without it, whatever is wide enough is.
    """
    polarities = illumination.grey_planes(pixels, pass_.min_energy_share)
    for grey, dark_ink in polarities if options.both_polarities else polarities[:1]:
        if dark_ink not in inks:
            continue
        reaches = [binarization.reach for binarization in pass_.binarizations]
        planes = (
            illumination.normalize_illumination(grey, reaches)
            if options.normalize_light
            else dict.fromkeys(reaches, illumination.invert(grey))
        )
        made: list[_Made] = []
        for binarization in pass_.binarizations:
            for quarter_turns in pass_.quarter_turns:
                plane = planes[binarization.reach]
                found = _find_made(made, plane, binarization, quarter_turns)
                if found is None:
                    turned = np.ascontiguousarray(np.rot90(plane, quarter_turns))
                    found = segment_plane(turned, binarization, options, until, judge)
                    if found is not None:
                        found = _seen(found, dark_ink=dark_ink, quarter_turns=quarter_turns)
                        made.append(_Made(plane, binarization, quarter_turns, found))
                if found is not None and found.candidates:
                    yield found
                if time.thread_time() > until:
                    return


def segment_plane(
    plane: NDArray[np.uint8],
    binarization: Binarization,
    options: PipelineOptions = ALL_STAGES,
    until: float = math.inf,
    judge: GlyphJudge | None = None,
) -> Segmentation | None:
    """Tell ink from paper, find components and lines, and cut out whatever may be a digit.

    Args:
        plane: (h, w), uint8, contrast, 0 paper … 255 ink.
        binarization: how to tell ink from paper.
        options: which stages take part.
        until: value of this thread's CPU clock from which it is given up.
        judge: says what need not be cut; without it, whatever is wide enough is.

    Returns:
        None if there is no ink, or so much that time was up: half a page would be misread.
    """
    binary = binarize(plane, binarization)
    if binary is None:
        return None
    ink = erase_rules(binary.mask) if options.erase_rules else Erased(binary.mask, None)
    how = _How(binarization, options, until, judge)
    found = _segment_ink(binary, ink.certain, how)
    if found is None or ink.unruled is None:
        return found
    unruled = _segment_ink(binary, ink.unruled, how)
    return replace(found, unruled=unruled) if found.candidates else unruled


def _seen(found: Segmentation, *, dark_ink: bool, quarter_turns: int) -> Segmentation:
    """Note in a segmentation how the picture was looked at."""
    unruled = found.unruled
    if unruled is not None:
        unruled = replace(unruled, dark_ink=dark_ink, quarter_turns=quarter_turns)
    return replace(found, dark_ink=dark_ink, quarter_turns=quarter_turns, unruled=unruled)


class _How(NamedTuple):
    """How a plane is segmented: the arguments of `segment_plane`."""

    binarization: Binarization
    options: PipelineOptions
    until: float
    judge: GlyphJudge | None


def _segment_ink(whole: BinaryPlane, mask: NDArray[np.uint8], how: _How) -> Segmentation | None:
    """Find components and lines in some of the ink, (h, w), 0 or 1, and cut out what may be digits.

    Returns:
        None as above.
    """
    binary = whole._replace(mask=mask)
    components = connected_components(binary.mask, binary.plane)
    options = how.options
    lines = find_lines(
        components, filtered=options.filter_components, grouped=options.group_components
    )
    if options.split_touching:
        page = Page(binary, components, options.normalize_strokes)
        lines = split_lines(lines, page, how.judge)
    candidates = []
    for candidate in find_candidates(
        binary, components, lines, normalize_strokes=options.normalize_strokes
    ):
        candidates.append(candidate)
        if time.thread_time() > how.until:
            return None
    return Segmentation(binary.plane, whole.mask, components, tuple(candidates), how.binarization)


class _Made(NamedTuple):
    """A segmentation and what it was made of."""

    plane: NDArray[np.uint8]
    binarization: Binarization
    quarter_turns: int
    segmentation: Segmentation


def _find_made(
    made: Sequence[_Made], plane: NDArray[np.uint8], binarization: Binarization, quarter_turns: int
) -> Segmentation | None:
    """Return the segmentation that was made of the same plane with the same thresholds."""
    for other in made:
        if (
            other.quarter_turns == quarter_turns
            and other.binarization[1:] == binarization[1:]
            and np.array_equal(other.plane, plane)
        ):
            return other.segmentation
    return None
