"""Light is evened out, and ink is bright whatever it was in the photo."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.vision import illumination


def page(paper: int = 220, ink: int = 60) -> NDArray[np.uint8]:
    """A cross on a sheet, (240, 320), grey."""
    grey = np.full((240, 320), paper, np.uint8)
    cv2.line(grey, (100, 60), (220, 180), ink, 7)
    cv2.line(grey, (220, 60), (100, 180), ink, 7)
    return grey


@pytest.mark.parametrize("reach", [0.08, 0.3])
def test_ink_in_the_shadow_is_as_strong_as_in_the_light(reach: float) -> None:
    shaded = page()
    shaded[:, :160] //= 2  # a hard edge through the middle of the cross
    (plane,) = illumination.normalize_illumination(shaded, [reach])
    assert plane[75, 115] == pytest.approx(int(plane[75, 205]), abs=25)
    assert plane[20, 40] < 12
    assert plane[20, 300] < 12


def test_without_evening_out_a_shadow_counts_as_ink() -> None:
    shaded = page()
    shaded[:, :160] //= 2
    assert illumination.invert(shaded)[20, 40] > 90


@pytest.mark.parametrize(("paper", "ink", "dark"), [(220, 60, True), (30, 200, False)])
def test_polarity_of_an_even_page_is_certain(paper: int, ink: int, dark: bool) -> None:
    pixels = np.repeat(page(paper, ink)[..., None], 3, axis=2)
    ((plane, is_dark),) = illumination.grey_planes(pixels, 0.12)
    assert is_dark is dark
    assert plane[120, 160] < plane[20, 20]  # dark ink on lighter paper, whatever it was


def test_colours_of_equal_brightness_are_told_apart() -> None:
    paper, ink = np.array([60, 180, 90]), np.array([235, 85, 90])
    brightness = np.array([0.299, 0.587, 0.114])
    assert paper @ brightness == pytest.approx(ink @ brightness, abs=6)
    pixels = np.where(page(0, 1)[..., None] > 0, ink, paper).astype(np.uint8)
    planes = [plane for plane, _ in illumination.grey_planes(pixels, 0.12)]
    evened = [illumination.normalize_illumination(plane, [0.3]) for plane in planes]
    assert max(int(plane[120, 160]) for (plane,) in evened) > 60
