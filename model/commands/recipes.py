"""List the recipes that `train --recipe` takes."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from model.recipes import DEFAULT_RECIPE, RECIPES

SUMMARY = "list the recipes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("--json", action="store_true", help="one JSON object a recipe")


def run(args: argparse.Namespace) -> int:
    """Print one row a recipe."""
    console = Console(highlight=False)
    if args.json:
        for recipe in RECIPES.values():
            console.out(json.dumps(asdict(recipe)))
        return 0
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("recipe", "epochs", "what it is for"):
        table.add_column(heading)
    for recipe in RECIPES.values():
        name = f"{recipe.name} (default)" if recipe.name == DEFAULT_RECIPE else recipe.name
        table.add_row(name, str(recipe.epochs), recipe.purpose)
    console.print(table)
    return 0
