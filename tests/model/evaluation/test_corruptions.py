from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.evaluation.corruptions import CORRUPTIONS, Corruption, corrupted
from model.evaluation.overlays import fogs

BY_NAME = {corruption.name: corruption for corruption in CORRUPTIONS}


@pytest.fixture
def sevens() -> NDArray[np.uint8]:
    """(50, 28, 28): a 7 as MNIST would have it, moved a little each time."""
    images = np.zeros((50, 28, 28), np.uint8)
    for index, image in enumerate(images):
        x = 7 + index % 3
        corners = np.array([[x, 6], [x + 11, 6], [x + 4, 22]], np.int32)
        cv2.polylines(image, [corners], isClosed=False, color=255, thickness=2)
    return images


def test_there_are_the_fifteen_of_the_paper() -> None:
    assert len(CORRUPTIONS) == len(BY_NAME) == 15
    assert sum(len(corruption.severities) for corruption in CORRUPTIONS) == 11 * 5 + 4


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda corruption: corruption.name)
def test_each_changes_the_images_and_is_the_same_for_the_same_seed(
    corruption: Corruption, sevens: NDArray[np.uint8]
) -> None:
    before = sevens.copy()
    for severity in corruption.severities:
        damaged = corrupted(sevens, corruption, severity)
        assert damaged.shape == sevens.shape
        assert damaged.dtype == np.uint8
        assert (damaged != sevens).any(axis=(1, 2)).mean() > 0.9
        assert np.array_equal(damaged, corrupted(sevens, corruption, severity))
    assert np.array_equal(sevens, before)


@pytest.mark.parametrize(
    "name", ["shot noise", "impulse noise", "glass blur", "motion blur", "shear", "scale", "rotate"]
)
def test_higher_severities_do_more_damage(name: str, sevens: NDArray[np.uint8]) -> None:
    distances = [
        np.abs(corrupted(sevens, BY_NAME[name], severity) - sevens.astype(float)).mean()
        for severity in (1, 3, 5)
    ]
    assert distances == sorted(distances)


def test_scaling_halves_the_digit_and_keeps_its_centre(sevens: NDArray[np.uint8]) -> None:
    small = corrupted(sevens, BY_NAME["scale"], 5)
    assert small.sum() / sevens.sum() == pytest.approx(0.25, rel=0.05)
    rows = np.arange(28)[:, None]
    for image, shrunk in zip(sevens, small, strict=True):
        offset = (image * rows).sum() / image.sum() - 13.5
        assert (shrunk * rows).sum() / shrunk.sum() - 13.5 == pytest.approx(offset / 2, abs=0.1)


def test_translation_moves_both_ways_by_whole_pixels(sevens: NDArray[np.uint8]) -> None:
    for image, moved in zip(sevens, corrupted(sevens, BY_NAME["translate"], 2), strict=True):
        matches = [
            np.array_equal(np.roll(image, (down, right), (0, 1)), moved)
            for down in (-2, 2)
            for right in (-2, 2)
        ]
        assert any(matches)


def test_the_stripe_inverts_the_outer_quarters(sevens: NDArray[np.uint8]) -> None:
    striped = corrupted(sevens, BY_NAME["stripe"], 0)
    assert np.array_equal(striped[:, :, 7:21], sevens[:, :, 7:21])
    assert np.array_equal(striped[:, :, :7], 255 - sevens[:, :, :7])
    assert np.array_equal(striped[:, :, 21:], 255 - sevens[:, :, 21:])


def test_impulse_noise_hits_the_published_share_of_pixels() -> None:
    grey = np.full((200, 28, 28), 128, np.uint8)
    noisy = corrupted(grey, BY_NAME["impulse noise"], 5)
    assert (noisy == 0).mean() == pytest.approx(0.135, abs=0.005)
    assert (noisy == 255).mean() == pytest.approx(0.135, abs=0.005)


def test_glass_only_moves_what_ink_there_is(sevens: NDArray[np.uint8]) -> None:
    for severity in (1, 3):
        glass = corrupted(sevens, BY_NAME["glass blur"], severity)
        assert glass.sum() / sevens.sum() == pytest.approx(1, abs=0.05)


def test_lines_are_drawn_where_there_was_nothing() -> None:
    blank = np.zeros((20, 28, 28), np.uint8)
    dotted = corrupted(blank, BY_NAME["dotted line"], 0)
    assert not dotted[:, :, :2].any()
    assert dotted[:, :, 2:4].any(axis=(1, 2)).all()
    zigzag = corrupted(blank, BY_NAME["zigzag"], 0)
    assert not zigzag[:, :, :2].any()
    assert zigzag.any(axis=(1, 2)).mean() > 0.9


def test_an_outline_is_thin_and_black_and_white(sevens: NDArray[np.uint8]) -> None:
    edges = corrupted(sevens, BY_NAME["canny edges"], 0)
    assert set(np.unique(edges)) == {0, 255}
    assert not edges[:, 7, 12].any()  # in the middle of the bar
    assert edges.any(axis=(1, 2)).all()


def test_fog_reaches_from_nothing_to_all_and_is_smoother_with_more_decay() -> None:
    rough, smooth = (fogs(4, decay, np.random.default_rng(1)) for decay in (1.2, 2.5))
    for banks in (rough, smooth):
        assert banks.min() == 0
        assert banks.max() == 1
    assert np.abs(np.diff(smooth)).mean() < np.abs(np.diff(rough)).mean() / 3


def test_a_severity_that_was_not_published_is_wrong_use(sevens: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="Received severity 3"):
        corrupted(sevens, BY_NAME["stripe"], 3)
