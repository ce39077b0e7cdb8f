"""List the recipes that `train --recipe` takes, with what they were measured to give and cost."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from model.commands.options import JsonOption, examples
from model.recipes import DEFAULT_RECIPE, RECIPES, Recipe

EXAMPLES = examples(
    "python -m model recipes",
    "python -m model recipes --record my-model --record another-model",
)


def recipes(
    as_json: JsonOption = False,
    record: Annotated[
        list[Path] | None,
        typer.Option(
            "--record",
            metavar="DIR",
            help="First take up the figures of this trained model. May be given several times.",
        ),
    ] = None,
    readme: Annotated[
        Path | None,
        typer.Option(
            "--readme", metavar="FILE", help="Put the table between the two markers in FILE."
        ),
    ] = None,
) -> None:
    """List the recipes, a row for each number of epochs that one was trained for."""
    from model.artifact import ModelFolder
    from model.commands.readme_tables import rewrite
    from model.commands.recipe_tables import markdown_table
    from model.training import results

    if record:
        results.record([ModelFolder.open(path) for path in record])
    if readme:
        rewrite(readme, "recipes", markdown_table())
    if as_json:
        for recipe in RECIPES.values():
            runs = [asdict(run) for run in results.measured(recipe.name)]
            print(json.dumps(asdict(recipe) | {"measured": runs}), flush=True)
    else:
        _print_table()


def _print_table() -> None:
    from rich.console import Console

    from model.commands.recipe_tables import terminal_table

    console = Console(highlight=False)
    console.print(terminal_table())
    console.print()
    for recipe in RECIPES.values():
        console.print(f"[bold]{recipe.name}[/]{_remark(recipe)}: {recipe.purpose}")


def _remark(recipe: Recipe) -> str:
    if recipe.name == DEFAULT_RECIPE:
        return " (default)"
    return " (with --from DIR)" if recipe.needs_base else ""
