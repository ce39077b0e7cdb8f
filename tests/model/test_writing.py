from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest
from PIL import ImageFont

from model import fonts, handwriting, writing
from model.fonts import Hand
from model.writing import Writer


@pytest.fixture(scope="module")
def writer() -> Writer:
    """A writer that needs nothing fetched: Matplotlib's font, and drawn stand-ins for MNIST."""
    path = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    font = ImageFont.truetype(path, fonts.SIZE)
    images = []
    for label in range(10):
        image = np.zeros((28, 28), np.uint8)
        cv2.putText(image, str(label), (6, 23), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2)
        images.append(image[None])
    clothes = np.random.default_rng(0).integers(0, 256, (3, 28, 28)).astype(np.uint8)
    return Writer((Hand(font, "0123456789", fonts.LETTERS["latin"]),), tuple(images), clothes)


def test_what_is_to_be_refused_adds_up() -> None:
    assert sum(writing.NON_DIGITS.values()) == pytest.approx(1)


@pytest.mark.parametrize("height", [14, 50, 150])
def test_digits_and_others_are_ink_of_about_the_height(writer: Writer, height: int) -> None:
    rng = np.random.default_rng(height)
    for number in range(60):
        for written in (writer.digit(number % 10, height, rng), writer.non_digit(height, rng)):
            assert written.dtype == np.uint8
            assert written.ndim == 2
            assert max(written.shape) <= 4.5 * height + 12


@pytest.mark.parametrize("make", [writing.texture, writing.lines])
def test_what_is_no_writing_is_neither_blank_nor_full(
    make: Callable[[int, np.random.Generator], np.ndarray],
) -> None:
    for seed in range(20):
        made = make(60, np.random.default_rng(seed))
        assert 0 < made.mean() < 255


def test_glyphs_are_made_evenly_and_labelled(writer: Writer) -> None:
    digits = handwriting.make("train", True, 50, (0, 0), writer)
    others = handwriting.make("train", False, 50, (0, 0), writer)

    assert digits.glyphs.shape == others.glyphs.shape == (50, 28, 28)
    assert digits.glyphs.dtype == np.uint8
    assert np.bincount(digits.labels).tolist() == [5] * 10
    assert (others.labels == handwriting.NOT_A_DIGIT).all()
    assert (digits.glyphs.max(axis=(1, 2)) == 255).all()


def test_the_same_seed_makes_the_same_glyphs(writer: Writer) -> None:
    first, again = (handwriting.make("train", True, 20, (3, 1), writer) for _ in range(2))
    other = handwriting.make("validation", True, 20, (3, 1), writer)

    assert np.array_equal(first.glyphs, again.glyphs)
    assert not np.array_equal(first.glyphs, other.glyphs)


def test_the_cache_serves_a_smaller_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    folder = handwriting.cache_folder()
    folder.mkdir(parents=True)
    glyphs = np.arange(handwriting.CHUNK * 784, dtype=np.uint32).astype(np.uint8)
    for kind, label in (("digits", 5), ("others", -1)):
        np.savez(
            folder / f"train-{kind}-0-0.npz",
            glyphs=glyphs.reshape(-1, 28, 28),
            labels=np.full(handwriting.CHUNK, label),
        )

    loaded = handwriting.load("train", digits=30, others=20)

    assert loaded.glyphs.shape == (50, 28, 28)
    assert sorted(loaded.labels.tolist()) == [-1] * 20 + [5] * 30
    assert loaded.labels.tolist() != sorted(loaded.labels.tolist())
