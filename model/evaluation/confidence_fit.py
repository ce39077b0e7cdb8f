"""Fit the confidence of whole numbers to photos whose digits are known, by halves of the authors.

What is fitted on the answers to one half is measured on those to the other, by people who had no
part in it. What ships is fitted on all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from model.evaluation.photo_calibration import (
    CALIBRATION_HEADINGS,
    NumberCalibration,
    author_half,
    number_answers,
)
from model.evaluation.photos import Outcome
from model.recognition.calibration import NumberScale, fit_number_scale, number_confidence


@dataclass(frozen=True, slots=True, eq=False)
class ScaleFit:
    """A scale with the answers that it is measured on.

    Attributes:
        fitted_on, measured_on: names of the authors, for people.
        scale: the three numbers; None where each half has those of the other.
        measured: the answers with the confidence that the scale gives them.
    """

    fitted_on: str
    measured_on: str
    scale: NumberScale | None
    measured: NumberCalibration

    def as_object(self) -> dict[str, object]:
        """Return the figures as `score --json` prints them."""
        return {
            "fitted_on": self.fitted_on,
            "measured_on": self.measured_on,
            "scale": self.scale and self.scale._asdict(),
            **self.measured.as_object(),
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    """What a scale is fitted to, one row for each answer of several digits.

    Attributes:
        together, is_part_unread, correct: (n,), as `fit_number_scale` takes them.
        authors: (n,), by whom the photos are.
    """

    together: NDArray[np.float64]
    is_part_unread: NDArray[np.bool_]
    correct: NDArray[np.bool_]
    authors: NDArray[np.str_]

    def part(self, which: NDArray[np.bool_]) -> _Answers:
        return _Answers(
            self.together[which],
            self.is_part_unread[which],
            self.correct[which],
            self.authors[which],
        )

    def fit(self) -> NumberScale:
        return fit_number_scale(self.together, self.is_part_unread, self.correct)

    def confidence(self, scale: NumberScale) -> NDArray[np.float64]:
        return number_confidence(self.together, self.is_part_unread, scale)

    def calibration(self, confidence: NDArray[np.float64]) -> NumberCalibration:
        return NumberCalibration(confidence, self.correct, len(set(self.authors.tolist())))


def scale_fits(results: Sequence[Outcome]) -> list[ScaleFit]:
    """Fit a scale on each half of the authors and on all; the last one is what may ship.

    Returns:
        fits measured on the half that they were not fitted on, then both of these together, then
        the fit on all, measured on itself. Empty if a half has no answer of several digits.
    """
    answers = _collect(results)
    halves = np.array([author_half(author) for author in answers.authors], np.int64)
    if len(set(halves.tolist())) < 2:
        return []
    fits = []
    crossed = np.empty(len(halves), np.float64)
    for half in (0, 1):
        scale = answers.part(halves == half).fit()
        others = answers.part(halves != half)
        confidence = others.confidence(scale)
        crossed[halves != half] = confidence
        measured = others.calibration(confidence)
        fits.append(ScaleFit(f"half {half}", f"half {1 - half}", scale, measured))
    fits.append(ScaleFit("the other half", "all", None, answers.calibration(crossed)))
    scale = answers.fit()
    fits.append(ScaleFit("all", "all", scale, answers.calibration(answers.confidence(scale))))
    return fits


def _collect(results: Sequence[Outcome]) -> _Answers:
    found = number_answers(results)
    return _Answers(
        np.array([reading.together for _, reading in found], np.float64),
        np.array([reading.is_part_unread for _, reading in found], np.bool_),
        np.array([result.correct for result, _ in found], np.bool_),
        np.array([result.labelled.author for result, _ in found], np.str_),
    )


def fits_table(fits: Sequence[ScaleFit]) -> Table:
    """Return one row for each fit."""
    table = Table(title="confidence of answers of several digits, fitted", title_justify="left")
    for heading in ("fitted on", "slope", "offset", "unread", "measured on"):
        table.add_column(heading)
    for heading in CALIBRATION_HEADINGS:
        table.add_column(heading, justify="right")
    for fit in fits:
        numbers = [f"{number:.2f}" for number in fit.scale] if fit.scale else [""] * 3
        table.add_row(
            fit.fitted_on,
            *numbers,
            fit.measured_on,
            *fit.measured.as_cells(),
        )
    return table
