"""The evaluation of one model in words: JSON for programs, tables for people and for READMEs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from model.artifact import Manifest
from model.evaluation.metrics import (
    REFUSED_DIGITS_SHARE,
    Acceptance,
    Evaluation,
    acceptance,
    expected_calibration_error,
    risk_coverage,
)
from model.recognition.calibration import apply_temperature

COVERAGES = (1.0, 0.99, 0.95, 0.9)
"""Shares of digits that are answered, for which the risk is listed."""


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """All that was measured of one model.

    Attributes:
        manifest: of the model.
        mnist: how it reads MNIST's test images.
        synthetic: how it reads synthetic digits that it was not trained on, or None if they could
            not be made.
        negatives: digit scores (n,) of images that are not digits, by kind; may be empty.
    """

    manifest: Manifest
    mnist: Evaluation
    synthetic: Evaluation | None
    negatives: Mapping[str, NDArray[np.float32]]

    @property
    def uncalibrated_error(self) -> float:
        """The expected calibration error without the temperature, 0–1."""
        uncalibrated = apply_temperature(self.mnist.probabilities, 1 / self.manifest.temperature)
        return expected_calibration_error(uncalibrated, self.mnist.labels)

    @property
    def digits_refused(self) -> float:
        """The share of the test digits that the model's own threshold refuses, 0–1."""
        return float((self.mnist.digit_score < self.manifest.refusal_threshold).mean())

    @property
    def acceptances(self) -> dict[str, Acceptance]:
        """How well each kind of negatives is told from digits; the last are all together."""
        kinds = dict(self.negatives)
        if len(kinds) > 1:
            kinds["all"] = np.concatenate(list(self.negatives.values()))
        return {
            kind: acceptance(self.mnist.digit_score, scores, self.manifest.refusal_threshold)
            for kind, scores in kinds.items()
        }

    def risk(self) -> dict[float, float]:
        """Return the share of wrong answers for each of `COVERAGES`."""
        curve = risk_coverage(self.mnist.confidence, self.mnist.correct)
        return {coverage: curve.at(coverage) for coverage in COVERAGES}

    def as_json(self) -> dict[str, Any]:
        """Return the report as one JSON object."""
        mnist = self.mnist
        return {
            "model": self.manifest.version,
            "recipe": self.manifest.recipe,
            "images": mnist.images,
            "accuracy": mnist.accuracy,
            "interval": list(mnist.interval),
            "loss": mnist.loss,
            "errors": mnist.errors,
            "errors_by_digit": mnist.errors_by_digit.tolist(),
            "confusion": mnist.confusion.tolist(),
            "calibration": {
                "temperature": self.manifest.temperature,
                "error": mnist.calibration_error,
                "error_before": self.uncalibrated_error,
            },
            "refusal": {
                "threshold": self.manifest.refusal_threshold,
                "digits_refused": self.digits_refused,
                "risk_at_coverage": {str(share): risk for share, risk in self.risk().items()},
                "not_digits": {kind: each._asdict() for kind, each in self.acceptances.items()},
            },
            "other_hands": self.synthetic
            and {
                "images": self.synthetic.images,
                "accuracy": self.synthetic.accuracy,
                "interval": list(self.synthetic.interval),
                "calibration_error": self.synthetic.calibration_error,
            },
        }

    def tables(self) -> list[Table]:
        """Return the report as tables for a terminal."""
        summary = _table(self._title(), show_header=False)
        summary.add_column(style="dim")
        summary.add_column()
        for name, value in self._summary():
            summary.add_row(name, value.replace("**", ""))
        tables = [summary, self._errors_by_digit()]
        return [*tables, self._refusal_of_negatives()] if self.negatives else tables

    def markdown(self) -> str:
        """Return the summary as a table for a README."""
        rows = [f"| {self._title()} | |", "|---|---|"]
        return "\n".join(rows + [f"| {name} | {value} |" for name, value in self._summary()])

    def _title(self) -> str:
        return f"Model {self.manifest.version}, recipe {self.manifest.recipe}"

    def _summary(self) -> list[tuple[str, str]]:
        """Return names and values; what is set in bold is between double asterisks."""
        rows = [
            ("network", _network(self.manifest)),
            ("accuracy on MNIST's test images", _accuracy(self.mnist)),
            ("loss", f"{self.mnist.loss:.4f}"),
            (
                "expected calibration error",
                f"{self.mnist.calibration_error:.2%} (before temperature scaling "
                f"{self.uncalibrated_error:.2%})",
            ),
            (
                "wrong answers when the least confident are withheld",
                ", ".join(
                    f"{risk:.2%} of {'all' if coverage == 1 else f'{coverage:.0%}'}"
                    for coverage, risk in self.risk().items()
                ),
            ),
        ]
        if self.synthetic:
            rows.append(
                (
                    "accuracy on synthetic digits in other handwriting",
                    f"{self.synthetic.accuracy:.1%} of {self.synthetic.images:,} "
                    f"(calibration error {self.synthetic.calibration_error:.1%})",
                )
            )
        if self.negatives:
            *_, together = self.acceptances.values()
            rows.append(
                (
                    f"non-digits accepted when {REFUSED_DIGITS_SHARE:.0%} of digits is refused",
                    f"{together.accepted:.1%} of {together.images:,} (AUROC {together.auroc:.4f})",
                )
            )
        return rows

    def _errors_by_digit(self) -> Table:
        table = _table("Errors: rows the true digit, columns what was read")
        table.add_column("")
        for digit in range(10):
            table.add_column(str(digit), justify="right")
        table.add_column("wrong", justify="right", style="bold")
        for digit, row in enumerate(self.mnist.confusion):
            counts = [
                f"[dim]{count}[/]" if read == digit else str(count or "")
                for read, count in enumerate(row)
            ]
            table.add_row(str(digit), *counts, str(self.mnist.errors_by_digit[digit]))
        return table

    def _refusal_of_negatives(self) -> Table:
        table = _table(
            f"Not digits (the model's own threshold refuses {self.digits_refused:.2%} of the "
            "test digits)"
        )
        table.add_column("kind")
        for heading in (
            "images",
            "AUROC",
            f"accepted at {REFUSED_DIGITS_SHARE:.0%} of digits refused",
            "accepted by the model's threshold",
        ):
            table.add_column(heading, justify="right")
        for kind, each in self.acceptances.items():
            table.add_row(
                kind,
                f"{each.images:,}",
                f"{each.auroc:.4f}",
                f"{each.accepted:.1%}",
                f"{each.accepted_as_shipped:.1%}",
            )
        return table


def _network(manifest: Manifest) -> str:
    seconds = manifest.seconds
    spent = f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
    base = f", going on from {manifest.base}" if manifest.base else ""
    return f"{manifest.parameters:,} parameters, {manifest.epochs} epochs in {spent}{base}"


def _accuracy(evaluation: Evaluation) -> str:
    low, high = evaluation.interval
    return (
        f"**{evaluation.accuracy:.2%}** (95 % interval {low:.2%} to {high:.2%}), "
        f"{evaluation.errors} errors in {evaluation.images:,}"
    )


def _table(title: str, *, show_header: bool = True) -> Table:
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        show_header=show_header,
        header_style="dim",
        box=None,
        pad_edge=False,
        padding=(0, 1),
    )
