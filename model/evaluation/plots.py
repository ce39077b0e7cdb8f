"""Pictures of a training: good enough to print, drawn without pyplot's global state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

INK, OTHER, FAINT = "#1b4f8a", "#c8553d", "#8a8f98"
DPI = 160


def save_all(
    folder: Path,
    history: Sequence[Mapping[str, Any]],
    confusion: NDArray[np.integer],
    *,
    held_out: bool,
) -> None:
    """Write accuracy.png, loss.png and confusion.png into a model folder.

    Args:
        folder: where to.
        history: one object an epoch, as `train --json` prints them.
        confusion: (10, 10), rows the true digit, columns what was read, on the test images.
        held_out: whether the second curve was measured on images kept out of training.
    """
    second = "images held out" if held_out else "training images as they are"
    for quantity in ("accuracy", "loss"):
        curves = {
            "training, as seen": [epoch[quantity] for epoch in history],
            second: [epoch[f"val_{quantity}"] for epoch in history],
        }
        save(against_epoch(quantity, curves), folder / f"{quantity}.png")
    save(confusion_matrix(confusion), folder / "confusion.png")


def against_epoch(quantity: str, curves: Mapping[str, Sequence[float]]) -> Figure:
    """Draw a quantity against the epoch, one line a curve, each named at its end."""
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.subplots()
    for (name, values), colour in zip(curves.items(), (FAINT, INK, OTHER), strict=False):
        epochs = np.arange(1, len(values) + 1)
        marker = "o" if len(values) <= 30 else None
        axes.plot(epochs, values, color=colour, marker=marker, markersize=4, label=name)
    axes.set_xlabel("epoch")
    axes.set_ylabel(quantity)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e6e8eb")
    axes.legend(frameon=False)
    return figure


def confusion_matrix(confusion: NDArray[np.integer]) -> Figure:
    """Draw what was read for each true digit; errors shaded, so that they stand out.

    Args:
        confusion: (10, 10), rows the true digit, columns what was read.
    """
    total, right = int(confusion.sum()), int(np.trace(confusion))
    errors = confusion - np.diag(np.diag(confusion))  # (10, 10)
    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.subplots()
    axes.imshow(errors, cmap="Reds", vmin=0, vmax=max(int(errors.max()), 1) * 1.3)
    for row, column in np.ndindex(confusion.shape):
        count = int(confusion[row, column])
        weight, colour = ("bold", INK) if row == column else ("normal", "black")
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
    share = right / total if total else 0.0
    axes.set_title(f"{right:,} of {total:,} right ({share:.2%}), {total - right} wrong")
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG."""
    figure.savefig(path, dpi=DPI, metadata={"Software": None})
