"""One model's evaluation in words: as JSON for programs, as tables for people, as the README's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from model.artifact import Manifest
from model.evaluation.metrics import Evaluation
from model.evaluation.robustness import Robustness
from model.evaluation.selective_prediction import SHARE, Acceptance, acceptance, risk_coverage
from model.recognition.calibration import apply_temperature, expected_calibration_error

COVERAGES = (1.0, 0.99, 0.95, 0.9)
"""How many digits are answered in the table of what refusing saves."""


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """All that was measured of one model.

    Attributes:
        manifest: which model it is.
        found: how it reads MNIST's test images.
        hands: how it reads digits in other hands than MNIST's, if they could be had.
        things: the digit likeness (n,) of things that are not digits, by kind; may be empty.
        robust: how it reads damaged digits, if that was measured.
    """

    manifest: Manifest
    found: Evaluation
    hands: Evaluation | None
    things: Mapping[str, NDArray[np.float32]]
    robust: Robustness | None

    @property
    def error_before(self) -> float:
        """The expected calibration error without the temperature, 0–1."""
        before = apply_temperature(self.found.probabilities, 1 / self.manifest.temperature)
        return expected_calibration_error(before, self.found.labels)

    @property
    def digits_refused(self) -> float:
        """The share of the test digits that the model's own threshold refuses, 0–1."""
        return float((self.found.digit_score < self.manifest.refusal_threshold).mean())

    @property
    def accepted(self) -> dict[str, Acceptance]:
        """How well each kind of thing that is not a digit is told apart, and all together."""
        kinds = dict(self.things)
        if len(kinds) > 1:
            kinds["all"] = np.concatenate(list(self.things.values()))
        return {
            kind: acceptance(self.found.digit_score, likeness, self.manifest.refusal_threshold)
            for kind, likeness in kinds.items()
        }

    def risk(self) -> dict[float, float]:
        """The share of answers that is wrong when the least sure digits are withheld."""
        curve = risk_coverage(self.found.confidence, self.found.correct)
        return {coverage: curve.at(coverage) for coverage in COVERAGES}

    def as_json(self) -> dict[str, Any]:
        """Return the report as one JSON object."""
        found, robust = self.found, self.robust
        return {
            "model": self.manifest.version,
            "recipe": self.manifest.recipe,
            "images": found.images,
            "accuracy": found.accuracy,
            "interval": list(found.interval),
            "loss": found.loss,
            "errors": found.errors,
            "errors_by_digit": found.errors_by_digit.tolist(),
            "confusion": found.confusion.tolist(),
            "calibration": {
                "temperature": self.manifest.temperature,
                "error": found.calibration_error,
                "error_before": self.error_before,
            },
            "refusal": {
                "threshold": self.manifest.refusal_threshold,
                "digits_refused": self.digits_refused,
                "risk_at_coverage": {str(share): risk for share, risk in self.risk().items()},
                "not_digits": {kind: each._asdict() for kind, each in self.accepted.items()},
            },
            "other_hands": self.hands
            and {
                "images": self.hands.images,
                "accuracy": self.hands.accuracy,
                "interval": list(self.hands.interval),
                "calibration_error": self.hands.calibration_error,
            },
            "robustness": robust
            and {
                "mean": robust.mean,
                "mean_of_all": robust.mean_of_all,
                "accuracy": robust.accuracy,
            },
        }

    def tables(self) -> list[Table]:
        """Return the report as tables for a terminal."""
        summary = _table(self._title(), show_header=False)
        summary.add_column(style="dim")
        summary.add_column()
        for name, value in self._summary():
            summary.add_row(name, value.replace("**", ""))
        tables = [summary, self._by_digit()]
        if self.accepted:
            tables.append(self._not_digits())
        if self.robust:
            tables.append(_damaged(self.robust))
        return tables

    def markdown(self) -> str:
        """Return the summary as the README has it."""
        rows = [f"| {self._title()} | |", "|---|---|"]
        return "\n".join(rows + [f"| {name} | {value} |" for name, value in self._summary()])

    def _title(self) -> str:
        return f"Model {self.manifest.version}, recipe {self.manifest.recipe}"

    def _summary(self) -> list[tuple[str, str]]:
        found = self.found
        low, high = found.interval
        made = self.manifest
        spent = f"{made.seconds:.0f} s" if made.seconds < 120 else f"{made.seconds / 60:.0f} min"
        rows = [
            (
                "network",
                f"{made.parameters:,} parameters, {made.epochs} epochs in {spent}"
                + (f", going on from {made.base}" if made.base else ""),
            ),
            (
                "accuracy on MNIST's test images",
                f"**{found.accuracy:.2%}** (95 % interval {low:.2%} to {high:.2%}), "
                f"{found.errors} errors in {found.images:,}",
            ),
            ("loss", f"{found.loss:.4f}"),
            (
                "expected calibration error",
                f"{found.calibration_error:.2%} (before temperature scaling "
                f"{self.error_before:.2%})",
            ),
            (
                "wrong when the least sure are withheld",
                ", ".join(
                    f"{risk:.2%} of {'all' if coverage == 1 else f'{coverage:.0%}'}"
                    for coverage, risk in self.risk().items()
                ),
            ),
        ]
        if self.robust:
            rows.append(
                (
                    "accuracy on the corruptions of MNIST-C",
                    f"{self.robust.mean:.1%} at its severities, "
                    f"{self.robust.mean_of_all:.1%} over all five",
                )
            )
        if hands := self.hands:
            rows.append(
                (
                    "accuracy on digits in other hands",
                    f"{hands.accuracy:.1%} of {hands.images:,} "
                    f"(calibration error {hands.calibration_error:.1%})",
                )
            )
        if together := list(self.accepted.values()):
            rows.append(
                (
                    f"non-digits accepted when {SHARE:.0%} of digits is refused",
                    f"{together[-1].accepted:.1%} of {together[-1].images:,} "
                    f"(AUROC {together[-1].auroc:.4f})",
                )
            )
        return rows

    def _by_digit(self) -> Table:
        table = _table("Errors: rows the true digit, columns what was read")
        table.add_column("")
        for digit in range(10):
            table.add_column(str(digit), justify="right")
        table.add_column("wrong", justify="right", style="bold")
        for digit, row in enumerate(self.found.confusion):
            counts = [
                f"[dim]{count}[/]" if read == digit else str(count or "")
                for read, count in enumerate(row)
            ]
            table.add_row(str(digit), *counts, str(self.found.errors_by_digit[digit]))
        return table

    def _not_digits(self) -> Table:
        table = _table(
            f"Not digits (the model's own threshold refuses {self.digits_refused:.2%} of the "
            "test digits)"
        )
        table.add_column("kind")
        for heading in (
            "images",
            "AUROC",
            f"accepted at {SHARE:.0%} of digits refused",
            "accepted by the model's threshold",
        ):
            table.add_column(heading, justify="right")
        for kind, each in self.accepted.items():
            table.add_row(
                kind,
                f"{each.images:,}",
                f"{each.auroc:.4f}",
                f"{each.accepted:.1%}",
                f"{each.accepted_as_shipped:.1%}",
            )
        return table


def _damaged(robust: Robustness) -> Table:
    table = _table("Accuracy on damaged digits (MNIST-C; bold: the severity it publishes)")
    table.add_column("corruption")
    severities = sorted({each for found in robust.accuracy.values() for each in found} - {0})
    for severity in severities:
        table.add_column(f"severity {severity}", justify="right")
    for name, found in robust.accuracy.items():
        table.add_row(
            name,
            *(
                f"[bold]{accuracy:.1%}[/]"
                if severity == robust.published[name]
                else f"{accuracy:.1%}"
                for severity, accuracy in found.items()
            ),
        )
    return table


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
