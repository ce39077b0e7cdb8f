"""The bytes of a photo in, a `Reading` out: decode, segment, classify, select, answer or refuse."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.artifact import DEFAULT_MODEL, ModelFolder
from model.recognition.calibration import digits_together, number_confidence
from model.recognition.classifier import Classifier
from model.recognition.coordinates import may_lie_on_its_side, original_box
from model.recognition.decoding.decode import DecodedPhoto, decode
from model.recognition.hypotheses import (
    GlyphClassifier,
    Hypothesis,
    PlaneSign,
    classify_segmentations,
    digits_outside,
)
from model.recognition.refusal import refusal_of, refusal_of_blank
from model.recognition.selection import (
    closer_look_shows_more,
    hopeless,
    may_tell_the_way_up,
    promising_inks,
    promising_turn,
    select,
    settled,
)
from model.types import Box, Digit, Reading, Refusal, Sign
from model.vision import layout
from model.vision.layout.marks import Mark, neighbourhood
from model.vision.layout.unread import is_digit_sized
from model.vision.pipeline import ALL_STAGES, Pass, PipelineOptions, segment
from model.vision.segmentation import Candidate, Segmentation
from model.vision.surroundings.sheet import find_sheet

MAX_SECONDS = 0.5
"""CPU time, beside decoding, after which no more is tried and the best hypothesis so far counts. A
photo of one digit takes a thirtieth of it."""

MIN_STRENGTH = 0.6
"""Strength of the ink of a mark, as a share of that of the digits: with one pen it is 0.95 or more,
and dust on the paper has 0.4 at most."""

MIN_STROKE_ASPECT = 1.2
"""Height of a stroke such as a slash, as a share of its width: operators are lower."""

INSIDE_NUMBERS = (".", ",")
"""Marks that stand inside a number rather than between two."""


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """A reading and all that led to it.

    Attributes:
        picture: the pixels that the reading rests on.
        hypotheses: every way to read it that was tried; empty if there is no ink, or too much.
        best: the one that counts; None if there is none.
        reading: what comes of it.
    """

    picture: DecodedPhoto
    hypotheses: tuple[Hypothesis, ...]
    best: Hypothesis | None
    reading: Reading


class Recognizer:
    """Reads photos with one model; safe to use from several threads.

    Attributes:
        classifier: what tells glyphs apart.
        version: names the model version.
        refusal_threshold: the digit score below which a glyph is not a digit.
        options: which stages of reading take part.
        max_seconds: CPU time for one photo, see `MAX_SECONDS`.
    """

    def __init__(
        self,
        classifier: GlyphClassifier,
        version: str,
        refusal_threshold: float,
        options: PipelineOptions = ALL_STAGES,
        *,
        max_seconds: float = MAX_SECONDS,
    ) -> None:
        self.classifier = classifier
        self.version = version
        self.refusal_threshold = refusal_threshold
        self.options = options
        self.max_seconds = max_seconds

    @classmethod
    def load(cls, path: Path = DEFAULT_MODEL) -> Recognizer:
        """Open a model folder.

        Raises:
            ModelError: if it is missing, not whole, or was made for other preprocessing.
        """
        folder = ModelFolder.open(path)
        return cls(
            Classifier.load(folder), folder.manifest.version, folder.manifest.refusal_threshold
        )

    def read(self, photo: bytes) -> Reading:
        """Read the digits in an image file.

        Raises:
            PhotoError: if the bytes are not an image that can be read.
        """
        return self.examine(photo).reading

    def examine(self, photo: bytes, on_step: Callable[[], None] = lambda: None) -> Examination:
        """Read the digits in an image file, and keep every hypothesis that was tried.

        Args:
            photo: an image file.
            on_step: is called after each step of the search, of about 0.1 s of CPU time where it
                takes long. While it waits, other photos go first.

        Raises:
            PhotoError: if the bytes are not an image that can be read.
        """
        seconds_left = self.max_seconds
        hypotheses: list[Hypothesis] = []
        first_look: tuple[Hypothesis, ...] = ()
        for pass_, picture in self._passes(photo, hypotheses):
            start = time.thread_time()
            turns = self._turns(hypotheses, pass_, picture)
            as_it_came = not (pass_.is_turned or pass_.is_sheet)
            is_hopeless = as_it_came and hopeless(hypotheses)
            if is_hopeless and not pass_.is_second_chance:
                break
            if not turns or (pass_.is_second_chance and not is_hopeless):
                continue
            if pass_.is_sheet and hypotheses and select(hypotheses)[1]:
                continue
            planned = pass_._replace(quarter_turns=turns)
            inks = promising_inks(hypotheses) if as_it_came else (True, False)
            until = start + seconds_left
            found = []
            for segmentation in segment(
                picture.pixels, planned, self.options, until, inks=inks, judge=self._judge
            ):
                found.append(segmentation)
                on_step()
            hypotheses += self._classify(picture, found)
            first_look = first_look or tuple(hypotheses)
            seconds_left -= time.thread_time() - start
            if settled(hypotheses) or seconds_left <= 0:
                break
        if not hypotheses:
            refusal = Refusal.TOO_BUSY if seconds_left <= 0 else refusal_of_blank(picture)
            return Examination(picture, (), None, Reading((), refusal))
        return self._answer(hypotheses, first_look)

    def _judge(self, glyphs: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return how sure glyphs are digits, and which: (n,), 0–1."""
        probabilities, scores = self.classifier.classify(glyphs)
        return np.asarray(scores * probabilities.max(axis=1), np.float64)

    def _passes(
        self, photo: bytes, hypotheses: Sequence[Hypothesis]
    ) -> Iterator[tuple[Pass, DecodedPhoto]]:
        """Yield each pass over a photo and the pixels that it takes, closer where that shows more.

        Args:
            photo: an image file.
            hypotheses: all so far, to which each pass adds its own.
        """
        for side, passes in groupby(self.options.passes, lambda pass_: pass_.side):
            if not closer_look_shows_more(hypotheses):
                return
            picture = decode(photo, side)
            for pass_ in passes:
                seen = _sheet_of(picture) if pass_.is_sheet else picture
                if seen is not None:
                    yield pass_, seen
            if picture.scale == 1:  # a larger side would show no more
                return

    def _turns(
        self, hypotheses: Sequence[Hypothesis], pass_: Pass, picture: DecodedPhoto
    ) -> tuple[int, ...]:
        """Return the quarter turns that are worth trying in a pass."""
        if not pass_.is_turned:
            return pass_.quarter_turns
        on_its_side = may_lie_on_its_side(picture)
        turn = promising_turn(hypotheses, self.classifier, on_its_side=on_its_side)
        return () if turn is None else (turn,)

    def _classify(
        self, picture: DecodedPhoto, segmentations: Sequence[Segmentation]
    ) -> list[Hypothesis]:
        """Read segmentations of a picture; of turned ones, those that may say which way is up."""
        hypotheses = classify_segmentations(
            picture, segmentations, self.classifier, self.refusal_threshold
        )
        on_its_side = may_lie_on_its_side(picture)
        return [each for each in hypotheses if may_tell_the_way_up(each, on_its_side=on_its_side)]

    def _answer(
        self, hypotheses: Sequence[Hypothesis], first_look: Sequence[Hypothesis]
    ) -> Examination:
        """Answer with the best hypothesis, or refuse."""
        best, trusted = select(hypotheses)
        reading = Reading((), refusal_of(best, first_look))
        if trusted:
            reading = self._reading(best, digits_outside(best, hypotheses))
        if reading.digits:
            reading = self._with_confidence(reading, best)
        return Examination(best.picture.whole or best.picture, tuple(hypotheses), best, reading)

    def _reading(self, best: Hypothesis, outside: Sequence[Box]) -> Reading:
        """Return those candidates of a hypothesis that are digits, and what stands among them.

        Args:
            best: a hypothesis.
            outside: where digits stand of which it says nothing.
        """
        digits: list[Digit] = []
        lines: dict[int, list[Box]] = {}
        doubtful: list[Candidate] = []
        for candidate, probabilities, score in zip(
            best.path.candidates, *best.evidence, strict=True
        ):
            if score >= self.refusal_threshold:
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
        return Reading(
            tuple(digits),
            signs=tuple(
                Sign(mark.text, line, mark.digits_before, _original(mark.box, best))
                for line, boxes in lines.items()
                for mark in _marks(best, line, boxes, others)
            ),
            unread=tuple(_original(box, best) for box in dict.fromkeys(unread)),
        )

    def _with_confidence(self, reading: Reading, best: Hypothesis) -> Reading:
        """Say how probable it is that the digits of a hypothesis are right as a whole.

        A single digit has the confidence that the network gives it, where nothing else is seen.
        """
        probabilities, scores = best.evidence
        is_digit = scores >= self.refusal_threshold
        together = digits_together(scores[is_digit], probabilities[is_digit])
        is_part_unread = bool(reading.unread) or not is_digit.all()
        if len(reading.digits) == 1 and not is_part_unread:
            confidence = reading.digits[0].confidence
        else:
            confidence = float(number_confidence(together, is_part_unread))
        return replace(
            reading, confidence=confidence, together=together, is_part_unread=is_part_unread
        )


def _sheet_of(picture: DecodedPhoto) -> DecodedPhoto | None:
    """Return the sheet or display in a picture, as a picture of its own; None if there is none."""
    sheet = find_sheet(picture.pixels)
    if sheet is None:
        return None
    return DecodedPhoto(sheet.pixels, picture.scale, picture, sheet.box.x, sheet.box.y)


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
    segmentation = best.segmentation
    components = segmentation.components
    boxes = components.boxes.astype(np.int64)
    middle = boxes[:, :2] + boxes[:, 2:] // 2
    covered = np.zeros(len(boxes), np.bool_)
    for candidate in best.path.candidates:
        x, y, width, height = candidate.box
        covered |= ((middle >= (x, y)) & (middle < (x + width, y + height))).all(axis=1)
    if not covered.any():
        return []
    sums = np.bincount(components.labels.ravel(), segmentation.plane.ravel(), len(boxes) + 1)[1:]
    strengths = sums / np.maximum(components.areas, 1)
    usual = np.average(strengths[covered], weights=components.areas[covered])
    free = ~covered & (strengths >= MIN_STRENGTH * usual)
    return [Box(*box) for box in boxes[free].tolist()]
