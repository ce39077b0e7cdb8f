"""A data set is fetched from the first place that has it."""

from __future__ import annotations

import subprocess
import sys
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


def test_a_command_says_how_much_is_there_while_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "LOOK_SECONDS", 0.02)
    seen: list[int] = []

    def look() -> None:
        seen.append(download.megabytes(tmp_path))
        if seen[-1] == 2:
            (tmp_path / "go on").touch()

    program = (
        "import pathlib, time\n"
        "pathlib.Path('part').write_bytes(bytes(2_500_000))\n"
        "while not pathlib.Path('go on').exists(): time.sleep(0.01)\n"
    )
    command = [sys.executable, "-c", program]
    download.run(command, seconds=60, folder=tmp_path, on_wait=look)
    assert (seen[0], seen[-1]) == (0, 2)
    assert download.megabytes(tmp_path / "part") == 2


def test_a_command_that_fails_or_takes_too_long_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        download.run([sys.executable, "-c", "raise SystemExit('no such package')"], seconds=60)
    assert download.describe(caught.value) == "no such package"
    endless = [sys.executable, "-c", "import time; time.sleep(600)"]
    with pytest.raises(subprocess.TimeoutExpired):
        download.run(endless, seconds=0.2)


def test_the_cache_is_where_keras_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert download.cache_folder() == tmp_path / "datasets"
    monkeypatch.delenv("KERAS_HOME")
    assert download.cache_folder() == Path.home() / ".keras" / "datasets"
