from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from model.synthesis import crops
from model.synthesis.photo import SimulatedPhoto
from model.synthesis.writer import Writer
from model.types import NOT_A_DIGIT, Box, Examples

Maker = Callable[..., Examples]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


MAKERS = pytest.mark.parametrize(
    "make", [crops.from_ink, pytest.param(crops.from_photos, marks=pytest.mark.slow)]
)


@MAKERS
def test_glyphs_are_labelled_and_full_of_ink(writer: Writer, make: Maker) -> None:
    digits = make(writer, 8, rng(), are_digits=True)
    negatives = make(writer, 8, rng(), are_digits=False)

    for made in (digits, negatives):
        assert made.glyphs.shape == (8, 28, 28)
        assert made.glyphs.dtype == np.uint8
        assert made.labels.dtype == np.int64
        assert (made.glyphs.max(axis=(1, 2)) == 255).all()
    assert set(digits.labels.tolist()) <= set(range(10))
    assert set(negatives.labels.tolist()) == {NOT_A_DIGIT}


def test_from_ink_makes_more_of_the_digits_with_most_forms(writer: Writer) -> None:
    made = crops.from_ink(writer, 39, rng(), are_digits=True)

    assert np.bincount(made.labels).tolist() == [3, 6, 3, 3, 6, 3, 3, 6, 3, 3]


@MAKERS
def test_the_same_seed_makes_the_same(writer: Writer, make: Maker) -> None:
    first, again = (make(writer, 3, rng(4), are_digits=True) for _ in range(2))
    other = make(writer, 3, rng(5), are_digits=True)

    assert np.array_equal(first.glyphs, again.glyphs)
    assert np.array_equal(first.labels, again.labels)
    assert not np.array_equal(first.glyphs, other.glyphs)


def drawn(boxes: tuple[Box, ...], labels: tuple[int, ...]) -> SimulatedPhoto:
    """A white sheet on which two fat bars stand at (50, 50) and (150, 50), each 20 by 60."""
    sheet = np.full((200, 300), 255, np.uint8)
    for left in (50, 150):
        cv2.rectangle(sheet, (left, 50), (left + 19, 109), 0, -1)
    return SimulatedPhoto(cv2.imencode(".png", sheet)[1].tobytes(), labels, boxes)


def test_a_crop_takes_the_label_of_the_character_it_covers() -> None:
    photo = drawn((Box(50, 50, 20, 60), Box(150, 50, 20, 60)), (1, 7))

    assert {label for _, label in crops.label_crops(photo, rng())} == {1, 7}


def test_a_crop_of_a_part_of_a_character_is_left_out() -> None:
    photo = drawn((Box(50, 50, 20, 60), Box(130, 30, 80, 150)), (1, 8))

    assert {label for _, label in crops.label_crops(photo, rng())} == {1}


def test_a_crop_of_two_characters_is_not_a_digit() -> None:
    photo = drawn((Box(50, 50, 20, 28), Box(50, 82, 20, 28), Box(150, 50, 20, 60)), (1, 2, 7))

    assert {label for _, label in crops.label_crops(photo, rng())} == {NOT_A_DIGIT, 7}


def test_a_crop_of_a_character_with_much_else_is_not_a_digit() -> None:
    photo = drawn((Box(50, 50, 19, 20), Box(150, 50, 20, 60)), (1, 7))

    assert {label for _, label in crops.label_crops(photo, rng())} == {NOT_A_DIGIT, 7}


def test_an_object_is_not_a_digit_however_upright() -> None:
    branches = np.full((200, 300), 255, np.uint8)
    for left in (30, 100, 170):
        cv2.line(branches, (100, 100), (left, 30), 0, 6)
    cv2.line(branches, (100, 100), (100, 180), 0, 8)
    photo = SimulatedPhoto(cv2.imencode(".png", branches)[1].tobytes(), (), ())

    assert {label for _, label in crops.label_crops(photo, rng())} == {NOT_A_DIGIT}


def test_upright_dirt_might_be_a_1_and_is_left_out() -> None:
    photo = drawn((Box(150, 50, 20, 60),), (7,))

    assert {label for _, label in crops.label_crops(photo, rng())} == {7}
