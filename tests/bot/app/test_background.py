"""What is left lying about by a process that was killed is cleared; what is in use is not."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from bot.app.background import scratch_folder


def test_scratch_is_cleared_of_what_dead_processes_left(tmp_path: Path) -> None:
    dead, alive = tmp_path / "999999999-abc", tmp_path / f"{os.getppid()}-def"
    for folder in (dead, alive):
        (folder / "versions").mkdir(parents=True)
    with scratch_folder(tmp_path) as scratch:
        (scratch / "file").touch()
        assert not dead.exists()
        assert alive.exists()
        assert scratch.name.startswith(f"{os.getpid()}-")
    assert list(tmp_path.iterdir()) == [alive]


def test_scratch_of_an_earlier_process_with_our_number_is_cleared(tmp_path: Path) -> None:
    earlier = tmp_path / f"{os.getpid()}-abc"
    earlier.mkdir()
    with scratch_folder(tmp_path):
        assert not earlier.exists()


def test_names_that_are_not_ours_stay(tmp_path: Path) -> None:
    strangers = {".DS_Store", "lost+found", "12"}
    for name in strangers:
        (tmp_path / name).touch()
    with scratch_folder(tmp_path):
        pass
    assert {path.name for path in tmp_path.iterdir()} == strangers


def test_without_a_folder_to_write_scratch_is_the_systems() -> None:
    with scratch_folder(Path("/proc/none/scratch")) as scratch:
        (scratch / "file").touch()
        assert scratch.is_relative_to(Path(tempfile.gettempdir()).resolve())
    assert not scratch.exists()
