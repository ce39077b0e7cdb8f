from __future__ import annotations

import numpy as np
import pytest

from bot.messages.sheet import (
    CARD_WIDTH,
    MAX_PHOTO_HEIGHT,
    MAX_TAG_SIZE,
    Style,
    boxed_photo,
    wrapped,
)
from model.recognition.decoding.decode import DecodedPhoto
from model.types import Box


@pytest.mark.parametrize("box", [Box(0, 0, 40, 80), Box(560, 300, 40, 100), Box(0, 0, 600, 400)])
def test_a_box_lies_within_the_photo_that_is_shown(box: Box) -> None:
    shown = boxed_photo(DecodedPhoto(np.zeros((400, 600, 3), np.uint8), scale=1), [box])
    ((left, top, right, bottom),) = shown.boxes
    assert 0 <= left < right <= CARD_WIDTH
    assert MAX_TAG_SIZE < top < bottom <= shown.height
    assert (right - left) / (bottom - top) == pytest.approx(box.width / box.height, rel=0.05)


def test_a_photo_is_cropped_to_what_was_found_in_it() -> None:
    pixels = np.zeros((1000, 1000, 3), np.uint8)
    shown = boxed_photo(DecodedPhoto(pixels, scale=1), [Box(480, 480, 40, 40)])
    ((left, _, right, _),) = shown.boxes
    assert right - left > 200, "the digit is large"


def test_a_high_photo_does_not_fill_the_whole_screen() -> None:
    pixels = np.zeros((1600, 200, 3), np.uint8)
    shown = boxed_photo(DecodedPhoto(pixels, scale=1), [Box(0, 0, 200, 1600)])
    assert shown.height <= MAX_PHOTO_HEIGHT + 2 * MAX_TAG_SIZE


def test_words_go_on_in_the_next_line_where_they_do_not_fit() -> None:
    style = Style(24, "#000000")
    assert wrapped("wie keine andere Ziffer", style, 1000) == ["wie keine andere Ziffer"]
    lines = wrapped("wie keine andere Ziffer", style, 200)
    assert " ".join(lines) == "wie keine andere Ziffer" and len(lines) == 2
    assert wrapped("Zifferblattverzierung", style, 10) == ["Zifferblattverzierung"]
