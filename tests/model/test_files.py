"""Files and folders are complete or absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from model.files import atomic_directory, replacing


def test_a_file_is_replaced_when_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "new" / "table.json"
    with replacing(path) as partial:
        partial.write_text("first")
        assert not path.exists()
    with replacing(path) as partial:
        partial.write_text("second")
        assert path.read_text() == "first"
    assert path.read_text() == "second"
    assert list(path.parent.iterdir()) == [path]


def test_an_error_while_writing_a_file_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "table.json"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as partial:
        partial.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_while_writing_a_folder_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), atomic_directory(tmp_path / "new") as folder:
        (folder / "model.keras").write_bytes(b"half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_replaced_only_on_demand_and_when_complete(tmp_path: Path) -> None:
    path = tmp_path / "model"
    with atomic_directory(path) as folder:
        (folder / "old").touch()
    with pytest.raises(OSError, match="not empty"), atomic_directory(path) as folder:
        (folder / "new").touch()
    assert [file.name for file in path.iterdir()] == ["old"]

    with pytest.raises(KeyboardInterrupt), atomic_directory(path, replace=True):
        raise KeyboardInterrupt
    assert [file.name for file in path.iterdir()] == ["old"]

    with atomic_directory(path, replace=True) as folder:
        (folder / "new").touch()
    assert [file.name for file in path.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [path]


def test_the_rest_of_a_killed_process_is_removed_and_that_of_a_running_one_is_not(
    tmp_path: Path,
) -> None:
    unused = 2**22 + 1  # above Linux's largest process id
    (tmp_path / f".new.0.{unused}.partial").mkdir()
    running = tmp_path / f".new.0.{os.getppid()}.partial"
    running.mkdir()
    with atomic_directory(tmp_path / "new"):
        pass
    assert sorted(tmp_path.iterdir()) == [running, tmp_path / "new"]
