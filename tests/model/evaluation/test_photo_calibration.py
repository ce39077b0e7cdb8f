"""The confidence of whole numbers against how often they are right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from model.evaluation.photo_calibration import (
    NumberCalibration,
    author_half,
    calibration_figure,
    calibration_table,
    number_calibration,
)
from model.evaluation.photos import LabelledPhoto, Outcome
from model.types import Box, Digit, Reading


def outcome(truth: str, read: str, confidence: float) -> Outcome:
    """An image that holds `truth` and was read as `read`."""
    empty = np.zeros((28, 28), np.uint8)
    digits = tuple(
        Digit(empty, np.eye(10, dtype=np.float32)[int(label)], Box(0, 0, 1, 1)) for label in read
    )
    reading = Reading(digits, confidence=confidence)
    return Outcome(LabelledPhoto(Path("x.png"), truth, "multi", "a"), reading)


HALF_RIGHT = [outcome("12", "12", 0.75), outcome("12", "17", 0.75)]


def test_the_gap_between_confidence_and_accuracy_is_the_error() -> None:
    found = number_calibration(HALF_RIGHT)
    assert found is not None
    assert found.error == pytest.approx(0.25)


def test_answers_are_counted_with_their_people_and_beside_what_a_perfect_reader_shows() -> None:
    found = number_calibration(HALF_RIGHT)
    assert found is not None
    assert found.people == 1
    # Of two answers at 75 %, two are right with 9/16, one with 6/16, none with 1/16.
    assert found.perfect_error == pytest.approx((9 * 0.25 + 6 * 0.25 + 0.75) / 16, abs=0.01)


def test_many_answers_of_a_perfect_reader_show_hardly_any_error() -> None:
    many = NumberCalibration(np.linspace(0.01, 0.99, 5_000), np.ones(5_000, np.bool_), 9)
    assert many.perfect_error < 0.025


def test_what_is_withheld_first_is_what_is_least_sure() -> None:
    found = number_calibration([outcome("12", "12", 0.9), outcome("12", "17", 0.3)])
    assert found is not None
    assert found.risk.at(0.5) == 0
    assert found.risk.at(1) == 0.5
    assert found.as_object()["risk"] == {"0.5": 0, "0.8": 0.5, "0.9": 0.5, "1": 0.5}


def test_single_digits_and_refusals_are_no_numbers() -> None:
    assert number_calibration([outcome("1", "1", 0.9), outcome("12", "", 0)]) is None


def test_authors_fall_into_two_halves_of_about_the_same_size() -> None:
    halves = [author_half(f"a{number}") for number in range(200)]
    assert set(halves) == {0, 1}
    assert 70 < sum(halves) < 130
    assert author_half("a7") == author_half("a7")


def test_the_table_leaves_out_groups_without_numbers() -> None:
    console = Console(width=120)
    with console.capture() as shown:
        console.print(calibration_table({"all": HALF_RIGHT, "none": [outcome("1", "1", 1.0)]}))
    assert "25.0%" in shown.get()
    assert "none" not in shown.get()


def test_the_figure_shows_both_sides() -> None:
    found = number_calibration(HALF_RIGHT)
    assert found is not None
    left, right = calibration_figure(found).axes
    assert left.get_title() == "Calibration error 25.0%"
    assert right.get_title() == "What refusing saves"
