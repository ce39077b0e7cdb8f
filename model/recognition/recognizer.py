"""The bytes of a photo in, a `Reading` out: decode, segment, classify, select, answer or refuse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from model.artifact import DEFAULT_MODEL, ModelFolder
from model.recognition.classifier import Classifier
from model.recognition.coordinates import may_lie_on_its_side, original_box
from model.recognition.decoding import DecodedPhoto, decode
from model.recognition.hypotheses import GlyphClassifier, Hypothesis, classify_segmentations
from model.recognition.refusal import refusal_of, refusal_of_blank
from model.recognition.selection import MIN_TURNED_DIGITS, may_be_turned, select, settled
from model.types import Digit, Reading, Refusal
from model.vision.pipeline import ALL_STAGES, Pass, PipelineOptions, segment, segment_plane
from model.vision.segmentation import Segmentation


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """A reading and all that led to it.

    Attributes:
        picture: the pixels that the reading rests on.
        hypotheses: every way to read it that was tried; empty if there is no ink.
        best: the one that counts; None if there is no ink.
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
    """

    def __init__(
        self,
        classifier: GlyphClassifier,
        version: str,
        refusal_threshold: float,
        options: PipelineOptions = ALL_STAGES,
    ) -> None:
        self.classifier = classifier
        self.version = version
        self.refusal_threshold = refusal_threshold
        self.options = options

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
        hypotheses: list[Hypothesis] = []
        for pass_, picture in self._passes(photo):
            segmentations = segment(picture.pixels, pass_, self.options)
            hypotheses += self._classify(picture, list(segmentations))
            if settled(hypotheses):
                break
        else:
            hypotheses += self._turned(hypotheses)
        return self._answer(picture, hypotheses)

    def _passes(self, photo: bytes) -> Iterator[tuple[Pass, DecodedPhoto]]:
        """Yield each look at a photo and the pixels that it takes, closer and closer."""
        for side, passes in groupby(self.options.passes, lambda pass_: pass_.side):
            picture = decode(photo, side)
            for pass_ in passes:
                yield pass_, picture
            if picture.scale == 1:  # a larger side would show no more
                return

    def _classify(
        self, picture: DecodedPhoto, segmentations: Sequence[Segmentation]
    ) -> list[Hypothesis]:
        return classify_segmentations(
            picture, segmentations, self.classifier, self.refusal_threshold
        )

    def _turned(self, hypotheses: Sequence[Hypothesis]) -> list[Hypothesis]:
        """Read the first picture turned by one, two and three quarters, where it may be turned."""
        if not self.options.turn or not may_be_turned(hypotheses):
            return []
        picture = hypotheses[0].picture
        segmentations = [
            turned
            for hypothesis in hypotheses
            if hypothesis.picture is picture
            for turned in self._quarter_turns(hypothesis.segmentation)
        ]
        on_its_side = may_lie_on_its_side(picture)
        return [
            hypothesis
            for hypothesis in self._classify(picture, segmentations)
            if len(hypothesis.path.chosen) >= MIN_TURNED_DIGITS
            or (hypothesis.segmentation.quarter_turns != 2 and on_its_side)
        ]

    def _quarter_turns(self, upright: Segmentation) -> Iterator[Segmentation]:
        """Segment the plane of a segmentation turned by one, two and three quarters."""
        for quarter_turns in (1, 2, 3):
            turned = segment_plane(
                np.ascontiguousarray(np.rot90(upright.plane, quarter_turns)),
                upright.binarization,
                dark_ink=upright.dark_ink,
                quarter_turns=quarter_turns,
                options=self.options,
            )
            if turned is not None and turned.candidates:
                yield turned

    def _answer(self, picture: DecodedPhoto, hypotheses: Sequence[Hypothesis]) -> Examination:
        """Answer with the best hypothesis, or refuse."""
        if not hypotheses:
            return Examination(picture, (), None, Reading((), refusal_of_blank(picture)))
        best, trusted = select(hypotheses)
        reading = self._reading(best) if trusted else Reading((), refusal_of(best))
        return Examination(best.picture, tuple(hypotheses), best, reading)

    def _reading(self, best: Hypothesis) -> Reading:
        """Return those candidates of a hypothesis that are digits."""
        digits = tuple(
            Digit(
                candidate.glyph,
                probabilities,
                original_box(candidate.box, best.segmentation, best.picture),
            )
            for candidate, probabilities, score in zip(
                best.path.candidates, *best.evidence, strict=True
            )
            if score >= self.refusal_threshold
        )
        return Reading(digits, None if digits else Refusal.NOT_A_DIGIT)
