"""Pictures of an evaluation, in the manner of `plots`: good enough to print, safe for everybody's
eyes (blue and rust differ in brightness too), drawn without pyplot's global state."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MultipleLocator, PercentFormatter
from numpy.typing import NDArray

from model.evaluation.corruptions import CORRUPTIONS, SEVERITIES, corrupted
from model.evaluation.metrics import Evaluation, wilson
from model.evaluation.plots import FAINT, INK, OTHER, confusion_matrix, save
from model.evaluation.report import Report
from model.evaluation.robustness import Robustness
from model.evaluation.selective_prediction import risk_coverage
from model.recognition.calibration import apply_temperature, reliability

SHOWN_ERRORS = 100
"""More on a page can no longer be made out; the surest ones are the ones to look at."""

LEAST = 1e-4
"""How close to 0 and 1 the axis of digit likeness goes; what is closer stands at its end."""

TICKS = (1e-4, 1e-3, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1 - 1e-4)


def save_all(folder: Path, glyphs: NDArray[np.uint8], report: Report) -> list[Path]:
    """Draw everything and say where it went.

    Args:
        folder: where to; made where it does not exist.
        glyphs: (n, 28, 28), uint8, 0 paper … 255 ink: the images that were read.
        report: what was measured on them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found, manifest = report.found, report.manifest
    figures = {
        "confusion": confusion_matrix(found.confusion),
        "errors": error_sheet(glyphs, found),
        "calibration": reliability_diagram(found, manifest.temperature),
        "refusal": refusal(found, manifest.refusal_threshold, report.things),
    }
    if report.robust:
        shown = [int(np.argmax(found.labels == digit)) for digit in (3, 5, 8)]
        figures["robustness"] = robustness_sheet(report.robust, glyphs[shown])
    paths = []
    for name, figure in figures.items():
        paths.append(folder / f"{name}.png")
        save(figure, paths[-1])
    return paths


