"""Where paper ends and ink begins."""

from __future__ import annotations

import numpy as np
import pytest

from model.vision.binarization import (
    MIN_CONTRAST,
    hysteresis_threshold,
    ink_level,
    noise,
    threshold,
)


def test_a_small_digit_on_a_large_sheet_counts() -> None:
    plane = np.random.default_rng(0).integers(0, 6, (800, 600), np.uint8)
    plane[400:412, 300:303] = 140
    level, floor = ink_level(plane)
    assert level == pytest.approx(140, abs=10)
    assert floor < 40


def test_an_empty_sheet_has_no_ink() -> None:
    assert ink_level(np.zeros((50, 50), np.uint8)) == (0.0, MIN_CONTRAST)


def test_noise_is_measured_beside_the_ink() -> None:
    values = 50 + np.random.default_rng(0).normal(0, 4, (400, 400))
    values[100:140] += 100
    assert noise(values.clip(0, 255).astype(np.uint8)) == pytest.approx(4, rel=0.25)


def test_faint_ink_needs_strong_ink_that_it_hangs_together_with() -> None:
    plane = np.zeros((20, 40), np.uint8)
    plane[5, 5:15] = 40
    plane[5, 15:20] = 200
    plane[15, 5:15] = 40  # as faint, but alone
    found = hysteresis_threshold(plane, 30, 100)
    assert found[5, 5:20].all()
    assert not found[15].any()


def test_over_a_level_between_two_is_what_is_over_the_lower() -> None:
    plane = np.array([[0, 30, 31, 255]], np.uint8)
    assert threshold(plane, 30.7).tolist() == [[0, 0, 1, 1]]
    assert not threshold(plane, 300.0).any()
