"""What recipes were measured to give and to cost, kept beside them in `recipe_results.json`.

`python -m model recipes --record DIR…` takes the figures from the manifests of trained models, so
that no number is listed that nobody measured.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from model.artifact import ModelFolder
from model.files import replacing

FILE = Path(__file__).with_name("recipe_results.json")


@dataclass(frozen=True, slots=True, order=True)
class Measurement:
    """One training of a recipe. Sorted by recipe, then by whatever makes runs differ."""

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


def of(folder: ModelFolder) -> Measurement:
    """What a model folder's manifest says, and how large the folder is."""
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


def measured(recipe: str, epochs: int | None = None, file: Path = FILE) -> tuple[Measurement, ...]:
    """All trainings of a recipe that were recorded, of so many epochs if given."""
    return tuple(
        run
        for run in _read(file)
        if run.recipe == recipe and (epochs is None or run.epochs == epochs)
    )


def record(folders: Iterable[ModelFolder], file: Path = FILE) -> None:
    """Add trainings; the same model is listed once."""
    known = {run.version: run for run in (*_read(file), *map(of, folders))}
    text = json.dumps([asdict(run) for run in sorted(known.values())], indent=1)
    with replacing(file) as partial:
        partial.write_text(text + "\n", encoding="utf-8")


def _read(file: Path) -> tuple[Measurement, ...]:
    if not file.exists():
        return ()
    return tuple(Measurement(**run) for run in json.loads(file.read_text()))
