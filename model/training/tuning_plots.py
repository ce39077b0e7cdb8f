"""Pictures of a search: how it went, and which settings mattered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from optuna.trial import FrozenTrial

from model.evaluation.plots import FAINT, INK, OTHER


def history(trials: Sequence[FrozenTrial]) -> Figure:
    """Draw each trial's validation accuracy, the best so far, and the first: the recipe itself.

    Args:
        trials: those that ran to their end, at least one.
    """
    trials = sorted(trials, key=lambda trial: trial.number)
    numbers = [trial.number for trial in trials]
    values = [trial.value or 0.0 for trial in trials]
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.plot(numbers, values, "o", color=FAINT, markersize=5, label="a trial")
    axes.step(
        numbers, np.maximum.accumulate(values), where="post", color=INK, label="the best so far"
    )
    axes.axhline(values[0], color=OTHER, linewidth=1, linestyle="--", label="the recipe")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=2))
    axes.set_xlabel("trial")
    axes.set_ylabel("validation accuracy")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#e6e8eb")
    axes.legend(frameon=False)
    return figure


def importances(shares: Mapping[str, float]) -> Figure:
    """Draw how much each setting mattered for being among the best.

    Args:
        shares: by setting, at least one; they sum to 1.
    """
    ordered = sorted(shares.items(), key=lambda item: item[1])
    figure = Figure(figsize=(6, 0.9 + 0.32 * len(ordered)), layout="constrained")
    axes = figure.subplots()
    bars = axes.barh([name for name, _ in ordered], [share for _, share in ordered], color=INK)
    axes.bar_label(bars, [f"{share:.0%}" for _, share in ordered], padding=3, fontsize=9)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlim(0, 1.1 * max(*shares.values(), 0.01))
    axes.set_xlabel("share of the importance (PED-ANOVA)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure
