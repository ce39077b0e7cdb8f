from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.serving.likely_digits import MAX_LIKELY_DIGITS, likely_digits
from model.recognition.recognizer import Recognizer
from tests.model.photo_variants import jpeg, sheet


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer.load()


def test_what_looks_most_like_a_digit_in_a_refused_photo_is_kept(recognizer: Recognizer) -> None:
    letter = np.full((300, 300), 250, np.uint8)
    letter[60:240, 60:80] = letter[60:240, 220:240] = letter[140:160, 60:240] = 20  # an H
    found = likely_digits(recognizer.examine(jpeg(letter)))
    assert 1 <= len(found) <= MAX_LIKELY_DIGITS
    assert all(digit.glyph.shape == (28, 28) for digit in found)


def test_of_a_photo_that_was_read_nothing_more_is_kept(
    recognizer: Recognizer, digits: NDArray[np.uint8]
) -> None:
    assert likely_digits(recognizer.examine(jpeg(sheet(digits[7])))) == ()


def test_in_a_blank_photo_there_is_nothing(recognizer: Recognizer) -> None:
    assert likely_digits(recognizer.examine(jpeg(np.full((300, 300), 250, np.uint8)))) == ()
