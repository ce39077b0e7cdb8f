"""Which of TensorFlow's kernels train fastest on this machine.

`model.commands.tensorflow_setup` and `networks.computes_bfloat16` choose accordingly.
"""

from __future__ import annotations

import json

from rich.console import Group, RenderableType
from rich.table import Table

from model.commands import tensorflow_setup
from tests.bench.measuring import process

TITLE = "Training steps, by recipe, kernels and precision"

RECIPES = ("cnn", "mlp")
"""One network with convolutions, one without."""

KERNELS = {
    "TensorFlow's own": ("0", "float32"),
    "oneDNN": ("1", "float32"),
    "oneDNN, in bfloat16": ("1", "bfloat16"),
}
"""TF_ENABLE_ONEDNN_OPTS and the precision of each row."""


def run() -> RenderableType:
    """Measure each row, each in a process of its own."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("", no_wrap=True)
    for recipe in RECIPES:
        table.add_column(f"{recipe}, images/s", justify="right")
        table.add_column("ratio", justify="right")
    rates = {
        name: [_images_per_second(recipe, *kernels) for recipe in RECIPES]
        for name, kernels in KERNELS.items()
    }
    first = next(iter(rates.values()))
    for name, measured in rates.items():
        cells: list[str] = []
        for rate, reference in zip(measured, first, strict=True):
            cells += [f"{rate:,.0f}", f"{rate / reference:.2f}"]
        table.add_row(name, *cells)
    tensorflow_setup.load()
    from model.training import networks  # noqa: PLC0415 - after its setup

    taken = "bfloat16" if networks.computes_bfloat16() else "float32"
    return Group(table, "", f"`python -m model train` takes oneDNN and, on this machine, {taken}.")


def _images_per_second(recipe: str, onednn: str, precision: str) -> float:
    steps = ["-m", "tests.bench._steps", recipe, precision]
    cost = process(steps, TF_ENABLE_ONEDNN_OPTS=onednn)
    return float(json.loads(cost.output.splitlines()[-1])["images_per_second"])
