from __future__ import annotations

import numpy as np
import pytest

from model.synthesis import pen
from model.synthesis.pen import Nib
from model.synthesis.shapes.stroke_templates import (
    DIGIT_TEMPLATES,
    SIGN_TEMPLATES,
    one_with_upstroke,
)

BALLPOINT = Nib(width=0.04)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    "form", [form for forms in DIGIT_TEMPLATES for form in forms] + list(SIGN_TEMPLATES)
)
def test_every_form_is_strokes_in_the_box(form: str) -> None:
    for stroke in pen.strokes_of(form, rng()):
        assert stroke.shape[1] == 2
        assert len(stroke) > pen.POINTS_PER_SEGMENT
        assert stroke.min() > -25
        assert stroke.max() < 125


def test_an_upstroke_of_a_1_reaches_from_a_tick_to_the_height_of_the_stem() -> None:
    heights = []
    for seed in range(200):
        words = one_with_upstroke(rng(seed)).replace(";", "").replace("!", "").split()
        points = [tuple(map(float, word.split(","))) for word in words]
        x, y = points[0]
        top_x = next(x for x, y in points if y == 0)
        heights.append(y)
        assert 1 <= top_x - x <= 62  # it begins at the left

    assert min(heights) < 15
    assert max(heights) > 95


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("height", [12, 60, 400])
def test_a_digit_is_as_high_as_asked(digit: int, height: int) -> None:
    ink = pen.write_digit(digit, BALLPOINT, height, rng())

    assert ink.dtype == np.uint8
    rows = np.flatnonzero(ink.max(axis=1))
    # A slanted, wide digit is held to its width.
    assert height * 0.6 < rows[-1] - rows[0] + 1 <= height + 4


def test_ink_never_touches_the_frame() -> None:
    for seed in range(20):
        ink = pen.write_digit(seed % 10, Nib(width=0.15, pressure=1.0), 80, rng(seed))
        assert not np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]]).any()


def test_the_same_seed_writes_the_same() -> None:
    first, again, other = (pen.write_digit(4, BALLPOINT, 50, rng(seed)) for seed in (1, 1, 2))

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_fatter_nib_leaves_more_ink() -> None:
    thin, fat = (pen.write_digit(8, Nib(width=width), 100, rng()) for width in (0.02, 0.15))

    assert fat.mean() > 2 * thin.mean()


def test_dots_leave_less_ink_than_a_line() -> None:
    line, dots = (pen.write_digit(3, Nib(0.05, gap=gap), 120, rng()) for gap in (0.0, 2.0))

    assert 0 < dots.sum() < line.sum()


def test_a_rough_nib_leaves_ink_or_paper_and_nothing_between() -> None:
    ink = pen.write_digit(5, Nib(0.05, smooth=False), 60, rng())

    assert set(np.unique(ink)) == {0, 255}


def test_signs_and_scribbles_leave_ink() -> None:
    for seed in range(20):
        assert pen.write_sign(BALLPOINT, 50, rng(seed)).max() == 255
        assert pen.scribble(BALLPOINT, 50, rng(seed)).max() == 255
