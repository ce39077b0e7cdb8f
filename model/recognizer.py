"""The whole way: the bytes of a photo in, a `Reading` out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from model.classifier import Classifier, Evidence
from model.folder import DEFAULT_MODEL, ModelFolder
from model.photo import Photo, decode
from model.reading import Box, Digit, Reading, Refusal
from model.vision.choice import Choice, choose
from model.vision.page import ALL, Page, Stages, pages, read_page

SIDES = (640, 1600)
"""Pixels of the longer side of the first look, which is enough for most photos, and of the
second, which is taken if the first leaves doubts."""

CLEAR = 24
"""Pixels of the longer side from which a digit loses nothing in a look; a glyph has 20."""

SETTLED = 0.8
"""How sure the least sure digit must be to make do with the first look."""

TRUST = 0.72
"""Trust below which nothing is read."""

ALONE = 0.3
"""How much trust a look loses with which no other agrees."""

DARK, BUSY, STROKES = 40, 60, 0.45
"""For saying why: mean brightness of 255, number of candidates, and share of its box that is
ink, under which something is a sign rather than a thing."""

SEVERAL = 3
"""So many digits that all read well one way up, and not another, say which way is up. One or two
say little: a 6 is a 9, and alpha on its side an 8."""

CAMERAS = (4 / 3, 16 / 9)
"""Width by height of the sensors of cameras lying on their side. Only such a photo is turned to
read one or two digits; crops and drawings have been seen by somebody."""


class Classifies(Protocol):
    """What a recogniser asks of a classifier."""

    def classify(self, glyphs: NDArray[np.uint8]) -> Evidence:
        """(n, 28, 28) uint8 glyphs to evidence, n of each."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One way of reading a photo, with what the classifier makes of it.

    Attributes:
        photo: what was looked at.
        choice: the candidates that are likeliest together.
        evidence: on them, in the same order.
        text: those of them that are digits.
    """

    photo: Photo
    choice: Choice
    evidence: Evidence
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """A reading and all that led to it.

    Attributes:
        photo: what was looked at last.
        looks: every way of reading that was tried; empty if there is no ink.
        best: the one that counts.
        reading: what comes of it.
    """

    photo: Photo
    looks: tuple[Look, ...]
    best: Look | None
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
        stages: Stages = ALL,
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
        looks: list[Look] = []
        stages = self.stages
        for side in SIDES if stages.closer else SIDES[:1]:
            picture = decode(photo, side)
            for round_ in range(len(stages.ways)):
                found = pages(picture.pixels, round_, stages)
                looks += [self._look(picture, page) for page in found]
                if looks and _settled(looks):
                    return self._examination(picture, looks)
            if picture.scale == 1:
                break
        if stages.turn and looks and self._trust(max(looks, key=_worth), looks) < TRUST:
            looks += self._turned([look for look in looks if look.photo is looks[0].photo])
        return self._examination(picture, looks)

    def _examination(self, photo: Photo, looks: list[Look]) -> Examination:
        if not looks:
            return Examination(photo, (), None, Reading((), nothing_seen(photo)))
        best = max(looks, key=_worth)
        turned = [
            look for look in looks if look.choice.page.turn and self._trust(look, looks) >= TRUST
        ]
        if turned and self._trust(best, looks) < TRUST:
            best = max(turned, key=lambda look: self._trust(look, looks))
        trusted = self._trust(best, looks) >= TRUST
        reading = self._reading(best) if trusted else Reading((), why_not(best))
        return Examination(best.photo, tuple(looks), best, reading)

    def _look(self, photo: Photo, page: Page) -> Look:
        evidence = self.classifier.classify(np.stack([found.glyph for found in page.candidates]))
        sure = evidence.digit_likeness * evidence.probabilities.max(axis=1)
        choice = choose(page, sure.astype(np.float64), photo.scale)
        chosen = list(choice.chosen)
        text = "".join(
            str(evidence.probabilities[k].argmax())
            for k in chosen
            if evidence.digit_likeness[k] >= self.refusal_threshold
        )
        return Look(
            photo,
            choice,
            Evidence(evidence.probabilities[chosen], evidence.digit_likeness[chosen]),
            text,
        )

    def _turned(self, looks: list[Look]) -> list[Look]:
        """The same pages turned by one, two and three quarters, where that may be how they are."""
        turned = []
        for look in looks:
            page = look.choice.page
            for turn in (1, 2, 3):
                plane = np.ascontiguousarray(np.rot90(page.plane, turn))
                other = read_page(
                    plane, page.thresholds, turn=turn, dark=page.dark, stages=self.stages
                )
                if other is not None and other.candidates:
                    found = self._look(look.photo, other)
                    if len(found.choice.chosen) >= SEVERAL or (turn != 2 and _held_upright(page)):
                        turned.append(found)
        return turned

    def _trust(self, look: Look, looks: list[Look]) -> float:
        """How far a look is to be trusted, 0 … 1: how sure it is, and how many others agree.

        Handwriting looks the same however one looks; what one look alone takes for a digit is none.
        """
        if not self.stages.agreement:
            return look.choice.mean
        page = look.choice.page
        same = [
            other.text == look.text
            for other in looks
            if (other.choice.page.turn, other.choice.page.dark) == (page.turn, page.dark)
        ]
        # By chance two looks agree on one digit, but hardly on several.
        alone = 1 - sum(same) / len(same) if len(look.text) == 1 else float(sum(same) == 1)
        return look.choice.mean * (1 - ALONE * alone)

    def _reading(self, look: Look) -> Reading:
        page = look.choice.page
        digits = tuple(
            Digit(
                page.candidates[index].glyph,
                probabilities,
                original_box(page.candidates[index].box, page, look.photo.scale),
            )
            for index, probabilities, likeness in zip(
                look.choice.chosen, *look.evidence, strict=True
            )
            if likeness >= self.refusal_threshold
        )
        return Reading(digits, None if digits else Refusal.NOT_A_DIGIT)


def nothing_seen(photo: Photo) -> Refusal:
    """Why a photo without any ink shows nothing."""
    return Refusal.TOO_DARK if photo.pixels.mean() < DARK else Refusal.NO_INK


def why_not(look: Look) -> Refusal:
    """Why what was seen in a photo was not read."""
    page = look.choice.page
    if page.dark and look.photo.pixels.mean() < DARK:
        return Refusal.TOO_DARK
    if len(page.candidates) > BUSY:
        return Refusal.TOO_BUSY
    fills = [
        page.candidates[k].area / (page.candidates[k].box.width * page.candidates[k].box.height)
        for k in look.choice.chosen
    ]
    return Refusal.LETTERS if np.median(fills) < STROKES else Refusal.NOT_A_DIGIT


def original_box(box: Box, page: Page, scale: float) -> Box:
    """A box on a page that may be turned, in the pixels of the photo as it was sent."""
    height, width = page.plane.shape
    x, y, w, h = box
    match page.turn:
        case 1:
            x, y, w, h = height - y - h, x, h, w
        case 2:
            x, y = width - x - w, height - y - h
        case 3:
            x, y, w, h = y, width - x - w, h, w
    return Box(round(x * scale), round(y * scale), round(w * scale), round(h * scale))


def _settled(looks: list[Look]) -> bool:
    """Whether looking again or closer can hardly change what was read."""
    best = max(looks, key=_worth).choice
    smallest = min(max(best.page.candidates[k].box[2:]) for k in best.chosen)
    agreed = all(look.text == looks[0].text for look in looks)
    return agreed and smallest >= CLEAR and float(best.sure.min()) > SETTLED


def _held_upright(page: Page) -> bool:
    """Whether this may be a whole photo from a camera that was held upright but not noted so."""
    height, width = page.plane.shape
    return width >= SIDES[0] and any(
        abs(width / height - shape) < 0.01 * shape for shape in CAMERAS
    )


def _worth(look: Look) -> float:
    return -np.inf if look.choice.page.turn else look.choice.worth
