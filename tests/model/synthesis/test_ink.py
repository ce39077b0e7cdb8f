from __future__ import annotations

import cv2
import numpy as np
import pytest

from model.synthesis import ink
from model.types import Ink


@pytest.fixture
def ring() -> Ink:
    """A 0, 80 pixels high, its line 9 wide."""
    canvas = np.zeros((100, 100), np.uint8)
    cv2.circle(canvas, (50, 50), 36, 255, 9, cv2.LINE_AA)
    return canvas


def pieces(drawn: Ink) -> int:
    """Connected pieces of ink."""
    return cv2.connectedComponents((drawn > 60).astype(np.uint8))[0] - 1


def holes(drawn: Ink) -> int:
    """Pieces of paper but for the outer one."""
    framed = np.pad(drawn, 1)
    return cv2.connectedComponents((framed <= 60).astype(np.uint8), connectivity=4)[0] - 2


@pytest.mark.parametrize("height", [28, 140, 700])
def test_enlarging_keeps_the_shape_and_fills_it(ring: Ink, height: int) -> None:
    small = cv2.resize(ring, (28, 28), interpolation=cv2.INTER_AREA).astype(np.uint8)

    large = ink.enlarge(small, height)

    assert large.shape == (height, height)
    assert large.min() == 0
    assert large.max() >= 250
    assert (pieces(large), holes(large)) == (1, 1)
    assert (large > 127).mean() == pytest.approx((ring > 127).mean(), rel=0.25)


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_thinning_leaves_less_ink_and_breaks_nothing(ring: Ink, kept: float) -> None:
    thinned = ink.thin(ring, kept)

    assert 0 < thinned.sum() < ring.sum()
    assert (pieces(thinned), holes(thinned)) == (1, 1)


def test_thickening_grows_by_so_many_pixels(ring: Ink) -> None:
    thick = ink.thicken(ring, 6)

    assert ink.trim(thick).shape[0] - ink.trim(ring).shape[0] == pytest.approx(6, abs=1)


def test_leaning_loses_no_ink(ring: Ink) -> None:
    leant = ink.lean(ring, slant=0.4, stretch=1.0, turn=0.3)

    assert leant.sum() == pytest.approx(ring.sum(), rel=0.03)


def test_wear_takes_ink_and_adds_none(ring: Ink) -> None:
    worn = ink.wear(ring, 0.8, 2, np.random.default_rng(0))

    assert worn.sum() < ring.sum()
    assert (worn <= ring).all()


def test_softening_keeps_the_blurred_edge(ring: Ink) -> None:
    tight = ink.trim(ring)

    assert ink.soften(tight, 2.0).sum() == pytest.approx(tight.sum(), rel=0.05)


def test_two_pieces_stand_side_by_side(ring: Ink) -> None:
    apart, touching = ink.beside(ring, ring, 5), ink.beside(ring, ring, -3)

    assert pieces(apart) == 2
    assert pieces(touching) == 1


def test_trimming_paper_leaves_a_pixel() -> None:
    assert ink.trim(np.zeros((5, 7), np.uint8)).shape == (1, 1)


def test_a_pen_that_skips_leaves_more_pieces_of_less_ink(ring: Ink) -> None:
    skipped = [ink.skip(ring, np.random.default_rng(seed)) for seed in range(8)]

    assert all(0.6 * ring.sum() < broken.sum() < ring.sum() for broken in skipped)
    assert max(pieces(broken) for broken in skipped) > 1
    assert not ink.skip(np.zeros((9, 9), np.uint8), np.random.default_rng(0)).any()
