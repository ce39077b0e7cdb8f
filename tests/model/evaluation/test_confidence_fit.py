"""The fit of whole numbers' confidence, on answers whose odds are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from model.evaluation.confidence_fit import fits_table, scale_fits
from model.evaluation.photo_calibration import author_half
from model.evaluation.photos import LabelledPhoto, Outcome
from model.recognition.calibration import NumberScale, number_confidence
from model.types import Box, Digit, Reading

TRUE = NumberScale(slope=0.7, offset=0.2, unread_penalty=1.8)


def answer(author: str, together: float, *, is_part_unread: bool, correct: bool) -> Outcome:
    """An image that holds 12, and was read as 12 or as 17."""
    empty = np.zeros((28, 28), np.uint8)
    digits = tuple(
        Digit(empty, np.eye(10, dtype=np.float32)[label], Box(0, 0, 1, 1))
        for label in (1, 2 if correct else 7)
    )
    reading = Reading(digits, together=together, is_part_unread=is_part_unread)
    return Outcome(LabelledPhoto(Path("x.png"), "12", "multi", author), reading)


def answers(count: int) -> list[Outcome]:
    """Answers by forty people, drawn with the odds of TRUE."""
    random = np.random.default_rng(5)
    together = random.beta(2, 0.5, count)
    is_part_unread = random.random(count) < 0.2
    correct = random.random(count) < number_confidence(together, is_part_unread, TRUE)
    return [
        answer(f"a{i % 40}", together[i], is_part_unread=is_part_unread[i], correct=correct[i])
        for i in range(count)
    ]


def test_each_half_is_measured_with_what_the_other_was_fitted_to() -> None:
    results = answers(4_000)
    first, second, crossed, whole = scale_fits(results)
    assert (first.fitted_on, first.measured_on) == ("half 0", "half 1")
    in_second = [each for each in results if author_half(each.labelled.author) == 1]
    assert len(first.measured.correct) == len(in_second)
    assert first.measured.people + second.measured.people == crossed.measured.people == 40
    assert crossed.scale is None
    assert whole.scale == pytest.approx(TRUE, abs=0.25)
    assert crossed.measured.error < 0.03


def test_the_table_and_the_object_say_on_how_many_answers_and_people() -> None:
    fits = scale_fits(answers(200))
    console = Console(width=140)
    with console.capture() as shown:
        console.print(fits_table(fits))
    assert "the other half" in shown.get()
    assert fits[-1].as_object()["people"] == 40
    assert fits[-1].as_object()["answers"] == 200


def test_nothing_is_fitted_where_a_half_has_no_number() -> None:
    alone = [answer("a1", 0.9, is_part_unread=False, correct=True)]
    assert scale_fits(alone) == []
