"""Measured accuracy and cost of the recipes, kept in `recipe_results.json`.

`python -m model recipes --record DIR` takes the figures from the manifests of trained models, so
that every number that is listed was measured.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from model.artifact import ModelFolder
from model.files import replacing

RESULTS_FILE = Path(__file__).with_name("recipe_results.json")
"""Where the measurements are kept."""


@dataclass(frozen=True, slots=True, order=True)
class Measurement:
    """One training of a recipe. Measurements sort by recipe, epochs, seed and version."""

    recipe: str
    epochs: int
    seed: int
    version: str
    test_accuracy: float
    parameters: int
    megabytes: float
    seconds: float
    cpu_seconds: float | None
    peak_memory_mb: float


def measurement(folder: ModelFolder) -> Measurement:
    """Take the figures from a model folder's manifest, and measure the size of the folder."""
    manifest = folder.manifest
    size = sum(file.stat().st_size for file in folder.path.iterdir())
    return Measurement(
        recipe=manifest.recipe,
        epochs=manifest.epochs,
        seed=manifest.seed,
        version=manifest.version,
        test_accuracy=manifest.test_accuracy,
        parameters=manifest.parameters,
        megabytes=round(size / 1e6, 1),
        seconds=manifest.seconds,
        cpu_seconds=manifest.cpu_seconds,
        peak_memory_mb=manifest.peak_memory_mb,
    )


def measured(
    recipe: str, epochs: int | None = None, file: Path = RESULTS_FILE
) -> tuple[Measurement, ...]:
    """Return all recorded trainings of a recipe, or those with this number of epochs."""
    return tuple(
        run
        for run in _read(file)
        if run.recipe == recipe and (epochs is None or run.epochs == epochs)
    )


def record(folders: Iterable[ModelFolder], file: Path = RESULTS_FILE) -> None:
    """Add trained models; the same model is listed once."""
    known = {run.version: run for run in (*_read(file), *map(measurement, folders))}
    text = json.dumps([asdict(run) for run in sorted(known.values())], indent=1)
    with replacing(file) as partial:
        partial.write_text(text + "\n", encoding="utf-8")


def _read(file: Path) -> tuple[Measurement, ...]:
    if not file.exists():
        return ()
    return tuple(Measurement(**run) for run in json.loads(file.read_text()))
