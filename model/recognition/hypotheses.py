"""Hypotheses: ways in which one photo may be read, with what the classifier makes of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.recognition.classifier import Evidence, GlyphClassifier
from model.recognition.decoding.decode import DecodedPhoto
from model.types import Box
from model.vision import layout
from model.vision.best_path import MIN_SURE_CONFIDENCE, Path, best_path
from model.vision.layout.signs import ONE, SEVEN
from model.vision.segmentation import Segmentation
from model.vision.surroundings.background import background_difference

IS_DIGIT_POWER = 3.0
"""Power of the probability that a sign is a digit: what may be no digit is not answered."""

WHICH_DIGIT_POWER = 0.5
"""Power of the probability of the likeliest digit: what may be a 4 or a 9 is answered, and the
chart shows both."""

MIN_SEVEN = 0.1
"""Probability of a 7 from which what looks like a 1 with an upstroke may be one."""

MIN_BACKGROUND_DIFFERENCE = 0.5
"""Difference of the background beside strokes up to which they lie on paper. One photo of a digit
in 30 is over it, one in 200 over 0.6."""

MAX_BACKGROUND_DIFFERENCE = 1.0
"""Difference from which strokes are surely the edges of objects."""

MIN_EDGE_LIKENESS = 0.5
"""Likeness of strokes to the edges of objects from which a hypothesis shows objects."""


class PlaneSign(NamedTuple):
    """A sign in the plane of a segmentation.

    Attributes:
        text: one character, as it is typed; "" where it may be mistaken.
        line: number of its line.
        box: where it stands.
    """

    text: str
    line: int
    box: Box


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """One way to read a photo.

    Attributes:
        picture: the pixels that were segmented.
        path: the candidates that are likeliest together, at least one.
        evidence: of those candidates, in the same order.
        text: those of them that are digits, in reading order.
        signs: what stands among them and is surely no digit. The path leaves it out, and letters
            before or after a number.
        unexplained: score of these letters, 0 or less: something may have made them of digits.
    """

    picture: DecodedPhoto
    path: Path
    evidence: Evidence
    text: str
    signs: tuple[PlaneSign, ...] = ()
    unexplained: float = 0.0

    @property
    def score(self) -> float:
        """How much ink this reading explains as digits, less what it leaves unexplained."""
        return self.path.score + self.unexplained

    @property
    def segmentation(self) -> Segmentation:
        """The segmentation that the path leads through."""
        return self.path.segmentation

    @property
    def confidence(self) -> float:
        """How sure its signs are digits, and which, 0–1; the larger count for more."""
        which_digit = self.evidence.probabilities.max(axis=1)
        sure = self.evidence.digit_score**IS_DIGIT_POWER * which_digit**WHICH_DIGIT_POWER
        return float(np.average(sure, weights=self.path.areas))

    @cached_property
    def edge_likeness(self) -> float:
        """How much like the edges of objects its strokes are, 0–1."""
        ink = self.segmentation.mask.view(np.bool_)
        pixels = np.ascontiguousarray(
            np.rot90(self.picture.pixels, self.segmentation.quarter_turns)
        )
        boxes = [candidate.box for candidate in self.path.candidates]
        limits = MIN_BACKGROUND_DIFFERENCE, MAX_BACKGROUND_DIFFERENCE
        return float(np.interp(background_difference(pixels, ink, boxes), limits, (0, 1)))

    @property
    def shows_objects(self) -> bool:
        """Whether its strokes are rather the edges of objects than ink on paper."""
        return self.edge_likeness >= MIN_EDGE_LIKENESS


def classify_segmentations(
    picture: DecodedPhoto,
    segmentations: Sequence[Segmentation],
    classifier: GlyphClassifier,
    refusal_threshold: float,
) -> list[Hypothesis]:
    """Read segmentations of one picture, all of whose glyphs are classified at once.

    A segmentation of which no candidate is chosen says nothing, and is left out. One that is given
    twice is read once, and comes twice.

    Args:
        picture: that was segmented.
        segmentations: each with at least one candidate.
        classifier: what tells glyphs apart.
        refusal_threshold: digit score below which a glyph is not a digit.
    """
    if not segmentations:
        return []
    distinct = {id(each): each for each in segmentations}
    ways = [way for each in distinct.values() for way in (each, *each.variants)]
    found = [each for each in ways if each.candidates]
    evidence = classifier.classify(
        np.stack([candidate.glyph for each in found for candidate in each.candidates])
    )
    hypotheses = {
        id(segmentation): _hypothesis(picture, segmentation, part, refusal_threshold)
        for segmentation, part in zip(found, _split(evidence, found), strict=True)
    }
    ordered = []
    for segmentation in segmentations:
        # What looks like a rule may be a stroke of a digit: the best reading counts.
        read = [hypotheses.get(id(each)) for each in (segmentation, *segmentation.variants)]
        chosen = [each for each in read if each is not None and _counts(each)]
        if chosen:
            ordered.append(max(chosen, key=lambda each: each.score))
    return ordered


def _counts(hypothesis: Hypothesis) -> bool:
    """Judge whether a hypothesis says something; where gaps were closed, only a number does."""
    is_closed = hypothesis.segmentation.is_closed
    return bool(hypothesis.path.chosen) and (not is_closed or len(hypothesis.text) > 1)


def digits_outside(sheet: Hypothesis, hypotheses: Sequence[Hypothesis]) -> list[Box]:
    """Find digits in the whole picture that were cut off with what is around a sheet.

    Args:
        sheet: a hypothesis about a sheet that was cut out, or about a whole picture.
        hypotheses: all about the same photo.

    Returns:
        where they stand in the sheet's plane, beyond its border; none for a whole picture.
    """
    if sheet.picture.whole is None:
        return []
    ink, view = sheet.segmentation.dark_ink, sheet.segmentation.plane.shape
    usual = float(np.median([candidate.box.height for candidate in sheet.path.candidates]))
    found = []
    for each in hypotheses:
        other = each.segmentation
        if each.picture.whole is not None or other.quarter_turns or other.dark_ink is not ink:
            continue
        for candidate, confidence in zip(each.path.candidates, each.path.confidences, strict=True):
            x, y, width, height = candidate.box
            box = Box(x - sheet.picture.left, y - sheet.picture.top, width, height)
            if confidence >= MIN_SURE_CONFIDENCE and layout.stands_outside(box, view, usual):
                found.append(box)
    return found


def _split(evidence: Evidence, segmentations: Sequence[Segmentation]) -> Iterator[Evidence]:
    """Yield the evidence of each segmentation's candidates."""
    start = 0
    for segmentation in segmentations:
        end = start + len(segmentation.candidates)
        yield Evidence(evidence.probabilities[start:end], evidence.digit_score[start:end])
        start = end


