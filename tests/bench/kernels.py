"""Which of TensorFlow's kernels a step of training is fastest with, on this machine.

What `model.commands.backend` and `networks.computes_bfloat16` decide rests on it.
"""

from __future__ import annotations

import json

from rich.console import Group, RenderableType
from rich.table import Table

from model.commands import tensorflow_setup
from tests.bench.measuring import process

TITLE = "Training steps, by recipe, kernels and precision"

RECIPES = ("cnn", "mlp")

WAYS = {
    "TensorFlow's own": ("0", "float32"),
    "oneDNN": ("1", "float32"),
    "oneDNN, in bfloat16": ("1", "bfloat16"),
}


def run() -> RenderableType:
    """Take some steps each way, each in a process of its own."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("", no_wrap=True)
    for recipe in RECIPES:
        table.add_column(f"{recipe}, images/s", justify="right")
        table.add_column("ratio", justify="right")
    rates = {way: [_rate(recipe, *how) for recipe in RECIPES] for way, how in WAYS.items()}
    first = next(iter(rates.values()))
    for way, found in rates.items():
        cells: list[str] = []
        for rate, own in zip(found, first, strict=True):
            cells += [f"{rate:,.0f}", f"{rate / own:.2f}"]
        table.add_row(way, *cells)
    tensorflow_setup.load()
    from model.training import networks  # noqa: PLC0415 - TensorFlow, and not for those who only list this

    taken = "bfloat16" if networks.computes_bfloat16() else "float32"
    return Group(table, "", f"`python -m model train` takes oneDNN and, on this machine, {taken}.")


def _rate(recipe: str, onednn: str, precision: str) -> float:
    """Images a second."""
    steps = ["-m", "tests.bench._steps", recipe, precision]
    cost = process(steps, TF_ENABLE_ONEDNN_OPTS=onednn)
    return float(json.loads(cost.output.splitlines()[-1])["images_per_second"])
