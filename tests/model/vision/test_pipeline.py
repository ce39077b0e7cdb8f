"""The ways in which a photo is segmented."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.vision.illumination import Polarity
from model.vision.pipeline import (
    PASSES,
    USUAL_BINARIZATIONS,
    Pass,
    find_glyphs,
    polarities,
    segment,
)

USUAL = PASSES[0]


def photo() -> NDArray[np.uint8]:
    """A thin 7 on even paper, (h, w, 3)."""
    pixels = np.full((400, 400, 3), 235, np.uint8)
    cv2.putText(pixels, "7", (150, 260), cv2.FONT_HERSHEY_SIMPLEX, 5, (40, 40, 40), 6)
    return pixels


def dark_ink_on(pixels: NDArray[np.uint8]) -> Polarity:
    """The one likely polarity of a photo."""
    (polarity,) = polarities(pixels, USUAL)
    assert polarity.dark_ink
    return polarity


def test_ways_that_come_to_the_same_yield_the_same_object() -> None:
    first, second = segment(dark_ink_on(photo()), USUAL)
    assert first is second
    assert first.candidates


def test_ways_that_differ_yield_objects_of_their_own() -> None:
    shaded = (photo() * np.linspace(0.5, 1, photo().shape[1])[None, :, None]).astype(np.uint8)
    first, second = segment(dark_ink_on(shaded), USUAL)
    assert first is not second


def test_each_turn_is_a_way_of_its_own() -> None:
    turned = Pass(640, 0.12, USUAL_BINARIZATIONS[:1], quarter_turns=(1, 3))
    assert [found.quarter_turns for found in segment(dark_ink_on(photo()), turned)] == [1, 3]


def test_the_likelier_polarity_comes_first() -> None:
    both = USUAL._replace(min_energy_share=0.0)
    assert [found.dark_ink for found in polarities(photo(), both)] == [True, False]
    assert [found.dark_ink for found in polarities(255 - photo(), both)] == [False, True]


def test_what_a_model_learns_from_is_cut_out_as_the_photo_came() -> None:
    cut = find_glyphs(photo())
    assert len(cut) == sum(
        len(found.candidates)
        for pass_ in PASSES
        if pass_ in (USUAL, PASSES[4])
        for polarity in polarities(photo(), pass_)
        for found in segment(polarity, pass_)
    )
