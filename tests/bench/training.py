"""What training costs: images a second and memory, beside plain Keras; and what recipes gave."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table

from model.folder import ModelFolder
from model.recipes import DEFAULT_RECIPE
from tests.bench.measuring import process

TITLE = "Training: python -m model train, beside Model.fit with Keras's augmentation layers"

EPOCHS = 2
"""The first pays for starting and compiling; the last is what counts."""


def run() -> RenderableType:
    """Train the same network both ways, one after the other, each in a process of its own."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("")
    for heading in ("images a second", "ratio", "peak memory", "ratio"):
        table.add_column(heading, justify="right")
    plain = process(["-m", "tests.bench._plain_fit", DEFAULT_RECIPE])
    usual = float(json.loads(plain.output.splitlines()[-1])["images_per_second"])
    table.add_row("Model.fit, Keras's layers", f"{usual:,.0f}", "1", _mib(plain.peak_mib), "1")
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        command = ["-m", "model", "train", "--recipe", DEFAULT_RECIPE, "--json"]
        ours = process([*command, "--epochs", str(EPOCHS), "--out", str(model)])
        manifest = ModelFolder.open(model).manifest
    epochs = [json.loads(line) for line in ours.output.splitlines()]
    (last,) = (event for event in epochs if event.get("epoch") == EPOCHS)
    speed = sum(manifest.trained_on.values()) / last["seconds"]
    table.add_row(
        f"model train --recipe {DEFAULT_RECIPE}",
        f"{speed:,.0f}",
        f"{speed / usual:.1f}",
        _mib(manifest.peak_memory_mb),
        f"{manifest.peak_memory_mb / plain.peak_mib:.2f}",
    )
    return Group(
        table,
        "",
        "Augmentation included, both cores free for both. Memory: the trainer's and its largest "
        "worker's.",
    )


def _mib(mebibytes: float) -> str:
    return f"{mebibytes:,.0f} MiB"
