"""Measured accuracy and cost of the recipes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from model.artifact import DEFAULT_MODEL, ModelFolder
from model.training.results import measured, measurement, record


def test_what_is_recorded_is_listed_once(tmp_path: Path) -> None:
    shipped = ModelFolder.open(DEFAULT_MODEL)
    file = tmp_path / "measured.json"
    recipe = shipped.manifest.recipe
    assert measured(recipe, file=file) == ()
    record([shipped], file)
    record([shipped], file)
    assert measured(recipe, file=file) == (measurement(shipped),)
    assert measured(recipe, shipped.manifest.epochs, file) == (measurement(shipped),)
    assert measured(recipe, shipped.manifest.epochs + 1, file) == ()
    assert measured("another", file=file) == ()


def test_the_shipped_model_is_among_what_was_measured() -> None:
    shipped = ModelFolder.open(DEFAULT_MODEL)
    assert measurement(shipped).version in {
        run.version for run in measured(shipped.manifest.recipe)
    }


def test_a_folder_is_measured_with_all_that_is_in_it() -> None:
    found = measurement(ModelFolder.open(DEFAULT_MODEL))
    assert 1 < found.megabytes <= 12
    assert found.parameters <= 2_000_000
    assert replace(found, seed=1) > replace(found, seed=0)
