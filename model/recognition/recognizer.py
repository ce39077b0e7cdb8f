"""The whole way: the bytes of a photo in, a `Reading` out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from model.artifact import DEFAULT_MODEL, ModelFolder
from model.recognition.classifier import Classifier, Evidence
from model.recognition.coordinates import from_above, held_upright, original_box
from model.recognition.decoding import DecodedPhoto, decode
from model.recognition.hypotheses import Hypothesis, likeliest, settled, trust
from model.recognition.refusal import nothing_seen, why_not
from model.types import Digit, Reading, Refusal
from model.vision.best_path import best_path, log_odds
from model.vision.pipeline import ALL, PipelineOptions, Segmentation, pages, read_page

SIDES = (640, 1600)
"""Pixels of the longer side of the first look, which is enough for most photos, and of the
second, which is taken if the first leaves doubts."""

MIN_CONFIDENCE = 0.74
"""Trust below which nothing is read."""

OTHERWISE = 0.8
"""Trust from which another look counts where the one that explains most ink is not trusted: a
dark corner is more ink than the writing."""

DOUBTFUL = 0.85
"""How sure the least sure of several digits must be to take them to be upright unasked."""

SURER = 1.0
"""By how much, in log-odds, several digits must be surer turned than as they came."""

SEVERAL = 3
"""So many digits that all read well one way up, and not another, say which way is up. One or two
say little: a 6 is a 9, and alpha on its side an 8."""


class Classifies(Protocol):
    """What a recogniser asks of a classifier."""

    def classify(self, glyphs: NDArray[np.uint8]) -> Evidence:
        """(n, 28, 28) uint8 glyphs to evidence, n of each."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """A reading and all that led to it.

    Attributes:
        photo: what was looked at last.
        looks: every way of reading that was tried; empty if there is no ink.
        best: the one that counts.
        reading: what comes of it.
    """

    photo: DecodedPhoto
    looks: tuple[Hypothesis, ...]
    best: Hypothesis | None
    reading: Reading


class Recognizer:
    """Reads photos with one model; safe to use from several threads.

    Attributes:
        classifier: what tells glyphs apart.
        version: names the model version.
        refusal_threshold: the digit likeness below which a glyph is not a digit.
        stages: which take part in reading.
    """

    def __init__(
        self,
        classifier: Classifies,
        version: str,
        refusal_threshold: float,
        stages: PipelineOptions = ALL,
    ) -> None:
        self.classifier = classifier
        self.version = version
        self.refusal_threshold = refusal_threshold
        self.stages = stages

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
        """Read the digits in an image file, and keep every way of reading that was tried.

        Raises:
            PhotoError: if the bytes are not an image that can be read.
        """
        looks: list[Hypothesis] = []
        stages = self.stages
        flat = False
        for side in SIDES if stages.closer else SIDES[:1]:
            picture = decode(photo, side)
            if flat:
                picture = from_above(picture) or picture
            for round_ in range(len(stages.ways)):
                looks += self._seen(picture, round_)
                if settled(looks):
                    return self._examination(picture, looks)
                # Looked for once in each picture: a later round would find the same.
                searched = flat or round_ > 0 or not stages.flatten
                if not searched and (sheet := from_above(picture)) is not None:
                    # What lies beside the sheet, its edge above all, has no more say.
                    flat, picture = True, sheet
                    looks = self._seen(picture, round_)
                    if settled(looks):
                        return self._examination(picture, looks)
            if picture.scale == 1:
                break
        if stages.turn and looks and self._may_be_turned(likeliest(looks), looks):
            first = looks[0].photo
            looks += self._turned(first, [look for look in looks if look.photo is first])
        return self._examination(picture, looks)

    def _examination(self, photo: DecodedPhoto, looks: list[Hypothesis]) -> Examination:
        if not looks:
            return Examination(photo, (), None, Reading((), nothing_seen(photo)))
        best = self._turned_instead(likeliest(looks), looks)
        trusted = self._trust(best, looks) >= MIN_CONFIDENCE
        if not trusted:
            trusts = [self._trust(look, looks) for look in looks]
            if trusted := max(trusts) >= OTHERWISE:
                best = looks[int(np.argmax(trusts))]
        reading = self._reading(best) if trusted else Reading((), why_not(best))
        return Examination(best.photo, tuple(looks), best, reading)

    def _seen(self, photo: DecodedPhoto, round_: int) -> list[Hypothesis]:
        """A photo looked at in all the ways of one round."""
        return self._looks(photo, list(pages(photo.pixels, round_, self.stages)))

    def _looks(self, photo: DecodedPhoto, found: Sequence[Segmentation]) -> list[Hypothesis]:
        """What the classifier makes of some pages, all of whose glyphs it is shown at once."""
        if not found:
            return []
        glyphs = np.stack([candidate.glyph for page in found for candidate in page.candidates])
        evidence = self.classifier.classify(glyphs)
        ends = np.cumsum([len(page.candidates) for page in found])[:-1]
        parted = zip(*(np.split(values, ends) for values in evidence), strict=True)
        return [
            self._look(photo, page, Evidence(*of_page))
            for page, of_page in zip(found, parted, strict=True)
        ]

    def _look(self, photo: DecodedPhoto, page: Segmentation, evidence: Evidence) -> Hypothesis:
        sure = evidence.digit_score * evidence.probabilities.max(axis=1)
        choice = best_path(page, sure.astype(np.float64), photo.scale)
        chosen = list(choice.chosen)
        probabilities, likeness = (values[chosen] for values in evidence)
        text = "".join(
            str(row.argmax())
            for row, like in zip(probabilities, likeness, strict=True)
            if like >= self.refusal_threshold
        )
        return Hypothesis(photo, choice, Evidence(probabilities, likeness), text)

    def _turned(self, photo: DecodedPhoto, looks: Sequence[Hypothesis]) -> list[Hypothesis]:
        """The same pages turned by one, two and three quarters, where that may be how they are."""
        turned = []
        for page in (look.choice.page for look in looks):
            for turn in (1, 2, 3):
                plane = np.ascontiguousarray(np.rot90(page.plane, turn))
                other = read_page(plane, page.way, turn=turn, dark=page.dark, stages=self.stages)
                if other is not None and other.candidates:
                    turned.append(other)
        upright = held_upright(photo)
        return [
            look
            for look in self._looks(photo, turned)
            if len(look.choice.chosen) >= SEVERAL or (look.choice.page.turn != 2 and upright)
        ]

    def _may_be_turned(self, best: Hypothesis, looks: list[Hypothesis]) -> bool:
        """Whether what is read as it came leaves so much doubt that it may be turned."""
        doubtful = len(best.choice.chosen) >= SEVERAL - 1 and best.choice.sure.min() < DOUBTFUL
        return bool(doubtful) or self._trust(best, looks) < MIN_CONFIDENCE

    def _turned_instead(self, best: Hypothesis, looks: list[Hypothesis]) -> Hypothesis:
        """The likeliest of the turned looks, if it has several digits and is much surer."""
        turned = [
            look
            for look in looks
            if look.choice.page.turn
            and look.choice.page.dark is best.choice.page.dark
            and len(look.choice.chosen) >= SEVERAL
            and not (look.choice.page.turn == 2 and look.text == _upside_down(best.text))
        ]
        if not turned:
            return best
        other = max(turned, key=lambda look: look.choice.worth)
        surer = log_odds(other.choice.mean) - log_odds(best.choice.mean) > SURER
        surer &= other.choice.worth > best.choice.worth
        return other if surer and self._trust(other, looks) >= OTHERWISE else best

    def _trust(self, look: Hypothesis, looks: list[Hypothesis]) -> float:
        return trust(look, looks) if self.stages.agreement else look.sure

    def _reading(self, look: Hypothesis) -> Reading:
        page = look.choice.page
        digits = tuple(
            Digit(
                page.candidates[index].glyph,
                probabilities,
                original_box(page.candidates[index].box, page, look.photo),
            )
            for index, probabilities, likeness in zip(
                look.choice.chosen, *look.evidence, strict=True
            )
            if likeness >= self.refusal_threshold
        )
        return Reading(digits, None if digits else Refusal.NOT_A_DIGIT)


def _upside_down(text: str) -> str:
    """What digits read as when the picture is turned by half, "" where some read as nothing.

    Both ways make sense then, so how sure the network is of either says little, and people hold
    a phone the right way up.
    """
    return text[::-1].translate(str.maketrans("69", "96")) if set(text) <= set("01689") else ""
