from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.synthesis import dataset


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that holds one chunk of each kind: digits 5 from ink, 6 from photos."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    labels: tuple[tuple[dataset.Origin, str, int], ...] = (
        ("ink", "digits", 5),
        ("photo", "digits", 6),
        ("ink", "negatives", -1),
        ("photo", "negatives", -1),
    )
    for origin, kind, label in labels:
        folder = dataset.cache_folder(origin)
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(
            folder / f"train-{kind}-0-0.npz",
            glyphs=np.zeros((dataset.CHUNK_SIZES[origin], 28, 28), np.uint8),
            labels=np.full(dataset.CHUNK_SIZES[origin], label),
        )


@pytest.mark.usefixtures("cache")
def test_the_cache_serves_what_it_holds() -> None:
    glyphs, labels = dataset.load("train", digits=40, negatives=20, photo_fraction=0.25)

    assert glyphs.shape == (60, 28, 28)
    assert sorted(labels.tolist()) == [-1] * 20 + [5] * 30 + [6] * 10
    assert labels.tolist() != sorted(labels.tolist())


@pytest.mark.usefixtures("cache")
def test_photos_and_negatives_are_made_only_when_asked_for() -> None:
    _, labels = dataset.load("train", digits=40, negatives=0, photo_fraction=0)

    assert labels.tolist() == [5] * 40


@pytest.mark.slow
def test_it_is_said_how_many_files_of_the_cache_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setitem(dataset.CHUNK_SIZES, "ink", 20)
    monkeypatch.setattr(dataset, "PROGRESS_SECONDS", 0.01)
    said: list[tuple[int, int]] = []

    def load() -> None:
        dataset.load(
            "train",
            digits=20,
            negatives=0,
            photo_fraction=0,
            use_downloads=False,
            on_progress=lambda done, of: said.append((done, of)),
        )

    load()
    assert said[0] == (0, 1)
    assert {of for _, of in said} == {1}
    again = len(said)
    load()
    assert len(said) == again, "nothing is made the second time"


def test_what_photos_show_has_a_cache_of_its_own() -> None:
    assert dataset.cache_folder("ink") != dataset.cache_folder("photo")


def test_every_source_of_the_cache_key_exists() -> None:
    for patterns in dataset.SOURCE_FILES.values():
        for pattern in patterns:
            assert list(dataset.MODEL_FOLDER.glob(pattern)), pattern


def test_every_module_of_the_pipeline_is_part_of_the_cache_key() -> None:
    modules = set((dataset.MODEL_FOLDER / "vision").rglob("*.py"))

    assert modules <= set(dataset.source_files("photo"))
