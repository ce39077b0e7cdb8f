"""List the recipes that `train --recipe` takes, with what they were measured to give and cost."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from model.artifact import ModelFolder
from model.commands.readme_tables import rewrite
from model.evaluation.significance import mean_interval
from model.recipes import DEFAULT_RECIPE, RECIPES, Recipe
from model.training.results import Measurement, measured, record

SUMMARY = "list the recipes"

MEASURED = (
    "epochs",
    "parameters",
    "accuracy",
    "seeds",
    "minutes",
    "of CPU",
    "memory MB",
    "folder MB",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("--json", action="store_true", help="one JSON object a recipe")
    parser.add_argument(
        "--record",
        nargs="+",
        type=Path,
        default=[],
        metavar="DIR",
        help="first take up the figures of these trained models",
    )
    parser.add_argument(
        "--readme", type=Path, metavar="FILE", help="put the table between FILE's two markers"
    )


def run(args: argparse.Namespace) -> int:
    """Print one row a recipe, and one for each other number of epochs that it was trained for."""
    if args.record:
        record([ModelFolder.open(path) for path in args.record])
    if args.readme:
        rewrite(args.readme, "recipes", _markdown())
    if args.json:
        for recipe in RECIPES.values():
            runs = [asdict(run) for run in measured(recipe.name)]
            print(json.dumps(asdict(recipe) | {"measured": runs}))
        return 0
    table = Table(box=None, header_style="bold", pad_edge=False, collapse_padding=True)
    table.add_column("recipe", no_wrap=True)
    for heading in MEASURED:
        table.add_column(heading, justify="right")
    for name, figures in _rows():
        table.add_row(name, *figures)
    console = Console(highlight=False)
    console.print(table)
    console.print()
    for recipe in RECIPES.values():
        console.print(f"[bold]{recipe.name}[/]{_remark(recipe)}: {recipe.purpose}")
    return 0


def _rows() -> Iterator[tuple[str, list[str]]]:
    """Each recipe at each number of epochs that it has, or was trained for."""
    for recipe in RECIPES.values():
        for epochs in sorted({recipe.epochs} | {run.epochs for run in measured(recipe.name)}):
            yield recipe.name, [str(epochs), *_figures(measured(recipe.name, epochs))]


def _markdown() -> str:
    lines = [
        f"| recipe | {' | '.join(MEASURED)} |",
        f"|---|{'---|' * len(MEASURED)}",
        *(f"| `{name}` | {' | '.join(figures)} |" for name, figures in _rows()),
    ]
    return "\n".join(lines)


def _figures(runs: tuple[Measurement, ...]) -> list[str]:
    if not runs:
        return ["", "unknown", *[""] * (len(MEASURED) - 3)]
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


def _remark(recipe: Recipe) -> str:
    if recipe.name == DEFAULT_RECIPE:
        return " (default)"
    return " (with --from DIR)" if recipe.needs_base else ""
