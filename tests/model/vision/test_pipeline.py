"""The ways in which a photo is segmented."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.vision.pipeline import PASSES, USUAL_BINARIZATIONS, Pass, find_glyphs, segment

USUAL = PASSES[0]


def photo() -> NDArray[np.uint8]:
    """A thin 7 on even paper, (h, w, 3)."""
    pixels = np.full((400, 400, 3), 235, np.uint8)
    cv2.putText(pixels, "7", (150, 260), cv2.FONT_HERSHEY_SIMPLEX, 5, (40, 40, 40), 6)
    return pixels


def test_ways_that_come_to_the_same_yield_the_same_object() -> None:
    first, second = segment(photo(), USUAL)
    assert first is second
    assert first.candidates


def test_ways_that_differ_yield_objects_of_their_own() -> None:
    shaded = (photo() * np.linspace(0.5, 1, photo().shape[1])[None, :, None]).astype(np.uint8)
    first, second = segment(shaded, USUAL)
    assert first is not second


def test_each_turn_is_a_way_of_its_own() -> None:
    turned = Pass(640, 0.12, USUAL_BINARIZATIONS[:1], quarter_turns=(1, 3))
    assert [found.quarter_turns for found in segment(photo(), turned)] == [1, 3]


def test_only_the_inks_asked_for_are_looked_at() -> None:
    both = USUAL._replace(min_energy_share=0.0)
    assert {found.dark_ink for found in segment(photo(), both, inks=(True,))} == {True}
    assert True not in {found.dark_ink for found in segment(photo(), both, inks=(False,))}


def test_what_a_model_learns_from_is_cut_out_as_the_photo_came() -> None:
    cut = find_glyphs(photo())
    assert len(cut) == sum(
        len(found.candidates)
        for pass_ in PASSES
        if pass_ in (USUAL, PASSES[4])
        for found in segment(photo(), pass_)
    )