def _hypothesis(
    picture: DecodedPhoto, segmentation: Segmentation, evidence: Evidence, refusal_threshold: float
) -> Hypothesis:
    confidences = evidence.digit_score * evidence.probabilities.max(axis=1)
    likeliest = evidence.probabilities.argmax(axis=1)
    path = best_path(segmentation, confidences.astype(np.float64), likeliest, picture.scale)
    chosen = list(path.chosen)
    probabilities, scores = evidence.probabilities[chosen], evidence.digit_score[chosen]
    ink, areas = segmentation.components.boxes.astype(np.int64), segmentation.components.areas
    is_no_digit = [
        layout.has_point(each.box, ink) or layout.encloses_more(each.box, each.area, ink, areas)
        for each in path.candidates
    ]
    scores = np.where(is_no_digit, np.float32(0), scores)
    probabilities = _by_the_same_writer(path, probabilities)
    labels, is_digit = probabilities.argmax(axis=1), scores >= refusal_threshold
    signs = _signs(path, labels, is_digit)
    others = [k for k in range(len(chosen)) if k not in signs]
    kept = _without_letters(path, labels, is_digit, others)
    text = "".join(str(labels[k]) for k in kept if is_digit[k])
    letters = path.part([k for k in others if k not in kept])
    return Hypothesis(
        picture,
        path.part(kept),
        Evidence(probabilities[kept], scores[kept]),
        text,
        tuple(signs.values()),
        min(letters.score, 0.0),
    )


def _by_the_same_writer(path: Path, probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take what may be a 1 or a 7 for a 7 where the same writer's 1 is a stroke and no more.

    Args:
        path: through one hypothesis.
        probabilities: (n, 10), of its candidates.

    Returns:
        (n, 10), float32, rows sum to 1.
    """
    labels = probabilities.argmax(axis=1)
    is_stroke = np.array(
        [
            bool(label == ONE and layout.stroke_of(candidate.glyph))
            for label, candidate in zip(labels, path.candidates, strict=True)
        ]
    )
    if not (is_stroke & (path.confidences >= MIN_SURE_CONFIDENCE)).any():
        return probabilities
    doubtful = (labels == ONE) & (probabilities[:, SEVEN] >= MIN_SEVEN)
    probabilities = probabilities.copy()
    probabilities[np.ix_(doubtful, [ONE, SEVEN])] = probabilities[np.ix_(doubtful, [SEVEN, ONE])]
    return probabilities


def _signs(
    path: Path, labels: NDArray[np.intp], is_digit: NDArray[np.bool_]
) -> dict[int, PlaneSign]:
    """Find which candidates of a path are signs, by their positions."""
    found: dict[int, PlaneSign] = {}
    lines = np.array([candidate.line for candidate in path.candidates])
    for line in np.unique(lines).tolist():
        members = np.flatnonzero(lines == line)
        boxes = [path.candidates[k].box for k in members]
        glyphs = [path.candidates[k].glyph for k in members]
        for k, text in layout.find_signs(boxes, glyphs, labels[members], is_digit[members]).items():
            found[int(members[k])] = PlaneSign(text, line, boxes[k])
    return found


def _without_letters(
    path: Path, labels: NDArray[np.intp], is_digit: NDArray[np.bool_], kept: list[int]
) -> list[int]:
    """Return positions in a path without those of letters before or after a number."""
    lines = np.array([path.candidates[k].line for k in kept])
    letters: set[int] = set()
    for line in np.unique(lines).tolist():
        members = [k for k in kept if path.candidates[k].line == line]
        boxes = [path.candidates[k].box for k in members]
        found = layout.find_letters(boxes, labels[members], is_digit[members])
        letters |= {members[k] for k in found}
    return [k for k in kept if k not in letters]
