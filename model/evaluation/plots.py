"""Pictures of a training and of an evaluation, without the global state of `pyplot`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator, PercentFormatter
from numpy.typing import NDArray
from PIL import Image

from model.evaluation.contact_sheet import Tile, contact_sheet
from model.evaluation.metrics import Evaluation, reliability, risk_coverage
from model.evaluation.significance import wilson
from model.recognition.calibration import apply_temperature
from model.recognition.palette import FAINT, GRID, MAIN_SERIES, OTHER_SERIES

if TYPE_CHECKING:
    from model.evaluation.report import Report

DPI = 160
"""Pixels an inch: sharp on a phone with a high resolution."""

MAX_SHOWN_ERRORS = 100
"""Images on the sheet of errors. With more, single ones can no longer be made out."""

SCORE_MARGIN = 1e-4
"""How close to 0 and 1 the axis of digit scores goes; closer scores are drawn at its end."""

SCORE_TICKS = (1e-4, 1e-3, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1 - 1e-4)
"""Ticks of that axis, 0–1."""


def save_training_plots(
    folder: Path,
    history: Sequence[Mapping[str, Any]],
    confusion: NDArray[np.integer],
    *,
    held_out: bool,
) -> None:
    """Write accuracy.png, loss.png and confusion.png into a model folder.

    Args:
        folder: an existing folder.
        history: one object an epoch, as `train --json` prints them.
        confusion: (10, 10), rows the true digit, columns what was read, on the test images.
        held_out: whether validation images were held out of training.
    """
    validation = "images held out" if held_out else "training images as they are"
    for quantity in ("accuracy", "loss"):
        curves = {
            "training, as seen": [epoch[quantity] for epoch in history],
            validation: [epoch[f"val_{quantity}"] for epoch in history],
        }
        save(learning_curves(quantity, curves), folder / f"{quantity}.png")
    save(confusion_matrix(confusion), folder / "confusion.png")


def save_evaluation_plots(folder: Path, glyphs: NDArray[np.uint8], report: Report) -> list[Path]:
    """Draw everything that was measured, and return the files.

    Args:
        folder: made if it does not exist.
        glyphs: (n, 28, 28), uint8, 0 paper … 255 ink: the test images of the report.
        report: what was measured.
    """
    folder.mkdir(parents=True, exist_ok=True)
    figures = {
        "confusion": confusion_matrix(report.mnist.confusion),
        "calibration": reliability_diagram(report.mnist, report.manifest.temperature),
        "refusal": refusal(report.mnist, report.manifest.refusal_threshold, report.negatives),
    }
    for name, figure in figures.items():
        save(figure, folder / f"{name}.png")
    error_sheet(glyphs, report.mnist).save(folder / "errors.png")
    return [folder / f"{name}.png" for name in (*figures, "errors")]


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG."""
    figure.savefig(path, dpi=DPI, metadata={"Software": None})


def learning_curves(quantity: str, curves: Mapping[str, Sequence[float]]) -> Figure:
    """Draw a quantity against the epoch, one line for each of two named curves."""
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.subplots()
    for (name, values), colour in zip(curves.items(), (FAINT, MAIN_SERIES), strict=True):
        epochs = np.arange(1, len(values) + 1)
        marker = "o" if len(values) <= 30 else None
        axes.plot(epochs, values, color=colour, marker=marker, markersize=4, label=name)
    axes.set_xlabel("epoch")
    axes.set_ylabel(quantity)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False)
    _add_grid(axes)
    return figure


def confusion_matrix(confusion: NDArray[np.integer]) -> Figure:
    """Draw what was read for each true digit; errors are shaded, so that they stand out.

    Args:
        confusion: (10, 10), rows the true digit, columns what was read.
    """
    total, correct = int(confusion.sum()), int(np.trace(confusion))
    errors = confusion - np.diag(np.diag(confusion))  # (10, 10)
    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.subplots()
    axes.imshow(errors, cmap="Reds", vmin=0, vmax=max(int(errors.max()), 1) * 1.3)
    for row, column in np.ndindex(confusion.shape):
        count = int(confusion[row, column])
        weight, colour = ("bold", MAIN_SERIES) if row == column else ("normal", "black")
        colour = "white" if errors[row, column] > max(0.6 * errors.max(), 1) else colour
        if count:
            axes.text(
                column, row, f"{count}", ha="center", va="center", color=colour, weight=weight
            )
    axes.set_xticks(range(10))
    axes.set_yticks(range(10))
    axes.tick_params(length=0)
    axes.set_xlabel("read as")
    axes.set_ylabel("written")
    axes.spines[:].set_visible(False)
    share = correct / total if total else 0.0
    axes.set_title(f"{correct:,} of {total:,} right ({share:.2%}), {total - correct} wrong")
    return figure


def error_sheet(glyphs: NDArray[np.uint8], evaluation: Evaluation) -> Image.Image:
    """Show the images that were read wrongly, the most confident errors first.

    Args:
        glyphs: (n, 28, 28), uint8, 0 paper … 255 ink.
        evaluation: of these glyphs.
    """
    wrong = np.flatnonzero(~evaluation.correct)
    shown = wrong[np.argsort(-evaluation.confidence[wrong], kind="stable")][:MAX_SHOWN_ERRORS]
    tiles = [
        Tile(
            glyphs[index],
            (
                f"is {evaluation.labels[index]}, read {evaluation.predictions[index]}",
                f"{evaluation.confidence[index]:.0%}",
            ),
        )
        for index in shown
    ]
    some = "" if len(shown) == len(wrong) else f", the most confident {len(shown)}"
    return contact_sheet(tiles, title=f"Read wrong: {len(wrong)} of {evaluation.images:,}{some}")


