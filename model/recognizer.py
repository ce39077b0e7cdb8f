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
from model.vision.choice import DOUBT, Choice, choose
from model.vision.page import WAYS, Page, pages, read_page

SIDES = (640, 1600)
"""Pixels of the longer side of the first look, which is enough for most photos, and of the
second, which is taken if the first leaves doubts."""

CLEAR = 24
"""Pixels of the longer side from which a digit loses nothing in a look; a glyph has 20."""

SETTLED = 0.8
"""How sure the least sure digit must be to make do with the first look."""

TURNED = 0.2
"""How much surer every digit must be turned than upright: people turn the camera more rarely
than they write unclearly."""


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
    """

    photo: Photo
    choice: Choice
    evidence: Evidence


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
    """

    def __init__(self, classifier: Classifies, version: str, refusal_threshold: float) -> None:
        self.classifier = classifier
        self.version = version
        self.refusal_threshold = refusal_threshold

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
        for side in SIDES:
            picture = decode(photo, side)
            for round_ in range(len(WAYS)):
                looks += [self._look(picture, page) for page in pages(picture.pixels, round_)]
                best = max(looks, key=_worth, default=None)
                if best is not None and _settled(best.choice):
                    return Examination(picture, tuple(looks), best, self._reading(best))
            if picture.scale == 1:
                break
        if best is None:
            return Examination(picture, (), None, Reading((), nothing_seen(picture)))
        looks += self._turned(best)
        best = max(looks, key=_worth)
        return Examination(best.photo, tuple(looks), best, self._reading(best))

    def _look(self, photo: Photo, page: Page) -> Look:
        evidence = self.classifier.classify(np.stack([found.glyph for found in page.candidates]))
        sure = evidence.digit_likeness * evidence.probabilities.max(axis=1)
        choice = choose(page, sure.astype(np.float64), photo.scale)
        chosen = list(choice.chosen)
        return Look(
            photo,
            choice,
            Evidence(evidence.probabilities[chosen], evidence.digit_likeness[chosen]),
        )

    def _turned(self, look: Look) -> list[Look]:
        """The same page, turned by one, two and three quarters."""
        page = look.choice.page
        turned = []
        for turn in (1, 2, 3):
            plane = np.ascontiguousarray(np.rot90(page.plane, turn))
            other = read_page(plane, *page.thresholds, turn=turn)
            if other is not None and other.candidates:
                turned.append(self._look(look.photo, other))
        return turned

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
    return Refusal.TOO_DARK if photo.pixels.mean() < 40 else Refusal.NO_INK


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


def _settled(choice: Choice) -> bool:
    """Whether looking closer can hardly change what was read."""
    smallest = min(max(choice.page.candidates[k].box[2:]) for k in choice.chosen)
    return smallest >= CLEAR and float(choice.sure.min()) > SETTLED


def _worth(look: Look) -> float:
    unturned = TURNED if look.choice.page.turn else 0.0
    return float((look.choice.areas * (look.choice.sure - DOUBT - unturned)).sum())
