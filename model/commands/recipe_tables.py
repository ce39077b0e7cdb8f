"""The table of recipes with their measured figures, for a terminal and for the README."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from model.evaluation.significance import mean_interval
from model.recipes import RECIPES
from model.training.results import Measurement, measured

MEASURED_COLUMNS = (
    "epochs",
    "parameters",
    "accuracy",
    "seeds",
    "minutes",
    "of CPU",
    "memory MB",
    "folder MB",
)


def terminal_table() -> Table:
    """Return the table as Rich prints it."""
    table = Table(box=None, header_style="bold", pad_edge=False, collapse_padding=True)
    table.add_column("recipe", no_wrap=True)
    for heading in MEASURED_COLUMNS:
        table.add_column(heading, justify="right")
    for name, figures in _rows():
        table.add_row(name, *figures)
    return table


def markdown_table() -> str:
    """Return the table in Markdown."""
    lines = [
        f"| recipe | {' | '.join(MEASURED_COLUMNS)} |",
        f"|---|{'---|' * len(MEASURED_COLUMNS)}",
        *(f"| `{name}` | {' | '.join(figures)} |" for name, figures in _rows()),
    ]
    return "\n".join(lines)


def _rows() -> Iterator[tuple[str, list[str]]]:
    """Give each recipe at each number of epochs that it has, or was trained for."""
    for recipe in RECIPES.values():
        for epochs in sorted({recipe.epochs} | {run.epochs for run in measured(recipe.name)}):
            yield recipe.name, [str(epochs), *_figures(measured(recipe.name, epochs))]


def _figures(runs: Sequence[Measurement]) -> list[str]:
    """Return the cells of one row, after the epochs."""
    if not runs:
        return ["", "unknown", *[""] * (len(MEASURED_COLUMNS) - 3)]
    mean, half = mean_interval(run.test_accuracy for run in runs)
    cpu = [run.cpu_seconds for run in runs if run.cpu_seconds is not None]
    return [
        f"{runs[0].parameters / 1e6:.2f} M",
        f"{mean:.2%}" + (f" ± {half * 100:.2f}" if half is not None else ""),
        str(len(runs)),
        f"{sum(run.seconds for run in runs) / len(runs) / 60:.1f}",
        f"{sum(cpu) / len(cpu) / 60:.1f}" if cpu else "",
        f"{max(run.peak_memory_mb for run in runs):,.0f}",
        f"{max(run.megabytes for run in runs):.1f}",
    ]
