"""What training costs: images a second and memory, beside plain Keras; and what recipes gave."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table

from model.artifact import ModelFolder
from tests.bench.measuring import process

TITLE = "Training: python -m model train, beside Model.fit with Keras's augmentation layers"

RECIPE = "mlp-fast"
"""MNIST alone: what making other hands takes the first time is not charged."""

ROUNDS = 2
"""One after the other, twice; the better of each counts, as other work only ever slows."""

EPOCHS = 2
"""The first pays for starting and compiling; the last is what counts."""


def run() -> RenderableType:
    """Train the same network both ways, one after the other, each in a process of its own."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("")
    for heading in ("images a second", "ratio", "peak memory", "ratio"):
        table.add_column(heading, justify="right")
    plain, ours = zip(*((_plain(), _ours()) for _ in range(ROUNDS)), strict=True)
    usual, speed = (max(rate for rate, _ in runs) for runs in (plain, ours))
    usual_memory, memory = (max(mib for _, mib in runs) for runs in (plain, ours))
    table.add_row("Model.fit, Keras's layers", f"{usual:,.0f}", "1", _mib(usual_memory), "1")
    table.add_row(
        f"model train --recipe {RECIPE}",
        f"{speed:,.0f}",
        f"{speed / usual:.2f}",
        _mib(memory),
        f"{memory / usual_memory:.2f}",
    )
    return Group(
        table,
        "",
        "Augmentation included: rotation, zoom, shear and shift on both sides; elastic bends and "
        "the width of strokes on ours alone. Memory: the trainer's and its largest worker's.",
    )


def _plain() -> tuple[float, float]:
    """Images a second, and MiB."""
    cost = process(["-m", "tests.bench._plain_fit", RECIPE])
    return float(json.loads(cost.output.splitlines()[-1])["images_per_second"]), cost.peak_mib


def _ours() -> tuple[float, float]:
    """Images a second, and MiB."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        command = ["-m", "model", "train", "--recipe", RECIPE, "--epochs", str(EPOCHS), "--json"]
        cost = process([*command, "--out", str(model)])
        manifest = ModelFolder.open(model).manifest
    events = [json.loads(line) for line in cost.output.splitlines()]
    (last,) = (event for event in events if event.get("epoch") == EPOCHS)
    return sum(manifest.trained_on.values()) / last["seconds"], manifest.peak_memory_mb


def _mib(mebibytes: float) -> str:
    return f"{mebibytes:,.0f} MiB"
