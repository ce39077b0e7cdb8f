"""Plain values that every other module passes around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Glyph = NDArray[np.uint8]
"""One digit cut out of a photo: shape (28, 28), uint8, 0 paper … 255 ink, made as MNIST was."""

Ink = NDArray[np.uint8]
"""Writing before it lies on any paper: shape (h, w), uint8, 0 paper … 255 ink."""

NOT_A_DIGIT = -1
"""The label of a glyph that is no digit."""


class Box(NamedTuple):
    """Where a digit stands in the upright photo, in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, eq=False)
class Digit:
    """A glyph's label with its probabilities.

    Attributes:
        glyph: (28, 28), uint8, 0 paper … 255 ink: what the model saw.
        probabilities: (10,), float32, calibrated, sums to 1.
        box: where it was cut out.
    """

    glyph: Glyph
    probabilities: NDArray[np.float32]
    box: Box

    @property
    def label(self) -> int:
        """The most probable digit, 0–9."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """The probability of `label`, 0–1."""
        return float(self.probabilities.max())


class Refusal(StrEnum):
    """Why a photo was not read as digits."""

    NO_INK = "no ink"
    TOO_DARK = "too dark"
    LETTERS = "letters"
    NOT_A_DIGIT = "not a digit"
    TOO_BUSY = "too busy"


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read in one photo.

    Attributes:
        digits: in reading order: left to right, line by line. Empty if refused.
        refusal: why nothing was read, or None if something was.
    """

    digits: tuple[Digit, ...]
    refusal: Refusal | None = None

    @property
    def text(self) -> str:
        """The digits as one number, leading zeros kept; "" if refused."""
        return "".join(str(digit.label) for digit in self.digits)


class Examples(NamedTuple):
    """Glyphs with what they are.

    Attributes:
        glyphs: (n, 28, 28), uint8, 0 paper … 255 ink.
        labels: (n,), int64, 0–9 or `NOT_A_DIGIT`.
    """

    glyphs: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def part(self, which: slice | NDArray[np.bool_] | NDArray[np.intp]) -> Examples:
        """Select some of them."""
        return Examples(self.glyphs[which], self.labels[which])


def concatenate(parts: Sequence[Examples]) -> Examples:
    """Join several, one after the other."""
    return Examples(
        np.concatenate([part.glyphs for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )
