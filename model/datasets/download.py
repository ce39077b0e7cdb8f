"""Fetch a data set once, from the first of several places that has it, and keep it in a cache.

The cache is Keras's own folder, `~/.keras/datasets` (or `datasets` under `KERAS_HOME`), so that
what Keras has downloaded before is found.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from model.errors import DatasetUnavailable

log = logging.getLogger(__name__)

_KERAS_PROGRAM = """
import socket
socket.setdefaulttimeout(5)  # for each address that the host name resolves to
from keras.datasets import {name}
{name}.load_data()
"""

BYTES_PER_MB = 1_000_000

LOOK_SECONDS = 0.5
"""How often is looked how much of a download is there."""

Origin = Callable[[Path], None]
"""Writes the data set to a path, or raises OSError, SubprocessError, ValueError, KeyError or
DatasetUnavailable."""

OnProgress = Callable[[int, int], None]
"""Is told how many megabytes of a data set are there, and how many it has: 0 and 0 if nothing has
to be fetched."""


def say_nothing(done: int, of: int) -> None:
    """Leave a download to itself."""


def cache_folder() -> Path:
    """Return the folder in which Keras keeps data sets."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras") / "datasets"


def fetch(name: str, path: Path, origins: Mapping[str, Origin]) -> None:
    """Write a data set to `path` from the first origin that has it.

    Args:
        name: of the data set, for messages.
        path: what an origin must write completely or not at all; its folder is made.
        origins: by the name under which a person knows them, in the order in which they are tried.

    Raises:
        DatasetUnavailable: says what was tried.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    tried = []
    for origin, write in origins.items():
        log.info("Fetching %s from %s.", name, origin)
        try:
            write(path)
        except (
            OSError,
            subprocess.SubprocessError,
            ValueError,
            KeyError,
            DatasetUnavailable,
        ) as error:
            tried.append(f"{origin}: {describe(error)}")
        else:
            return
    raise DatasetUnavailable(
        f"{name} is not in {path} and could not be fetched. Tried " + "; ".join(tried) + "."
    )


def keras_loader(
    name: str, *, seconds: float, on_wait: Callable[[], None] = lambda: None
) -> Origin:
    """Return an origin that lets Keras download one of its data sets into its cache.

    Runs Keras in a child process, because importing it takes 530 MB and several seconds.

    Args:
        name: of the module in `keras.datasets`.
        seconds: time limit, which also ends the wait for a network that drops packets.
        on_wait: is called every `LOOK_SECONDS` until it is there.
    """

    def write(path: Path) -> None:
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
        program = _KERAS_PROGRAM.format(name=name)
        command = [sys.executable, "-c", program]
        run(command, seconds=seconds, environment=environment, on_wait=on_wait)
        if not path.exists():  # Keras writes to /tmp where the home folder is read-only
            raise FileNotFoundError(f"Keras did not write {path}")

    return write


def run(
    command: list[str],
    *,
    seconds: float,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    on_wait: Callable[[], None] = lambda: None,
) -> None:
    """Run a command silently.

    Args:
        command: the program and its arguments.
        seconds: time limit.
        folder: where it runs, or None for the current folder.
        environment: its variables, or None for those of this process.
        on_wait: is called every `LOOK_SECONDS` until the command ends.

    Raises:
        subprocess.SubprocessError: it failed or took too long.
    """
    until = time.monotonic() + seconds
    with subprocess.Popen(  # noqa: S603 - all commands are constants of these modules
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment,
    ) as process:
        try:
            output, errors = _output(process, until, on_wait)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output, errors)


def _output(
    process: subprocess.Popen[str], until: float, on_wait: Callable[[], None]
) -> tuple[str, str]:
    """Wait for the end of a process, and return what it wrote.

    Raises:
        subprocess.TimeoutExpired: it still runs when `time.monotonic()` is `until`.
    """
    while True:
        on_wait()
        left = until - time.monotonic()
        try:
            return process.communicate(timeout=min(LOOK_SECONDS, max(0.0, left)))
        except subprocess.TimeoutExpired:
            if left <= LOOK_SECONDS:
                raise


def megabytes(path: Path) -> int:
    """Return how much is written: to a file, or to all files of a folder; 0 if it is not there.

    >>> megabytes(Path("/nowhere"))
    0
    """
    inside = [Path(folder) / name for folder, _, names in os.walk(path) for name in names]
    size = 0
    for file in inside if path.is_dir() else [path]:
        with suppress(FileNotFoundError):  # a downloader moves its files when they are whole
            size += file.stat().st_size
    return size // BYTES_PER_MB


def describe(error: Exception) -> str:
    """Return what a failed command said last, which tells more than its exit status."""
    output = error.stderr if isinstance(error, subprocess.CalledProcessError) else None
    lines = (output or str(error)).strip().splitlines()
    return lines[-1] if lines else type(error).__name__
