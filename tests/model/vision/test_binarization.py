"""Where paper ends and ink begins."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.vision.binarization import (
    MIN_CONTRAST,
    close_gaps,
    hysteresis_threshold,
    ink_level,
    noise,
    threshold,
)
from model.vision.components import connected_components


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


def test_the_gaps_between_the_segments_of_a_display_are_closed() -> None:
    closed = _closed(_display())
    assert closed is not None
    count, _ = cv2.connectedComponents(closed, connectivity=8)
    assert count == 3  # the ground, and two digits


def test_a_frame_at_the_border_is_not_joined_to_a_display() -> None:
    mask = _display()
    frame = np.zeros_like(mask)
    frame[:, :37] = 1  # as close to the left digit as its segments are to one another
    closed = _closed(mask | frame)
    assert closed is not None
    assert not closed[:, 38].any()


def test_strokes_without_gaps_stay_as_they_are() -> None:
    mask = np.zeros((100, 200), np.uint8)
    for x in (40, 90, 140):
        cv2.line(mask, (x, 20), (x, 80), 1, 8)
    assert _closed(mask) is None


def test_pieces_of_one_digit_are_left_to_be_joined_as_candidates() -> None:
    assert _closed(np.ascontiguousarray(_display()[:, :80])) is None


def _closed(mask: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    found = connected_components(mask, mask)
    return close_gaps(mask, found.labels, found.boxes)


def _display() -> NDArray[np.uint8]:
    """Two digits eight, of bars that do not touch: (100, 140), uint8, 0 or 1."""
    mask = np.zeros((100, 140), np.uint8)
    for x in (40, 90):
        for y in (14, 46, 78):
            mask[y : y + 8, x : x + 34] = 1
        for y in (20, 52):
            mask[y + 4 : y + 24, x : x + 8] = mask[y + 4 : y + 24, x + 26 : x + 34] = 1
    return mask
