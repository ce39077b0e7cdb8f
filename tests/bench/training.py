"""Speed and memory of training, compared with Keras's own augmentation and `Model.fit`."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table

from model.artifact import ModelFolder
from tests.bench.measuring import process

TITLE = "Training: python -m model train, compared with Keras's augmentation layers"

RECIPE = "mlp-fast"
"""Trains on MNIST alone, so that the time to make synthetic digits is not measured."""

ROUNDS = 2
"""Measurements of each; the fastest counts, because other work only makes them slower."""

EPOCHS = 2
"""The first includes starting and compiling; the last is measured."""


def run() -> RenderableType:
    """Train the same network with both, one after the other, each in a process of its own."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("")
    for heading in ("images a second", "ratio", "peak memory", "ratio"):
        table.add_column(heading, justify="right")
    plain, ours = zip(*((_plain(), _ours()) for _ in range(ROUNDS)), strict=True)
    plain_speed, speed = (max(rate for rate, _ in runs) for runs in (plain, ours))
    plain_memory, memory = (max(mib for _, mib in runs) for runs in (plain, ours))
    table.add_row("Model.fit, Keras's layers", f"{plain_speed:,.0f}", "1", _mib(plain_memory), "1")
    table.add_row(
        f"model train --recipe {RECIPE}",
        f"{speed:,.0f}",
        f"{speed / plain_speed:.2f}",
        _mib(memory),
        f"{memory / plain_memory:.2f}",
    )
    return Group(
        table,
        "",
        "Augmentation is included: rotation, zoom, shear and shift in both, elastic deformation "
        "and the width of strokes only in ours. Memory: the trainer and its largest worker.",
    )


def _plain() -> tuple[float, float]:
    """Measure images a second and MiB of plain Keras."""
    cost = process(["-m", "tests.bench._plain_fit", RECIPE])
    return float(json.loads(cost.output.splitlines()[-1])["images_per_second"]), cost.peak_mib


def _ours() -> tuple[float, float]:
    """Measure images a second and MiB of `model train`."""
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
