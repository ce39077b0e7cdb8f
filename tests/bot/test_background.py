"""What is left lying about by a process that was killed is cleared; what is in use is not."""

from __future__ import annotations

import os
from pathlib import Path

from bot.background import scratch_folder


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
