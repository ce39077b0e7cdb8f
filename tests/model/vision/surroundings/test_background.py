from __future__ import annotations

import cv2
import numpy as np

from model.types import Box
from model.vision.surroundings.background import background_difference


def bar(left: int, right: int, ink: int) -> tuple[np.ndarray, np.ndarray, list[Box]]:
    """An upright bar of ink; the ground is `left` on one side and `right` on the other."""
    pixels = np.full((120, 120, 3), left, np.uint8)
    pixels[:, 60:] = right
    pixels[20:100, 56:64] = ink
    inked = np.zeros((120, 120), bool)
    inked[20:100, 56:64] = True
    return pixels, inked, [Box(56, 20, 8, 80)]


def test_a_stroke_on_paper_has_the_same_on_both_sides() -> None:
    assert background_difference(*bar(220, 220, 40)) == 0


def test_the_edge_of_a_thing_has_not() -> None:
    assert background_difference(*bar(220, 120, 40)) > 0.5


def test_a_shadow_across_a_stroke_is_no_edge() -> None:
    pixels, inked, boxes = bar(220, 220, 40)
    pixels[60:] = pixels[60:] // 2

    assert background_difference(pixels, inked, boxes) < 0.1


def test_colours_count_as_well_as_brightness() -> None:
    pixels, inked, boxes = bar(150, 150, 40)
    pixels[:, 64:] = (250, 105, 150)  # as bright

    assert background_difference(pixels, inked, boxes) > 0.5


def test_where_there_is_nothing_beside_the_ink_nothing_is_said() -> None:
    pixels = np.zeros((30, 30, 3), np.uint8)
    cv2.rectangle(pixels, (0, 0), (29, 29), (255, 255, 255), 2)

    assert background_difference(pixels, np.ones((30, 30), bool), [Box(0, 0, 30, 30)]) == 0
    assert background_difference(pixels, np.zeros((30, 30), bool), []) == 0
