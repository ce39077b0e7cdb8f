"""The bytes of a photo in, a `Reading` out: decode, segment, classify, select, answer or refuse."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from statistics import median

import numpy as np

from model.artifact import DEFAULT_MODEL, ModelFolder
from model.recognition.calibration import number_confidence
from model.recognition.classifier import Classifier
from model.recognition.coordinates import may_lie_on_its_side, original_box
from model.recognition.decoding.decode import DecodedPhoto, decode
from model.recognition.hypotheses import GlyphClassifier, Hypothesis, classify_segmentations
from model.recognition.refusal import refusal_of, refusal_of_blank
from model.recognition.selection import (
    hopeless,
    may_tell_the_way_up,
    promising_turns,
    select,
    settled,
)
from model.types import Box, Digit, Reading, Refusal, Sign
from model.vision import layout
from model.vision.layout.marks import Mark
from model.vision.pipeline import ALL_STAGES, Pass, PipelineOptions, segment
from model.vision.segmentation import Segmentation

MAX_SECONDS = 0.8
"""CPU time, beside decoding, after which no more is tried and the best hypothesis so far counts. A
photo of one digit takes a fiftieth of it."""

MIN_UNREAD_HEIGHT = 0.6
"""Height, as a share of the middle one of the digits read, from which something that could not be
read may be a digit: signs such as a comma or a dash are lower."""


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

    def examine(self, photo: bytes) -> Examination:
        """Read the digits in an image file, and keep every hypothesis that was tried.

        Raises:
            PhotoError: if the bytes are not an image that can be read.
        """
        seconds_left = self.max_seconds
        hypotheses: list[Hypothesis] = []
        for pass_, picture in self._passes(photo):
            start = time.thread_time()
            turns = self._turns(hypotheses, pass_, picture)
            is_hopeless = not pass_.is_turned and hopeless(hypotheses)
            if is_hopeless and not pass_.is_second_chance:
                break
            if not turns or (pass_.is_second_chance and not is_hopeless):
                continue
            found = segment(picture.pixels, pass_, self.options, start + seconds_left, turns)
            hypotheses += self._classify(picture, list(found))
            seconds_left -= time.thread_time() - start
            if settled(hypotheses) or seconds_left <= 0:
                break
        if not hypotheses:
            refusal = Refusal.TOO_BUSY if seconds_left <= 0 else refusal_of_blank(picture)
            return Examination(picture, (), None, Reading((), refusal))
        return self._answer(hypotheses)

    def _passes(self, photo: bytes) -> Iterator[tuple[Pass, DecodedPhoto]]:
        """Yield each pass over a photo and the pixels that it takes, closer and closer."""
        for side, passes in groupby(self.options.passes, lambda pass_: pass_.side):
            picture = decode(photo, side)
            for pass_ in passes:
                yield pass_, picture
            if picture.scale == 1:  # a larger side would show no more
                return

    def _turns(
        self, hypotheses: Sequence[Hypothesis], pass_: Pass, picture: DecodedPhoto
    ) -> Sequence[int]:
        """Return the quarter turns that are worth trying in a pass."""
        if not pass_.is_turned:
            return pass_.quarter_turns
        on_its_side = may_lie_on_its_side(picture)
        promising = promising_turns(hypotheses, self.classifier, on_its_side=on_its_side)
        return [turn for turn in pass_.quarter_turns if turn in promising]

    def _classify(
        self, picture: DecodedPhoto, segmentations: Sequence[Segmentation]
    ) -> list[Hypothesis]:
        """Read segmentations of a picture; of turned ones, those that may say which way is up."""
        hypotheses = classify_segmentations(
            picture, segmentations, self.classifier, self.refusal_threshold
        )
        on_its_side = may_lie_on_its_side(picture)
        return [each for each in hypotheses if may_tell_the_way_up(each, on_its_side=on_its_side)]

    def _answer(self, hypotheses: Sequence[Hypothesis]) -> Examination:
        """Answer with the best hypothesis, or refuse."""
        best, trusted = select(hypotheses)
        reading = self._reading(best) if trusted else Reading((), refusal_of(best, hypotheses))
        if reading.digits:
            reading = replace(reading, confidence=self._confidence(best))
        return Examination(best.picture, tuple(hypotheses), best, reading)

    def _reading(self, best: Hypothesis) -> Reading:
        """Return those candidates of a hypothesis that are digits, and where others may stand."""
        digits, unread = [], []
        for candidate, probabilities, score in zip(
            best.path.candidates, *best.evidence, strict=True
        ):
            box = original_box(candidate.box, best.segmentation, best.picture)
            if score >= self.refusal_threshold:
                digits.append(Digit(candidate.glyph, probabilities, box, candidate.line))
            else:
                unread.append(box)
        if not digits:
            return Reading((), Refusal.UNSURE)
        min_height = MIN_UNREAD_HEIGHT * median(digit.box.height for digit in digits)
        return Reading(
            tuple(digits),
            signs=tuple(self._signs(best)),
            unread=tuple(box for box in unread if box.height >= min_height),
        )

    def _confidence(self, best: Hypothesis) -> float:
        """Return how probable it is that the digits of a hypothesis are right as a whole, 0–1."""
        probabilities, scores = best.evidence
        is_digit = scores >= self.refusal_threshold
        return number_confidence(scores[is_digit], probabilities[is_digit])

    def _signs(self, best: Hypothesis) -> Iterator[Sign]:
        """Yield the unmistakable signs of a hypothesis, line by line, from left to right."""
        digits: dict[int, list[Box]] = {}
        for candidate, score in zip(best.path.candidates, best.evidence.digit_score, strict=True):
            if score >= self.refusal_threshold:
                digits.setdefault(candidate.line, []).append(candidate.box)
        others = _uncovered(best)
        for line, boxes in digits.items():
            found = [
                Mark(sign.text, sign.box, sum(box.x < sign.box.x for box in boxes))
                for sign in best.signs
                if sign.line == line and sign.text
            ]
            found += layout.find_marks(boxes, others)
            for mark in sorted(found, key=lambda each: each.box.x):
                box = original_box(mark.box, best.segmentation, best.picture)
                yield Sign(mark.text, line, mark.digits_before, box)


def _uncovered(best: Hypothesis) -> list[Box]:
    """Return the components of which no chosen candidate is made, in pixels of the plane."""
    boxes = best.segmentation.components.boxes.astype(np.int64)
    middle = boxes[:, :2] + boxes[:, 2:] // 2
    covered = np.zeros(len(boxes), np.bool_)
    for candidate in best.path.candidates:
        x, y, width, height = candidate.box
        inside = (middle >= (x, y)) & (middle < (x + width, y + height))
        covered |= inside.all(axis=1)
    return [Box(*box) for box in boxes[~covered].tolist()]