def reliability_diagram(evaluation: Evaluation, temperature: float) -> Figure:
    """Draw accuracy against confidence, with and without the temperature, with 95 % intervals."""
    figure = Figure(figsize=(6, 6.4), layout="constrained")
    diagram, histogram = figure.subplots(2, 1, height_ratios=(3, 1), sharex=True)
    diagram.plot([0, 1], [0, 1], color=FAINT, linewidth=1, linestyle="--")
    uncalibrated = apply_temperature(evaluation.probabilities, 1 / temperature)
    for name, probabilities, colour, marker, shift in (
        ("before", uncalibrated, OTHER_SERIES, "s", -0.004),
        (
            f"after, temperature {temperature:.2f}",
            evaluation.probabilities,
            MAIN_SERIES,
            "o",
            0.004,
        ),
    ):
        bins = reliability(probabilities, evaluation.labels)
        error = float(np.nansum(bins.counts * np.abs(bins.accuracy - bins.confidence)))
        filled = bins.counts > 0
        shares, counts = bins.accuracy[filled], bins.counts[filled]
        ends = [wilson(round(p * n), int(n)) for p, n in zip(shares, counts, strict=True)]
        diagram.errorbar(
            bins.confidence[filled] + shift,  # side by side where they would hide each other
            shares,
            yerr=np.abs(np.transpose(ends) - shares),
            color=colour,
            marker=marker,
            markersize=5,
            linewidth=0,
            elinewidth=1.2,
            label=f"{name}: expected calibration error {error / evaluation.images:.2%}",
        )
        histogram.stairs(bins.counts, bins.edges, color=colour, linewidth=1.5)
    diagram.set_ylabel("accuracy")
    diagram.legend(frameon=False, loc="lower right")
    diagram.set_ylim(-0.02, 1.02)
    diagram.yaxis.set_major_formatter(PercentFormatter(1))
    histogram.set_yscale("log")
    histogram.set_ylabel("answers")
    histogram.set_xlabel("confidence")
    for axes in (diagram, histogram):
        axes.xaxis.set_major_formatter(PercentFormatter(1))
        _add_grid(axes)
    return figure


def refusal(
    evaluation: Evaluation, threshold: float, negatives: Mapping[str, NDArray[np.float32]]
) -> Figure:
    """Draw what refusing saves (risk against coverage), and which negatives pass for digits.

    Args:
        evaluation: of true digits.
        threshold: the digit score below which the model refuses, 0–1.
        negatives: digit scores (n,), 0–1, of images that are not digits, by kind.
    """
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    _draw_risk(left, evaluation)
    _draw_acceptance(right, evaluation, threshold, negatives)
    for axes in (left, right):
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        _add_grid(axes)
    return figure


def _draw_risk(axes: Axes, evaluation: Evaluation) -> None:
    for name, score, colour, style in (
        ("least confident first", evaluation.confidence, MAIN_SERIES, "-"),
        ("lowest digit score first", evaluation.digit_score, OTHER_SERIES, "--"),
    ):
        curve = risk_coverage(score, evaluation.correct)
        axes.plot(curve.coverage, curve.risk, color=colour, linestyle=style, label=name)
    axes.set(xlim=(0.8, 1), title="What refusing saves")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("share of digits that is answered")
    axes.set_ylabel("share of the answers that is wrong")
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.xaxis.set_major_locator(MultipleLocator(0.05))
    axes.legend(frameon=False)


def _draw_acceptance(
    axes: Axes,
    evaluation: Evaluation,
    threshold: float,
    negatives: Mapping[str, NDArray[np.float32]],
) -> None:
    shades = LinearSegmentedColormap.from_list("negatives", ["#e9b44c", OTHER_SERIES, "#5b1a18"])
    kinds = [("digits", evaluation.digit_score, MAIN_SERIES, "-")] + [
        (kind, scores, to_hex(shades(index / max(len(negatives) - 1, 1))), "--")
        for index, (kind, scores) in enumerate(negatives.items())
    ]
    for name, scores, colour, style in kinds:
        ordered = np.sort(np.clip(scores, SCORE_MARGIN, 1 - SCORE_MARGIN))
        share = 1 - np.arange(len(ordered)) / len(ordered)
        axes.step(ordered, share, where="pre", color=colour, linestyle=style, label=name)
    axes.axvline(threshold, color=FAINT, linewidth=1, label=f"refused below {threshold:.2f}")
    axes.set_xscale("logit")  # almost all scores are near 0 or 1
    axes.set(xlim=(SCORE_MARGIN, 1 - SCORE_MARGIN), ylim=(0, 1.02), title="What passes for a digit")
    axes.set_xlabel("digit score of at least, %")
    axes.set_ylabel("share")
    axes.set_xticks(SCORE_TICKS, [f"{tick:g}" for tick in np.multiply(SCORE_TICKS, 100)])
    axes.minorticks_off()
    axes.legend(frameon=False)


def _add_grid(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=GRID)
    axes.set_axisbelow(True)
