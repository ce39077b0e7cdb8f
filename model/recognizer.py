"""The whole way: the bytes of a photo in, a `Reading` out."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from model import vision
from model.classifier import Classifier, Evidence
from model.folder import DEFAULT_MODEL, ModelFolder
from model.photo import decode
from model.reading import Box, Digit, Reading, Refusal


class Classifies(Protocol):
    """What a recogniser asks of a classifier."""

    def classify(self, glyphs: NDArray[np.uint8]) -> Evidence:
        """(n, 28, 28) uint8 glyphs to evidence, n of each."""
        ...


class Recognizer:
    """Reads photos with one model; safe to use from several threads.

    Attributes:
        classifier: what tells glyphs apart.
        version: names the model version.
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
        picture = decode(photo)
        candidates = vision.look(picture.pixels)
        if not candidates:
            dark = picture.pixels.mean() < 40
            return Reading((), Refusal.TOO_DARK if dark else Refusal.NO_INK)
        evidence = self.classifier.classify(np.stack([found.glyph for found in candidates]))
        digits = tuple(
            Digit(found.glyph, probabilities, _enlarge(found.box, picture.scale))
            for found, probabilities, likeness in zip(
                candidates, evidence.probabilities, evidence.digit_likeness, strict=True
            )
            if likeness >= self.refusal_threshold
        )
        return Reading(digits, None if digits else Refusal.NOT_A_DIGIT)


def _enlarge(box: Box, scale: float) -> Box:
    """A box in worked-on pixels to one in the pixels of the upright photo."""
    return Box(*(round(value * scale) for value in box))
