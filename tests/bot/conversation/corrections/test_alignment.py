from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.conversation.corrections.alignment import align


def read_as(number: str, confidence: float = 0.97) -> NDArray[np.float64]:
    """Probabilities of glyphs that were read as this number."""
    probabilities = np.full((len(number), 10), (1 - confidence) / 9)
    for place, digit in enumerate(number):
        probabilities[place, int(digit)] = confidence
    return probabilities


@pytest.mark.parametrize(
    ("read", "said", "sure"),
    [
        ("318", "318", {0: 3, 1: 1, 2: 8}),
        ("318", "316", {0: 3, 1: 1, 2: 6}),
        ("7", "1", {0: 1}),
        # One digit more was written than was found.
        ("318", "3180", {0: 3, 1: 1, 2: 8}),
        ("2043", "12043", {0: 2, 1: 0, 2: 4, 3: 3}),
        # One glyph was no digit.
        ("12345", "1345", {0: 1, 2: 3, 3: 4, 4: 5}),
        # Two glyphs may be the one 1: neither is sure.
        ("3118", "318", {0: 3, 3: 8}),
        ("999", "99", {}),
        # The 7 may be the 1 or the 2.
        ("7", "12", {}),
        ("", "4", {}),
    ],
)
def test_only_glyphs_that_surely_match_are_aligned(
    read: str, said: str, sure: dict[int, int]
) -> None:
    digits = np.array([int(digit) for digit in said], np.intp)
    assert align(read_as(read), digits) == sure


def test_what_the_model_held_for_possible_decides_between_two_glyphs() -> None:
    probabilities = read_as("77")
    probabilities[1, 1] = 0.6
    probabilities[1, 7] = 0.37
    assert align(probabilities, np.array([1])) == {1: 1}


def test_a_long_number_does_not_underflow() -> None:
    number = "0123456789" * 20
    digits = np.array([int(digit) for digit in number], np.intp)
    assert len(align(read_as(number), digits)) == 200
