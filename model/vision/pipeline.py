"""From the pixels of a photo to segmentations: all the ways in which it may be read as digits."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.types import Box, Glyph
from model.vision import illumination
from model.vision.binarization import Binarization, BinaryPlane, binarize, close_gaps
from model.vision.components import connected_components
from model.vision.cutting import GlyphCutter
from model.vision.illumination import Polarity
from model.vision.rules.erasing import Erased, erase_rules
from model.vision.segmentation import Segmentation, find_candidates, find_lines
from model.vision.touching.splitting import GlyphJudge, split_lines


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
        closes_gaps: whether strokes are looked at with their gaps closed, too, as displays need.
        is_second_chance: whether it is made only where nothing looked like digits before. Where it
            still does not, the photo is no page of digits.
    """

    side: int
    min_energy_share: float
    binarizations: tuple[Binarization, ...]
    quarter_turns: tuple[int, ...] = (0,)
    is_sheet: bool = False
    closes_gaps: bool = False
    is_second_chance: bool = False

    @property
    def is_turned(self) -> bool:
        """Whether the picture is turned before it is looked at."""
        return self.quarter_turns != (0,)

    @property
    def is_as_it_came(self) -> bool:
        """Whether the picture is looked at as a whole, and not turned."""
        return not (self.is_turned or self.is_sheet)


USUAL_BINARIZATIONS = (
    Binarization(0.08, 0.5, 0.5),
    Binarization(0.3, 0.5, 0.5),
)
"""Enough for most photos. With the larger reach broad strokes stay whole, with the smaller one
shadows fade, which need a second chance most."""

FURTHER_BINARIZATIONS = (
    Binarization(0.025, 0.4, 0.6),
    Binarization(0.08, 0.25, 0.3),
    Binarization(0.08, 0.15, 0.2),
)
"""Tried where the usual ones leave doubts: fainter ink, and a smaller reach."""

PASSES = (
    # The larger reach first: it makes the better glyphs, and a clear digit is settled by it.
    Pass(640, 0.12, USUAL_BINARIZATIONS[::-1], closes_gaps=True),
    Pass(640, 0.02, USUAL_BINARIZATIONS, is_sheet=True, closes_gaps=True),
    Pass(640, 0.12, USUAL_BINARIZATIONS, quarter_turns=(1, 2, 3)),
    Pass(640, 0.004, USUAL_BINARIZATIONS[:1], is_second_chance=True),
    Pass(640, 0.004, FURTHER_BINARIZATIONS),
    Pass(1600, 0.12, USUAL_BINARIZATIONS),
)
"""The passes over a photo, until one leaves no doubt. It is turned, where that is promising, before
fainter ink is looked for, which takes longer. 640 pixels are enough but for small digits."""


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
        if pass_.side == PASSES[0].side and pass_.is_as_it_came and not pass_.is_second_chance
        for polarity in polarities(pixels, pass_)
        for segmentation in segment(polarity, pass_)
        for candidate in segmentation.all_candidates
    ]


def polarities(
    pixels: NDArray[np.uint8], pass_: Pass, options: PipelineOptions = ALL_STAGES
) -> list[Polarity]:
    """Return the polarities of a picture that a pass tries; the likeliest first.

    Args:
        pixels: (h, w, 3), uint8, RGB, upright.
        pass_: how unlikely a polarity may be.
        options: which stages take part.
    """
    found = illumination.grey_planes(pixels, pass_.min_energy_share)
    return found if options.both_polarities else found[:1]


def segment(
    polarity: Polarity,
    pass_: Pass,
    options: PipelineOptions = ALL_STAGES,
    until: float = math.inf,
    *,
    judge: GlyphJudge | None = None,
) -> Iterator[Segmentation]:
    """Segment a picture in all the ways of a pass; ways that find no candidate are left out.

    On even paper several ways come to the same: they yield the same object, which is made once.

    Args:
        polarity: of the picture.
        pass_: the binarizations to try.
        options: which stages take part.
        until: value of this thread's CPU clock from which no more is tried.
        judge: says what need not be cut; without it, whatever is wide enough is.
    """
    grey, dark_ink = polarity
    planes = (
        illumination.normalize_illumination(grey, [each.reach for each in pass_.binarizations])
        if options.normalize_light
        else itertools.repeat(illumination.invert(grey))
    )
    made: list[_Made] = []
    # Not strict: what is repeated never ends.
    for binarization, plane in zip(pass_.binarizations, planes, strict=False):
        for quarter_turns in pass_.quarter_turns:
            found = _find_made(made, plane, binarization, quarter_turns)
            if found is None:
                turned = np.ascontiguousarray(np.rot90(plane, quarter_turns))
                how = _How(binarization, options, until, judge, pass_.is_sheet, pass_.closes_gaps)
                found = _segment_plane(turned, how)
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
    return _segment_plane(plane, _How(binarization, options, until, judge))


class _How(NamedTuple):
    """How a plane is segmented: the arguments of `segment_plane`, and those of its `Pass`."""

    binarization: Binarization
    options: PipelineOptions
    until: float
    judge: GlyphJudge | None
    is_sheet: bool = False
    closes_gaps: bool = False

    def is_time_up(self) -> bool:
        """Judge whether it is to be given up."""
        return time.thread_time() > self.until


def _segment_plane(plane: NDArray[np.uint8], how: _How) -> Segmentation | None:
    """Segment a plane as above."""
    binary = binarize(plane, how.binarization)
    if binary is None:
        return None
    ink = Erased(binary.mask, None)
    if how.options.erase_rules:
        ink = erase_rules(binary.mask, binary.plane)
    found = _segment_ink(binary, ink.certain, how)
    if found is None:
        return None
    ways: list[Segmentation | None] = [found]
    if ink.unruled is not None:
        ways.append(_segment_ink(binary, ink.unruled, how))
    pieces = found.components
    closed = close_gaps(ink.certain, pieces.labels, pieces.boxes) if how.closes_gaps else None
    if closed is not None:
        ways.append(_segment_ink(binary, closed, how, is_closed=True))
    first, *variants = [way for way in ways if way is not None and way.candidates] or [found]
    return replace(first, variants=tuple(variants))


def _seen(found: Segmentation, *, dark_ink: bool, quarter_turns: int) -> Segmentation:
    """Note in a segmentation how the picture was looked at."""
    variants = tuple(
        replace(each, dark_ink=dark_ink, quarter_turns=quarter_turns) for each in found.variants
    )
    return replace(found, dark_ink=dark_ink, quarter_turns=quarter_turns, variants=variants)


def _segment_ink(
    whole: BinaryPlane, mask: NDArray[np.uint8], how: _How, *, is_closed: bool = False
) -> Segmentation | None:
    """Find components and lines in some of the ink, (h, w), 0 or 1, and cut out what may be digits.

    Returns:
        None as above.
    """
    binary = whole._replace(mask=mask)
    components = connected_components(
        binary.mask, binary.plane, leave_out_border=how.is_sheet or is_closed
    )
    options = how.options
    lines = find_lines(
        components, filtered=options.filter_components, grouped=options.group_components
    )
    cutter = GlyphCutter(binary, components, normalize_strokes=options.normalize_strokes)
    if options.split_touching:
        lines = split_lines(lines, cutter, how.judge)
    candidates = tuple(find_candidates(lines, cutter, how.is_time_up))
    if how.is_time_up():
        return None
    return Segmentation(
        binary.plane, whole.mask, components, candidates, how.binarization, is_closed=is_closed
    )


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
