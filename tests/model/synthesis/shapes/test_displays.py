from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from model.synthesis.shapes import displays

Maker = Callable[[int, int, np.random.Generator], np.ndarray]
DISPLAYS = [displays.seven_segment, displays.dot_matrix]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("show", DISPLAYS)
@pytest.mark.parametrize("height", [14, 60, 150])
def test_a_digit_is_lit_and_about_as_high_as_asked(show: Maker, height: int) -> None:
    for digit in range(10):
        for seed in range(5):
            shown = show(digit, height, rng(seed))

            assert shown.dtype == np.uint8
            assert shown.max() > 128
            assert height * 0.5 < shown.shape[0] < height * 1.2 + 6


@pytest.mark.parametrize("show", DISPLAYS)
def test_ten_digits_look_different(show: Maker) -> None:
    shown = [cv2.resize(show(digit, 70, rng(3)), (20, 28)) for digit in range(10)]

    for one in range(10):
        for other in range(one):
            assert np.abs(shown[one].astype(int) - shown[other]).mean() > 5


def test_every_digit_has_its_own_segments_and_dots() -> None:
    assert len({frozenset(segments) for segments in displays.SEGMENTS.values()}) == 10
    assert len(set(displays.DOTS)) == 10
    assert all(
        [len(row) for row in dots.split()] == [5] * 7 and set(dots) == set("#. ")
        for dots in displays.DOTS
    )
