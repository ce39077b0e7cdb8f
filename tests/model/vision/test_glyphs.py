"""A glyph is what MNIST's makers would have made of the same ink, whatever the pen."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from model.vision.glyphs import (
    DIGIT_SIDE,
    GLYPH_SIDE,
    extract_glyph,
    padded,
    stroke_width,
    to_glyph,
)


def stroke(height: int = 200, width: int = 120) -> NDArray[np.uint8]:
    """A thick 7 on a sheet, (height + 100, width + 100)."""
    ink = np.zeros((height + 100, width + 100), np.uint8)
    points = np.array([(60, 60), (width + 40, 60), (80, height + 40)], np.int32)
    cv2.polylines(ink, [points], isClosed=False, color=255, thickness=14)
    return ink


def test_fills_the_box_and_keeps_the_aspect() -> None:
    glyph = to_glyph(stroke())
    _, _, width, height = cv2.boundingRect(glyph)
    assert height == DIGIT_SIDE
    assert width < height
    assert glyph.max() == 255
    assert glyph.shape == (GLYPH_SIDE, GLYPH_SIDE)


def test_centre_of_mass_falls_on_the_centre() -> None:
    glyph = to_glyph(stroke()).astype(float)
    rows, columns = np.mgrid[:GLYPH_SIDE, :GLYPH_SIDE]
    assert (rows * glyph).sum() / glyph.sum() == pytest.approx(14, abs=0.51)
    assert (columns * glyph).sum() / glyph.sum() == pytest.approx(14, abs=0.51)


def test_does_not_depend_on_size_or_place() -> None:
    ink = stroke()
    moved = np.pad(ink, ((300, 10), (5, 90)))
    doubled = cv2.resize(ink, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    assert np.array_equal(to_glyph(moved), to_glyph(ink))
    difference = cv2.absdiff(to_glyph(np.asarray(doubled, np.uint8)), to_glyph(ink))
    assert difference.max() <= 12


def test_faint_ink_becomes_full_ink() -> None:
    ink = stroke()
    assert cv2.absdiff(to_glyph(ink // 255 * 51), to_glyph(ink)).max() <= 5


def test_no_ink_is_an_empty_glyph() -> None:
    assert not to_glyph(np.zeros((50, 40), np.uint8)).any()


@settings(deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60))))
def test_any_ink_makes_a_glyph(ink: NDArray[np.uint8]) -> None:
    glyph = to_glyph(ink)
    assert glyph.shape == (GLYPH_SIDE, GLYPH_SIDE)
    assert glyph.dtype == np.uint8
    assert glyph.max() == (255 if ink.any() else 0)


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


def test_no_ink_is_extracted_as_an_empty_glyph() -> None:
    assert not extract_glyph(np.zeros((30, 20), np.uint8)).any()


def test_padding_adds_paper_on_every_side() -> None:
    around = padded(np.full((2, 3), 9, np.uint8), 2)
    assert around.shape == (6, 7)
    assert around.sum() == 9 * 6
    assert (around[2:4, 2:5] == 9).all()
