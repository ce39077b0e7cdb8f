"""Differences in slant, position and size are removed inside the network."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.datasets import mnist
from model.training import moment_normalization

CENTRE = 13.5


def _normalized(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(moment_normalization.normalize_moments(pixels))


def _digits(*labels: int) -> NDArray[np.float32]:
    """One of each label, (n, 28, 28), 0–1."""
    known = mnist.training_set()
    first = [int(np.flatnonzero(known.labels == label)[0]) for label in labels]
    return np.divide(known.glyphs[first], 255, dtype=np.float32)


def _mapped(pixels: NDArray[np.float32], linear: NDArray[np.float64]) -> NDArray[np.float32]:
    """Each glyph, mapped about the middle."""
    middle = np.full(2, CENTRE)
    affine = np.column_stack([linear, middle - linear @ middle])
    return np.stack(
        [cv2.warpAffine(glyph, affine, (28, 28), None, cv2.INTER_CUBIC) for glyph in pixels]
    )


@pytest.mark.parametrize(
    ("linear", "left"),
    [
        pytest.param([[1, 0.3], [0, 1]], 0.35, id="leaning"),
        pytest.param([[1, -0.3], [0, 1]], 0.35, id="leaning the other way"),
        pytest.param([[1, 0], [0, 0.8]], 0.75, id="flatter"),
        pytest.param([[0.8, 0], [0, 0.8]], 0.75, id="smaller"),
    ],
)
def test_differences_of_handwriting_are_removed(linear: list[list[float]], left: float) -> None:
    pixels = _digits(2, 3, 5, 6, 8)
    other = _mapped(pixels, np.array(linear))
    before = np.abs(other - pixels).mean()
    after = np.abs(_normalized(other) - _normalized(pixels)).mean()
    assert after < left * before


def test_the_centre_of_mass_comes_to_the_middle() -> None:
    pixels = np.roll(_digits(2, 4, 9), (2, -2), axis=(1, 2))
    after = _normalized(pixels)
    offsets = np.arange(28) - CENTRE
    mass = after.sum(axis=(1, 2))
    assert np.abs(after.sum(axis=1) @ offsets / mass).max() < 0.3
    assert np.abs(after.sum(axis=2) @ offsets / mass).max() < 0.3


def test_a_glyph_that_is_as_usual_stays_as_it_is() -> None:
    """Interpolation alone, at the pixels themselves, gives the pixels back."""
    across, down = np.meshgrid(np.arange(28) - CENTRE, np.arange(28) - CENTRE)
    usual = (across / moment_normalization.USUAL_WIDTH) ** 2 + (
        down / moment_normalization.USUAL_HEIGHT
    ) ** 2
    pixels = np.exp(-usual / 2).astype(np.float32)[None]
    # The window cuts the tails off, which makes it a little narrower than usual.
    np.testing.assert_allclose(_normalized(pixels), pixels, atol=0.03)


def test_a_narrow_1_does_not_become_as_wide_as_a_0() -> None:
    one, nought = _normalized(_digits(1, 0)) > 0.5
    assert np.ptp(np.flatnonzero(one.any(axis=0))) < np.ptp(np.flatnonzero(nought.any(axis=0))) / 2


@pytest.mark.parametrize("ink", [0.0, 1.0])
def test_a_glyph_without_a_shape_gives_finite_numbers(ink: float) -> None:
    assert np.isfinite(_normalized(np.full((1, 28, 28), ink, np.float32))).all()
