"""Whether the confidence of whole numbers means what it says, and what refusing would save.

A number is right only if every digit of it is. Answers of a single digit are left out: how sure the
network is of one digit is measured in `metrics`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray
from rich.table import Table

from model.evaluation.metrics import (
    RiskCoverage,
    calibration_gap,
    reliability_of_answers,
    risk_coverage,
)
from model.evaluation.photos import Outcome
from model.recognition.palette import FAINT, GRID, MAIN_SERIES, OTHER_SERIES
from model.types import Reading

MIN_DIGITS = 2
"""Digits of an answer from which it is a number."""

BINS = 10
"""Bins of equal width between 0 and 1: there are fewer numbers than digits to fill them."""

SIMULATIONS = 2_000
"""How often the answers of a perfectly calibrated reader are drawn: enough for a tenth of a per
cent."""

CALIBRATION_HEADINGS = ("answers", "people", "right", "calibration", "if perfect")
"""Of the columns that `NumberCalibration.as_cells` fills."""

COVERAGES = (0.5, 0.8, 0.9, 1.0)
"""Shares of the answers that are kept, for which the risk is listed."""


@dataclass(frozen=True, slots=True, eq=False)
class NumberCalibration:
    """The answers that are numbers, and how sure they were.

    Attributes:
        confidence: (n,), float64, 0–1, of each answer; n at least 1.
        correct: (n,), which are right as a whole.
        people: the number of authors.
    """

    confidence: NDArray[np.float64]
    correct: NDArray[np.bool_]
    people: int

    @property
    def error(self) -> float:
        """The expected calibration error, 0–1."""
        return calibration_gap(reliability_of_answers(self.confidence, self.correct, BINS))

    @property
    def perfect_error(self) -> float:
        """The error that these answers would show on average if each confidence were true, 0–1.

        It is above 0, because few answers in a bin are seldom right just as often as they should.
        """
        rng = np.random.default_rng(0)
        drawn = rng.random((SIMULATIONS, len(self.confidence))) < self.confidence
        errors = [
            calibration_gap(reliability_of_answers(self.confidence, correct, BINS))
            for correct in drawn
        ]
        return float(np.mean(errors))

    @property
    def risk(self) -> RiskCoverage:
        """The errors that are left when the least confident answers are withheld."""
        return risk_coverage(self.confidence, self.correct)

    def as_cells(self) -> tuple[str, ...]:
        """Return what stands under `CALIBRATION_HEADINGS` in a table."""
        return (
            str(len(self.correct)),
            str(self.people),
            f"{self.correct.mean():.1%}",
            f"{self.error:.1%}",
            f"{self.perfect_error:.1%}",
        )

    def as_object(self) -> dict[str, float | int | dict[str, float]]:
        """Return the figures as `score --json` prints them."""
        return {
            "answers": len(self.correct),
            "people": self.people,
            "correct": int(self.correct.sum()),
            "calibration_error": self.error,
            "perfect_calibration_error": self.perfect_error,
            "risk": {f"{coverage:g}": self.risk.at(coverage) for coverage in COVERAGES},
        }


def number_answers(results: Sequence[Outcome]) -> list[tuple[Outcome, Reading]]:
    """Return the photos in which several digits were read, with what was read in them."""
    return [
        (result, result.reading)
        for result in results
        if result.reading and len(result.reading.digits) >= MIN_DIGITS
    ]


def number_calibration(results: Sequence[Outcome]) -> NumberCalibration | None:
    """Collect the answers of several digits; None if there are none."""
    answers = number_answers(results)
    if not answers:
        return None
    return NumberCalibration(
        np.array([reading.confidence for _, reading in answers], np.float64),
        np.array([result.correct for result, _ in answers], np.bool_),
        len({result.labelled.author for result, _ in answers}),
    )


def author_half(author: str) -> int:
    """Return which half of the authors somebody belongs to, 0 or 1; it never changes.

    What is chosen on one half can be confirmed on the other, by people who chose nothing.
    """
    return hashlib.sha256(author.encode()).digest()[-1] % 2


def calibration_table(groups: Mapping[str, Sequence[Outcome]]) -> Table:
    """Return one row for each group of photos that has answers of several digits."""
    table = Table(title="answers of several digits", title_justify="left")
    table.add_column("")
    for heading in CALIBRATION_HEADINGS:
        table.add_column(heading, justify="right")
    for coverage in COVERAGES:
        table.add_column(f"risk at {coverage:.0%}", justify="right")
    for name, results in groups.items():
        found = number_calibration(results)
        if found is None:
            continue
        table.add_row(
            name,
            *found.as_cells(),
            *(f"{found.risk.at(coverage):.1%}" for coverage in COVERAGES),
        )
    return table


def calibration_figure(found: NumberCalibration) -> Figure:
    """Draw the accuracy of numbers by their confidence, and risk against coverage."""
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    _draw_reliability(left, found)
    _draw_risk(right, found)
    for axes in (left, right):
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(color=GRID)
        axes.set_axisbelow(True)
    return figure


def _draw_reliability(axes: Axes, found: NumberCalibration) -> None:
    bins = reliability_of_answers(found.confidence, found.correct, BINS)
    axes.plot((0, 1), (0, 1), color=FAINT, linewidth=1)
    axes.bar(
        bins.edges[:-1], np.nan_to_num(bins.accuracy), 1 / BINS, align="edge", color=MAIN_SERIES
    )
    for left, accuracy, count in zip(bins.edges, bins.accuracy, bins.counts, strict=False):
        if count:
            axes.annotate(str(count), (left + 0.5 / BINS, accuracy), ha="center", va="bottom")
    axes.set(xlim=(0, 1), ylim=(0, 1.08), title=f"Calibration error {found.error:.1%}")
    axes.set_xlabel("confidence of the number")
    axes.set_ylabel("share of these numbers that is right")


def _draw_risk(axes: Axes, found: NumberCalibration) -> None:
    curve = found.risk
    axes.plot(curve.coverage, curve.risk, color=OTHER_SERIES)
    axes.set(xlim=(0, 1), title="What refusing saves")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("share of the numbers that is answered")
    axes.set_ylabel("share of these answers that is wrong")
