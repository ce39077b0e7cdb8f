"""What the best hypothesis says: its digits, what stands among them, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model.recognition.calibration import digits_together, number_confidence
from model.recognition.coordinates import original_box
from model.recognition.hypotheses import Hypothesis, PlaneSign
from model.types import Box, Digit, Reading, Refusal, Sign
from model.vision import layout
from model.vision.layout.marks import Mark, neighbourhood
from model.vision.layout.unread import is_digit_sized
from model.vision.segmentation import Candidate

MIN_STRENGTH = 0.6
"""Strength of the ink of a mark, as a share of that of the digits: with one pen it is 0.95 or more,
and dust on the paper has 0.4 at most."""

MIN_STROKE_ASPECT = 1.2
"""Height of a stroke such as a slash, as a share of its width: operators are lower."""

INSIDE_NUMBERS = (".", ",")
"""Marks that stand inside a number rather than between two."""


def reading_of(best: Hypothesis, outside: Sequence[Box], refusal_threshold: float) -> Reading:
    """Return those candidates of a hypothesis that are digits, and what stands among them.

    Args:
        best: a hypothesis.
        outside: where digits stand of which it says nothing.
        refusal_threshold: the digit score below which a candidate is not a digit.

    Returns:
        a refusal if none is a digit.
    """
    digits: list[Digit] = []
    lines: dict[int, list[Box]] = {}
    doubtful: list[Candidate] = []
    for candidate, probabilities, score in zip(best.path.candidates, *best.evidence, strict=True):
        if score >= refusal_threshold:
            box = _original(candidate.box, best)
            digits.append(Digit(candidate.glyph, probabilities, box, candidate.line))
            lines.setdefault(candidate.line, []).append(candidate.box)
        else:
            doubtful.append(candidate)
    if not digits:
        return Reading((), Refusal.UNSURE)
    others = _uncovered(best)
    signs = {sign.box for sign in best.signs}
    unplaced = [box for box in others if not any(_is_inside(box, sign) for sign in signs)]
    strokes = [sign for sign in best.signs if _may_be_one(sign, lines.get(sign.line, []))]
    unread = [each.box for each in doubtful if _is_digit_sized(each, lines)]
    unread += [sign.box for sign in strokes if _is_digit_sized(sign, lines)]
    unread += outside
    unread += [box for boxes in lines.values() for box in layout.find_unread(boxes, unplaced)]
    reading = Reading(
        tuple(digits),
        signs=tuple(
            Sign(mark.text, line, mark.digits_before, _original(mark.box, best))
            for line, boxes in lines.items()
            for mark in _marks(best, line, boxes, others)
        ),
        unread=tuple(_original(box, best) for box in dict.fromkeys(unread)),
    )
    return _with_confidence(reading, best, refusal_threshold)


def _with_confidence(reading: Reading, best: Hypothesis, refusal_threshold: float) -> Reading:
    """Say how probable it is that the digits of a hypothesis are right as a whole.

    A single digit has the confidence that the network gives it, where nothing else is seen.
    """
    probabilities, scores = best.evidence
    is_digit = scores >= refusal_threshold
    together = digits_together(scores[is_digit], probabilities[is_digit])
    is_part_unread = bool(reading.unread) or not is_digit.all()
    if len(reading.digits) == 1 and not is_part_unread:
        confidence = reading.digits[0].confidence
    else:
        confidence = float(number_confidence(together, is_part_unread))
    return replace(reading, confidence=confidence, together=together, is_part_unread=is_part_unread)


def _original(box: Box, best: Hypothesis) -> Box:
    """Return where a box of a hypothesis stands in the photo as it was sent."""
    return original_box(box, best.segmentation, best.picture)


def _is_inside(box: Box, outer: Box) -> bool:
    """Judge whether a box lies within another one."""
    return layout.union([box, outer]) == outer


def _is_digit_sized(candidate: Candidate | PlaneSign, lines: dict[int, list[Box]]) -> bool:
    """Judge whether a candidate that could not be read is as large as the digits of its line."""
    digits = lines.get(candidate.line)
    if not digits:
        return False
    beside = neighbourhood(digits, candidate.box.x + candidate.box.width / 2)
    return is_digit_sized(candidate.box, beside)


def _may_be_one(sign: PlaneSign, digits: list[Box]) -> bool:
    """Judge whether a sign without a text may be a 1: a stroke before or after all digits."""
    at_an_end = all(sign.box.x < box.x for box in digits) or all(
        sign.box.x > box.x for box in digits
    )
    return at_an_end and not sign.text and sign.box.height > MIN_STROKE_ASPECT * sign.box.width


def _marks(best: Hypothesis, line: int, digits: list[Box], others: list[Box]) -> list[Mark]:
    """Return the unmistakable marks and signs of a line, from left to right.

    Where an operator is left out that has no text, what was written is not whole, so that only
    points and commas belong to a number.
    """
    signs = [sign for sign in best.signs if sign.line == line]
    found = [Mark(sign.text, sign.box, sum(box.x < sign.box.x for box in digits)) for sign in signs]
    marks = list(layout.find_marks(digits, others))
    found += marks
    if any(not mark.text and not _is_one_of(mark.box, marks) for mark in found):
        found = [mark for mark in found if mark.text in INSIDE_NUMBERS]
    return sorted((mark for mark in found if mark.text), key=lambda mark: mark.box.x)


def _is_one_of(box: Box, marks: list[Mark]) -> bool:
    """Judge whether a sign without a text was found to be a mark."""
    return any(mark.box == box for mark in marks)


def _uncovered(best: Hypothesis) -> list[Box]:
    """Return the components of which nothing that was read is made, in pixels of the plane.

    What is much fainter than the digits is left out: dust, and the grain of paper.
    """
    components = best.segmentation.components
    boxes = components.boxes.astype(np.int64)
    middle = boxes[:, :2] + boxes[:, 2:] // 2
    covered = np.zeros(len(boxes), np.bool_)
    for candidate in best.path.candidates:
        x, y, width, height = candidate.box
        covered |= ((middle >= (x, y)) & (middle < (x + width, y + height))).all(axis=1)
    if not covered.any():
        return []
    strengths = components.strengths
    usual = np.average(strengths[covered], weights=components.areas[covered])
    free = ~covered & (strengths >= MIN_STRENGTH * usual)
    return [Box(*box) for box in boxes[free].tolist()]
