"""Photos with known digits, counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.errors import LabelsError
from model.evaluation.photos import (
    LabelledPhoto,
    Outcome,
    edit_distance,
    group_by,
    read_labels,
    tally,
)
from model.types import Box, Digit, Reading, Refusal


def outcome(truth: str, read: str, kind: str = "photo") -> Outcome:
    """An image that holds `truth` and was read as `read`."""
    empty = np.zeros((28, 28), np.uint8)
    digits = tuple(
        Digit(empty, np.eye(10, dtype=np.float32)[int(label)], Box(0, 0, 1, 1)) for label in read
    )
    reading = Reading(digits, None if digits else Refusal.NO_INK)
    return Outcome(LabelledPhoto(Path("x.png"), truth, kind, "a"), reading)


@pytest.mark.parametrize(
    ("read", "truth", "edits"),
    [
        ("", "", 0),
        ("7", "7", 0),
        ("", "12", 2),
        ("112", "12", 1),
        ("21", "12", 2),
        ("143", "123", 1),
    ],
)
def test_edit_distance(read: str, truth: str, edits: int) -> None:
    assert edit_distance(read, truth) == edits
    assert edit_distance(truth, read) == edits


def test_tally_counts_right_refused_and_wrong_digits() -> None:
    counted = tally([outcome("7", "7"), outcome("1234", "124"), outcome("5", ""), outcome("", "")])
    assert (counted.n, counted.correct, counted.refused) == (4, 2, 2)
    assert counted.digit_error_rate == pytest.approx((0 + 1 / 4 + 1) / 3)


def test_an_image_without_digits_is_right_if_nothing_was_read() -> None:
    assert outcome("", "").correct
    assert not outcome("", "4").correct


def test_tallies_by_kind_keep_their_order() -> None:
    results = [outcome("7", "7", "b"), outcome("7", "1", "a"), outcome("7", "7", "b")]
    kinds = group_by(results, lambda labelled: labelled.kind)
    assert list(kinds) == ["b", "a"]
    assert (kinds["b"].correct, kinds["a"].correct) == (2, 0)


def test_confidence_is_set_against_the_digits_that_can_be_aligned() -> None:
    # Read with certainty: 3 of 4 digits right; the last photo has too many to say which is which.
    counted = tally([outcome("12", "12"), outcome("78", "79"), outcome("5", "55")])
    assert counted.calibration_error == pytest.approx(0.25)
    assert tally([outcome("", ""), outcome("3", "")]).calibration_error is None


def test_reads_labels_relative_to_their_file(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text("file,label,kind\na/b.png,0012,multi\nc.png,,negative\n")
    first, second = read_labels(path)
    assert first == LabelledPhoto(tmp_path / "a/b.png", "0012", "multi", "")
    assert second.label == ""


@pytest.mark.parametrize("text", ["", "name,digit\na.png,7\n", "file,label\n"])
def test_a_file_without_the_columns_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(text)
    with pytest.raises(LabelsError, match="columns file and label"):
        read_labels(path)
