"""Plain values that all other modules use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Glyph = NDArray[np.uint8]
"""One digit, cut out of a photo as MNIST's were: shape (28, 28), uint8, 0 paper … 255 ink."""

PREPROCESSING = "box20-mass14"
"""Names how `model.vision` makes glyphs. A model is made for one way and refused for another."""

Ink = NDArray[np.uint8]
"""Writing without the paper: shape (h, w), uint8, 0 paper … 255 ink."""

NOT_A_DIGIT = -1
"""The label of a negative: a glyph that is not a digit."""


class Box(NamedTuple):
    """The position of a digit in the upright photo, in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, eq=False)
class Digit:
    """A glyph with the probabilities of its labels.

    Attributes:
        glyph: (28, 28), uint8, 0 paper … 255 ink: what the model saw.
        probabilities: (10,), float32, calibrated, sums to 1.
        box: where in the photo it was cut out.
        line: number of the line of writing that it stands in, from 0 on.
    """

    glyph: Glyph
    probabilities: NDArray[np.float32]
    box: Box
    line: int = 0

    @property
    def label(self) -> int:
        """The most probable digit, 0–9."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """The probability of `label`, 0–1."""
        return float(self.probabilities.max())


class Refusal(StrEnum):
    """Why nothing was read in a photo; `UNSURE` claims nothing but that no digit was sure."""

    NO_INK = "no ink"
    TOO_DARK = "too dark"
    TOO_BLURRED = "too blurred"
    TOO_BUSY = "too busy"
    NOT_HANDWRITING = "not handwriting"
    UNSURE = "unsure"


class Sign(NamedTuple):
    """A sign that belongs to a number and is unmistakable, as the point of 3.14.

    Attributes:
        text: one character, as it is typed.
        line: number of the line of writing that it stands in, from 0 on.
        digits_before: how many digits of this line stand to the left of it.
        box: where it stands in the photo.
    """

    text: str
    line: int
    digits_before: int
    box: Box


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in one photo.

    Attributes:
        digits: in reading order, left to right and line by line; empty if refused.
        refusal: why nothing was read, or None.
        signs: what stands between the digits and is unmistakable, in reading order.
        unread: places in the lines where something looks like a digit and could not be read.
        confidence: how probable it is that all of this is right, calibrated, 0–1; 0 if refused.
        together: the product of what the network says of each digit, from which that follows.
        is_part_unread: whether something beside the digits could not be read, digit or not.
    """

    digits: tuple[Digit, ...]
    refusal: Refusal | None = None
    signs: tuple[Sign, ...] = ()
    unread: tuple[Box, ...] = ()
    confidence: float = 0.0
    together: float = 0.0
    is_part_unread: bool = False

    @property
    def text(self) -> str:
        """The digits as one number, leading zeros kept; "" if refused."""
        return "".join(str(digit.label) for digit in self.digits)

    @property
    def lines(self) -> tuple[str, ...]:
        """The digits of each line of writing, from top to bottom; empty if refused."""
        return tuple("".join(digits) for digits in self._digits_by_line().values())

    @property
    def written(self) -> str:
        """The digits and the signs between them, as "-3.14"; one line of text for each line."""
        lines = self._digits_by_line()
        for sign in reversed(self.signs):
            lines[sign.line].insert(sign.digits_before, sign.text)
        return "\n".join("".join(characters) for characters in lines.values())

    def _digits_by_line(self) -> dict[int, list[str]]:
        """Return the digits of each line by its number, in reading order."""
        lines: dict[int, list[str]] = {}
        for digit in self.digits:
            lines.setdefault(digit.line, []).append(str(digit.label))
        return lines


class Examples(NamedTuple):
    """Glyphs with their labels.

    Attributes:
        glyphs: (n, 28, 28), uint8, 0 paper … 255 ink.
        labels: (n,), int64, 0–9 or `NOT_A_DIGIT`.
    """

    glyphs: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def part(self, which: slice | NDArray[np.bool_] | NDArray[np.intp]) -> Examples:
        """Return some of them."""
        return Examples(self.glyphs[which], self.labels[which])


def concatenate(parts: Sequence[Examples]) -> Examples:
    """Return the examples of all parts, one after the other."""
    return Examples(
        np.concatenate([part.glyphs for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )
