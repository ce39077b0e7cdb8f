"""Files and folders that are complete or absent, even if writing them is interrupted.

Each is written under a temporary name in the same folder and renamed at the end, which the
operating system does in one step.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary file name, and rename that file to `path` at the end of the block.

    Leaves `path` as it was, and no temporary file, if the block raises.

    Args:
        path: an existing file is replaced; a missing folder is made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # The ending stays, because `numpy.savez` would add one.
    partial = path.with_name(f".{uuid.uuid4().hex[:8]}-{path.name}")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def atomic_directory(path: Path, *, replace: bool = False) -> Iterator[Path]:
    """Give a temporary folder, and rename it to `path` at the end of the block.

    Leaves no temporary folder if the block raises. Removes the temporary folders that killed
    processes left beside `path`.

    Args:
        path: must not exist or must be empty, unless `replace`.
        replace: swap the new folder for what is at `path`, which stays until the new one is
            complete.
    """
    path = path.resolve()  # so that "." has a name, too
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(path)
    partial = _temporary_folder(path)
    partial.mkdir()
    try:
        yield partial
        if replace and path.exists():
            old = path.rename(_temporary_folder(path))
            partial.rename(path)
            shutil.rmtree(old)
        else:
            partial.rename(path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)  # after a success it is no longer there


def _temporary_folder(path: Path) -> Path:
    """Return a new name beside `path` that says which process it belongs to."""
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.{os.getpid()}.partial")


def _remove_abandoned(path: Path) -> None:
    """Remove the temporary folders of processes that no longer run."""
    for partial in path.parent.glob(f".{path.name}.*.partial"):
        if not psutil.pid_exists(int(partial.name.split(".")[-2])):
            shutil.rmtree(partial)
