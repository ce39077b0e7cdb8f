"""Strokes come out about as wide as MNIST's, whatever pen they were drawn with."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from model.vision.glyphs import extract_glyph, padded, stroke_width


@pytest.mark.parametrize("pen", [1, 2, 6, 20, 50])
def test_stroke_widths_are_evened_out(pen: int) -> None:
    ink = np.zeros((400, 300), np.uint8)
    cv2.polylines(ink, [np.array([(60, 60), (240, 60), (120, 340)], np.int32)], False, 255, pen)
    inked = float(extract_glyph(ink).astype(float).sum()) / 255
    assert 50 < inked < 170


def test_the_width_of_a_bar_is_measured() -> None:
    bar = np.zeros((200, 60), np.uint8)
    bar[10:190, 20:32] = 1
    assert stroke_width(bar) == pytest.approx(12, abs=1.5)


def test_no_ink_makes_an_empty_glyph() -> None:
    assert not extract_glyph(np.zeros((30, 20), np.uint8)).any()


def test_padding_adds_paper_on_every_side() -> None:
    around = padded(np.full((2, 3), 9, np.uint8), 2)
    assert around.shape == (6, 7)
    assert around.sum() == 9 * 6
    assert (around[2:4, 2:5] == 9).all()
