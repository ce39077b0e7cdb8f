"""The bytes of a photo in, a `Reading` out: decode, segment, classify, select, answer or refuse."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.artifact import DEFAULT_MODEL, ModelFolder
from model.recognition.answer.reading import reading_of
from model.recognition.answer.refusal import refusal_of, refusal_of_blank
from model.recognition.classifier import Classifier, GlyphClassifier, RememberingClassifier
from model.recognition.coordinates import may_lie_on_its_side
from model.recognition.decoding.decode import DecodedPhoto, decode
from model.recognition.hypotheses import Hypothesis, classify_segmentations, digits_outside
from model.recognition.selection import (
    clear_at_first_sight,
    closer_look_shows_more,
    hopeless,
    promising_inks,
    select,
    settled,
)
from model.recognition.turning import may_tell_the_way_up, promising_turn
from model.types import Reading, Refusal
from model.vision.pipeline import ALL_STAGES, Pass, PipelineOptions, polarities, segment
from model.vision.segmentation import Segmentation
from model.vision.surroundings.sheet import find_sheet

MAX_SECONDS = 0.5
"""CPU time, beside decoding, after which no more is tried and the best hypothesis so far counts. A
photo of one digit takes a thirtieth of it."""


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
        classifier = RememberingClassifier(self.classifier)
        hypotheses: list[Hypothesis] = []
        first_look: tuple[Hypothesis, ...] = ()
        for pass_, picture in self._passes(photo, hypotheses):
            start = time.thread_time()
            turns = _turns(hypotheses, pass_, picture, classifier)
            is_hopeless = pass_.is_as_it_came and hopeless(hypotheses)
            if is_hopeless and not pass_.is_second_chance:
                break
            if not turns or (pass_.is_second_chance and not is_hopeless):
                continue
            if pass_.is_sheet and hypotheses and select(hypotheses)[1]:
                continue
            planned = pass_._replace(quarter_turns=turns)
            for _ in self._look(picture, planned, hypotheses, classifier, start + seconds_left):
                on_step()
            first_look = first_look or tuple(hypotheses)
            seconds_left -= time.thread_time() - start
            if settled(hypotheses) or seconds_left <= 0:
                break
        if not hypotheses:
            refusal = Refusal.TOO_BUSY if seconds_left <= 0 else refusal_of_blank(picture)
            return Examination(picture, (), None, Reading((), refusal))
        return self._answer(hypotheses, first_look)

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

    def _look(
        self,
        picture: DecodedPhoto,
        pass_: Pass,
        hypotheses: list[Hypothesis],
        classifier: GlyphClassifier,
        until: float,
    ) -> Iterator[None]:
        """Look at a picture, polarity by polarity, until nothing is left to doubt.

        Args:
            picture: the pixels that the pass takes.
            pass_: with the quarter turns that are worth trying.
            hypotheses: all so far, to which this adds.
            classifier: what tells glyphs apart.
            until: value of this thread's CPU clock from which no more is tried.

        Yields:
            after each step.
        """
        inks = promising_inks(hypotheses) if pass_.is_as_it_came else (True, False)
        judge = partial(_judge, classifier)
        likely = polarities(picture.pixels, pass_, self.options)
        for number, polarity in enumerate(each for each in likely if each.dark_ink in inks):
            # Of a turned picture, either polarity may look like a digit that it is not.
            is_settled = number > 0 and not pass_.is_turned and settled(hypotheses)
            if is_settled or time.thread_time() > until:
                return
            found = []
            for segmentation in segment(polarity, pass_, self.options, until, judge=judge):
                found.append(segmentation)
                yield
                if len(found) == 1 and not hypotheses:
                    first = self._classify(picture, found, classifier)
                    if clear_at_first_sight(first):
                        hypotheses += first
                        return
            hypotheses += self._classify(picture, found, classifier)

    def _classify(
        self,
        picture: DecodedPhoto,
        segmentations: Sequence[Segmentation],
        classifier: GlyphClassifier,
    ) -> list[Hypothesis]:
        """Read segmentations of a picture; of turned ones, those that may say which way is up."""
        hypotheses = classify_segmentations(
            picture, segmentations, classifier, self.refusal_threshold
        )
        on_its_side = may_lie_on_its_side(picture)
        return [each for each in hypotheses if may_tell_the_way_up(each, on_its_side=on_its_side)]

    def _answer(
        self, hypotheses: Sequence[Hypothesis], first_look: Sequence[Hypothesis]
    ) -> Examination:
        """Answer with the best hypothesis, or refuse."""
        best, trusted = select(hypotheses)
        if trusted:
            outside = digits_outside(best, hypotheses)
            reading = reading_of(best, outside, self.refusal_threshold)
        else:
            reading = Reading((), refusal_of(best, first_look))
        return Examination(best.picture.whole or best.picture, tuple(hypotheses), best, reading)


def _judge(classifier: GlyphClassifier, glyphs: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return how sure glyphs, (n, 28, 28), are digits, and which: (n,), 0–1."""
    probabilities, scores = classifier.classify(glyphs)
    return np.asarray(scores * probabilities.max(axis=1), np.float64)


def _turns(
    hypotheses: Sequence[Hypothesis],
    pass_: Pass,
    picture: DecodedPhoto,
    classifier: GlyphClassifier,
) -> tuple[int, ...]:
    """Return the quarter turns that are worth trying in a pass."""
    if not pass_.is_turned:
        return pass_.quarter_turns
    on_its_side = may_lie_on_its_side(picture)
    turn = promising_turn(hypotheses, classifier, on_its_side=on_its_side)
    return () if turn is None else (turn,)


def _sheet_of(picture: DecodedPhoto) -> DecodedPhoto | None:
    """Return the sheet or display in a picture, as a picture of its own; None if there is none."""
    sheet = find_sheet(picture.pixels)
    if sheet is None:
        return None
    return DecodedPhoto(sheet.pixels, picture.scale, picture, sheet.box.x, sheet.box.y)
