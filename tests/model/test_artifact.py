"""A model folder is refused unless it is complete."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from model.artifact import DEFAULT_MODEL, MANIFEST, ModelFolder, model_card, write_manifest
from model.errors import ModelError

MEASURED: dict[str, Any] = {
    "version": "0123456789",
    "recipe": "baseline",
    "command": "python -m model train --out here",
    "base": None,
    "seed": 0,
    "epochs": 1,
    "trained_on": {"mnist": 60_000},
    "held_out": 0,
    "parameters": 118_282,
    "seconds": 9.5,
    "peak_memory_mb": 900.0,
    "test_accuracy": 0.97,
    "test_loss": 0.1,
    "val_accuracy": None,
    "val_loss": None,
    "temperature": 1.0,
    "refusal_threshold": 0.5,
    "created": "2026-01-01T00:00:00+00:00",
    "versions": {"keras": "3"},
    "history": ({"epoch": 1},),
    "confusion": ((0,) * 10,) * 10,
}


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    path = tmp_path / "whole"
    path.mkdir()
    (path / "model.keras").write_bytes(b"keras")
    (path / "model.tflite").write_bytes(b"tflite")
    write_manifest(path, **MEASURED)
    return path


def test_what_was_written_is_what_is_opened(whole: Path) -> None:
    opened = ModelFolder.open(whole)
    assert opened.manifest.version == "0123456789"
    assert opened.manifest.confusion == MEASURED["confusion"]
    assert opened.manifest.history == MEASURED["history"]
    assert opened.keras_file.read_bytes() == b"keras"
    assert opened.tflite_file.read_bytes() == b"tflite"


@pytest.mark.parametrize("name", ["model.keras", "model.tflite"])
def test_a_changed_file_is_refused(whole: Path, name: str) -> None:
    (whole / name).write_bytes(b"something else")
    with pytest.raises(ModelError, match="damaged"):
        ModelFolder.open(whole)


def test_a_missing_file_is_refused(whole: Path) -> None:
    (whole / "model.tflite").unlink()
    with pytest.raises(ModelError, match="damaged"):
        ModelFolder.open(whole)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"history": [], "confusion": []}'])
def test_a_broken_manifest_is_refused(whole: Path, text: str) -> None:
    (whole / MANIFEST).write_text(text)
    with pytest.raises(ModelError, match="Expected a manifest"):
        ModelFolder.open(whole)


def test_a_model_for_other_glyphs_is_refused(whole: Path) -> None:
    fields = json.loads((whole / MANIFEST).read_text())
    (whole / MANIFEST).write_text(json.dumps(fields | {"preprocessing": "stretched"}))
    with pytest.raises(ModelError, match="'stretched'"):
        ModelFolder.open(whole)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="Expected a model folder"):
        ModelFolder.open(tmp_path / "nowhere")


def test_the_card_says_how_to_make_it_again_and_what_was_measured() -> None:
    manifest = replace(
        ModelFolder.open(DEFAULT_MODEL).manifest,
        command="python -m model train --recipe mlp --out DIR",
        test_accuracy=0.9944,
        trained_on={"mnist": 60_000, "negatives": 12_000},
        val_accuracy=None,
        cpu_seconds=90,
        seconds=60,
    )
    text = model_card(manifest)
    assert "    python -m model train --recipe mlp --out DIR\n" in text
    assert "| MNIST test images right | 99.44% |" in text
    assert "60,000 of mnist, 12,000 of negatives" in text
    assert "1.0 (1.5 of CPU time)" in text
    assert "held out" not in text


def test_images_that_were_held_out_are_counted() -> None:
    manifest = ModelFolder.open(DEFAULT_MODEL).manifest
    text = model_card(replace(manifest, val_accuracy=0.99, held_out=10_000))
    assert "| right of 10,000 held out | 99.00% |" in text
