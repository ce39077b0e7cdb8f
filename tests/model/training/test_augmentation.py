"""Glyphs are deformed as if somebody else had written them."""

from __future__ import annotations

import numpy as np
import pytest

from model.datasets import mnist
from model.recipes import Augmentation
from model.training.augmentation import BATCH_SIZE, augment
from model.vision.glyphs import MASS_CENTRE

STILL = Augmentation(elastic=(0, 0), rotation=0, scale=0, aspect=0, shear=0, shift=0, stroke=0)


@pytest.fixture(scope="module")
def glyphs() -> np.ndarray:
    return mnist.test_set().glyphs[:500]


def test_an_augmentation_of_zero_changes_nothing(glyphs: np.ndarray) -> None:
    assert (augment(glyphs, STILL, np.random.default_rng(0)) == _brightest(glyphs)).mean() > 0.99


def test_the_seed_decides_the_deformations(glyphs: np.ndarray) -> None:
    one, same, other = (
        augment(glyphs, Augmentation(), np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any(axis=(1, 2)).all()


def test_each_glyph_is_deformed_in_its_own_way(glyphs: np.ndarray) -> None:
    same = np.repeat(glyphs[:1], 50, axis=0)
    deformed = augment(same, Augmentation(), np.random.default_rng(0))
    assert len(np.unique(deformed, axis=0)) == 50


def test_a_deformed_glyph_is_centred_and_as_bright_as_any(glyphs: np.ndarray) -> None:
    deformed = augment(glyphs, Augmentation(shift=0), np.random.default_rng(0)).astype(float)
    assert (deformed.max(axis=(1, 2)) == 255).all()
    mass = deformed.sum(axis=(1, 2))
    for axis in (1, 2):
        centre = (deformed.sum(axis=axis) * np.arange(28)).sum(axis=1) / mass
        away = np.abs(centre - MASS_CENTRE)
        # Whole pixels; and a stroke that was bent over the edge is lost.
        assert np.quantile(away, 0.98) < 0.6


def test_no_ink_comes_from_the_neighbours() -> None:
    alone = np.zeros((3, 28, 28), np.uint8)
    alone[1] = 255
    deformed = augment(alone, Augmentation(), np.random.default_rng(0))
    assert not deformed[0].any()
    assert not deformed[2].any()


def test_strokes_get_wider_and_narrower(glyphs: np.ndarray) -> None:
    only = {"elastic": (0, 0), "rotation": 0, "scale": 0, "aspect": 0, "shear": 0, "shift": 0}
    deformed = augment(glyphs, Augmentation(**only, stroke=0.5), np.random.default_rng(0))  # type: ignore[arg-type]
    ratio = deformed.sum(axis=(1, 2)) / glyphs.sum(axis=(1, 2))
    assert ratio.min() < 0.85
    assert ratio.max() > 1.15


@pytest.mark.parametrize("count", [0, 1, BATCH_SIZE + 1])
def test_any_number_of_glyphs_is_deformed(glyphs: np.ndarray, count: int) -> None:
    assert augment(glyphs[:count], Augmentation(), np.random.default_rng(0)).shape == (
        count,
        28,
        28,
    )


def _brightest(glyphs: np.ndarray) -> np.ndarray:
    factor = 255 / glyphs.max(axis=(1, 2), keepdims=True).astype(float)
    return np.asarray(np.rint(glyphs * factor), np.uint8)