def error_sheet(glyphs: NDArray[np.uint8], found: Evaluation) -> Figure:
    """Show the images that were read wrong, the surest first: what it is → what was read."""
    wrong = np.flatnonzero(~found.correct)
    shown = wrong[np.argsort(-found.confidence[wrong], kind="stable")][:SHOWN_ERRORS]
    rows = max(-(-len(shown) // 10), 1)
    figure, axes = _page(width=10, height=rows * 1.25, inches=0.85)
    for place, index in enumerate(shown):
        row, column = divmod(place, 10)
        _show(axes, glyphs[index], left=column + 0.05, top=row * 1.25 + 0.3, width=0.9)
        axes.text(
            column + 0.5,
            row * 1.25 + 0.2,
            f"{found.labels[index]} → {found.read[index]}   {found.confidence[index]:.0%}",
            ha="center",
            fontsize=7.5,
            color=OTHER,
        )
    some = "" if len(shown) == len(wrong) else f", the surest {len(shown)}"
    axes.set_title(
        f"Read wrong: {len(wrong)} of {found.images:,}{some} "
        "(what it is → what was read, how sure)",
        fontsize=11,
    )
    return figure


def reliability_diagram(found: Evaluation, temperature: float) -> Figure:
    """Set confidence against accuracy, before and after the temperature, with 95 % intervals."""
    figure = Figure(figsize=(6, 6.4), layout="constrained")
    diagram, histogram = figure.subplots(2, 1, height_ratios=(3, 1), sharex=True)
    diagram.plot([0, 1], [0, 1], color=FAINT, linewidth=1, linestyle="--")
    before = apply_temperature(found.probabilities, 1 / temperature)
    for name, probabilities, colour, marker, shift in (
        ("before", before, OTHER, "s", -0.004),
        (f"after, temperature {temperature:.2f}", found.probabilities, INK, "o", 0.004),
    ):
        bins = reliability(probabilities, found.labels)
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
            label=f"{name}: expected calibration error {error / found.images:.2%}",
        )
        histogram.stairs(bins.counts, bins.edges, color=colour, linewidth=1.5)
    diagram.set_ylabel("share of them that is right")
    diagram.legend(frameon=False, loc="lower right")
    diagram.set_ylim(-0.02, 1.02)
    histogram.set_yscale("log")
    histogram.set_ylabel("answers")
    histogram.set_xlabel("confidence")
    for axes in (diagram, histogram):
        axes.xaxis.set_major_formatter(PercentFormatter(1))
        _tidy(axes)
    diagram.yaxis.set_major_formatter(PercentFormatter(1))
    return figure


def refusal(
    found: Evaluation, threshold: float, things: Mapping[str, NDArray[np.float32]]
) -> Figure:
    """Show what refusing saves (risk against coverage), and what passes for a digit."""
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for name, score, colour, style in (
        ("least confident first", found.confidence, INK, "-"),
        ("least like a digit first", found.digit_score, OTHER, "--"),
    ):
        curve = risk_coverage(score, found.correct)
        left.plot(curve.coverage, curve.risk, color=colour, linestyle=style, label=name)
    left.set_xlim(0.8, 1)
    left.set_ylim(bottom=0)
    left.set_xlabel("share of digits that is answered")
    left.set_ylabel("share of the answers that is wrong")
    left.set_title("What refusing saves")
    left.legend(frameon=False)

    shades = LinearSegmentedColormap.from_list("things", ["#e9b44c", OTHER, "#5b1a18"])
    kinds = [("digits", found.digit_score, INK, "-")] + [
        (kind, likeness, to_hex(shades(index / max(len(things) - 1, 1))), "--")
        for index, (kind, likeness) in enumerate(things.items())
    ]
    for name, likeness, colour, style in kinds:
        ordered = np.sort(np.clip(likeness, LEAST, 1 - LEAST))
        share = 1 - np.arange(len(ordered)) / len(ordered)
        right.step(ordered, share, where="pre", color=colour, linestyle=style, label=name)
    right.axvline(threshold, color=FAINT, linewidth=1)
    right.text(
        threshold,
        0.5,
        f"refused below {threshold:.2f} ",
        ha="right",
        va="center",
        rotation=90,
        fontsize=8,
        color=FAINT,
    )
    right.set_xscale("logit")  # near 0 and 1 is where almost everything lies
    right.set_xlim(LEAST, 1 - LEAST)
    right.set_ylim(0, 1.02)
    right.set_xlabel("at least this much like a digit, %")
    right.set_ylabel("share")
    right.set_title("What passes for a digit")
    right.legend(frameon=False)
    right.set_xticks(TICKS, [f"{tick:g}" for tick in np.multiply(TICKS, 100)])
    right.minorticks_off()
    left.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    left.xaxis.set_major_locator(MultipleLocator(0.05))
    for axes in (left, right):
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        _tidy(axes)
    return figure


def robustness_sheet(robust: Robustness, glyphs: NDArray[np.uint8]) -> Figure:
    """Show each corruption at each severity on a few digits, with the accuracy that is left.

    Args:
        robust: what was measured.
        glyphs: (3, 28, 28), uint8, 0 paper … 255 ink: digits to show it on.
    """
    worst_last = sorted(CORRUPTIONS, key=lambda each: -_mean(robust.accuracy[each.name]))
    figure, axes = _page(width=24.5, height=len(worst_last) * 1.15 + 0.7, inches=0.42)
    shades = LinearSegmentedColormap.from_list("accuracy", [OTHER, "#f4f1ec", INK])
    for severity in SEVERITIES:
        axes.text(severity * 4.4 - 0.2, 0.45, f"severity {severity}", ha="center", fontsize=9)
    for row, corruption in enumerate(worst_last):
        top = 0.7 + row * 1.15
        axes.text(2.3, top + 0.5, corruption.name, ha="right", va="center", fontsize=9)
        for column, severity in enumerate(corruption.severities):
            left = 2.6 + column * 4.4
            damaged = np.hstack(list(corrupted(glyphs, corruption, severity)))
            _show(axes, damaged, left, top, width=len(glyphs))
            accuracy = robust.accuracy[corruption.name][severity]
            axes.add_patch(
                Rectangle((left + 3, top), 1.1, 1, facecolor=shades(accuracy), linewidth=0)
            )
            axes.text(
                left + 3.55,
                top + 0.5,
                f"{accuracy:.1%}",
                ha="center",
                va="center",
                fontsize=8,
                weight="bold" if severity == corruption.published else "normal",
                color="white" if abs(accuracy - 0.5) > 0.25 else "black",
            )
    axes.set_title(
        f"Accuracy on damaged digits: {robust.mean:.1%} at MNIST-C's severities (bold), "
        f"{robust.mean_of_all:.1%} over all",
        fontsize=11,
    )
    return figure


def _page(width: float, height: float, inches: float) -> tuple[Figure, Axes]:
    """Make one empty sheet to lay images on, in units of so many inches, 0, 0 at its top left."""
    title = 0.4  # inches
    figure = Figure(figsize=(width * inches, height * inches + title))
    axes = figure.add_axes((0, 0, 1, height * inches / (height * inches + title)))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    return figure, axes


def _show(axes: Axes, image: NDArray[np.uint8], left: float, top: float, width: float) -> None:
    """Lay an image on a sheet, ink dark."""
    height = width * image.shape[0] / image.shape[1]
    axes.imshow(
        image, cmap="gray_r", vmin=0, vmax=255, extent=(left, left + width, top + height, top)
    )


def _mean(values: Mapping[int, float]) -> float:
    return sum(values.values()) / len(values)


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#e6e8eb")
    axes.set_axisbelow(True)
