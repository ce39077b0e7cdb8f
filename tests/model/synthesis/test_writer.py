from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.datasets import mnist
from model.synthesis import writer as writer_module
from model.synthesis.writer import Writer


def test_the_shares_of_negatives_add_up() -> None:
    assert sum(writer_module.NON_DIGIT_SHARES.values()) == pytest.approx(1)


def test_the_shares_of_digits_add_up() -> None:
    assert sum(writer_module.DIGIT_SHARES.values()) == pytest.approx(1)


@pytest.mark.parametrize("height", [14, 50, 150])
def test_digits_and_negatives_are_ink_of_about_the_height(writer: Writer, height: int) -> None:
    rng = np.random.default_rng(height)
    for number in range(60):
        for written in (writer.digit(number % 10, height, rng), writer.non_digit(height, rng)):
            assert written.dtype == np.uint8
            assert written.ndim == 2
            assert max(written.shape) <= 8 * height + 12  # five cells side by side


def test_one_person_writes_all_digits_with_one_pen(writer: Writer) -> None:
    for style in range(20):
        first, again = (writer.digit(7, 60, np.random.default_rng(0), style) for _ in range(2))
        assert np.array_equal(first, again)


def test_it_writes_where_nothing_can_be_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mnist.training_set()  # in the cache from here on
    monkeypatch.setenv("PATH", str(tmp_path))  # no npm, no apt-get
    writer, rng = Writer.load("train", use_downloads=False), np.random.default_rng(0)

    digits = [writer.digit(label, 60, rng) for label in range(10)]
    negatives = [writer.non_digit(60, rng) for _ in range(60)]

    assert all(ink.dtype == np.uint8 and ink.max() > 128 for ink in digits + negatives)
