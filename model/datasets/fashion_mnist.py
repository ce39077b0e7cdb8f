"""Fashion-MNIST's training images: pieces of clothing, which are not digits.

Licence MIT, © 2017 Zalando SE. The cache is Keras's own, `~/.keras/datasets/fashion-mnist/`. Where
the file is missing it is taken from Debian's package `dataset-fashion-mnist`, installed or
downloaded, or by Keras's loader.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.datasets.mnist import cache_file
from model.errors import DatasetUnavailable

log = logging.getLogger(__name__)

NAME = "train-images-idx3-ubyte.gz"
# Of the images themselves, without the header of 16 bytes.
SHA256 = "2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012"
HEADER = 16

DEBIAN = "dataset-fashion-mnist"
INSTALLED = Path("/usr/share/datasets/fashion-mnist") / NAME
# 31 MB at 100 kB/s.
SECONDS = 300

_KERAS_LOADER = """
import socket
socket.setdefaulttimeout(5)
from keras.datasets import fashion_mnist
fashion_mnist.load_data()
"""


def images() -> NDArray[np.uint8]:
    """Return 60,000 images, (60000, 28, 28), uint8, 0 ground … 255 cloth.

    Raises:
        DatasetUnavailable: says what was tried.
    """
    path = cache_path()
    if not path.exists():
        _fetch(path)
    return _read(path)


def cache_path() -> Path:
    """Where Keras keeps it, and so do we."""
    return cache_file().parent / "fashion-mnist" / NAME


def _read(path: Path) -> NDArray[np.uint8]:
    """Read the file and check it."""
    try:
        data = gzip.decompress(path.read_bytes())[HEADER:]
    except (OSError, EOFError) as error:
        raise DatasetUnavailable(f"Expected Fashion-MNIST in {path}: {error}") from error
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise DatasetUnavailable(
            f"Expected Fashion-MNIST in {path}, received other data. "
            "Remove the file, and it is fetched again."
        )
    return np.frombuffer(data, np.uint8).reshape(-1, 28, 28)


def _fetch(path: Path) -> None:
    """Fill the cache from the first origin that answers."""
    origins: tuple[tuple[str, Callable[[Path], None]], ...] = (
        (str(INSTALLED), lambda path: _put(INSTALLED, path)),
        (f"Debian's package {DEBIAN}", _fetch_from_debian),
        ("Keras's loader (storage.googleapis.com)", _fetch_with_keras),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    tried = []
    for origin, fetch in origins:
        log.info("Fetching Fashion-MNIST from %s.", origin)
        try:
            fetch(path)
            _read(path)
        except (OSError, subprocess.SubprocessError, DatasetUnavailable) as error:
            tried.append(f"{origin}: {error}")
        else:
            return
    raise DatasetUnavailable(
        f"Fashion-MNIST is not in {path} and could not be fetched. Tried " + "; ".join(tried) + "."
    )


def _fetch_from_debian(path: Path) -> None:
    """Take the file out of the package without installing it."""
    with tempfile.TemporaryDirectory() as folder:
        _run(["apt-get", "download", DEBIAN], cwd=folder)
        (package,) = Path(folder).glob("*.deb")
        _run(["dpkg-deb", "--extract", str(package), folder], cwd=folder)
        _put(Path(folder) / INSTALLED.relative_to("/"), path)


def _fetch_with_keras(path: Path) -> None:
    """Let Keras download its files, in a child: importing Keras takes 530 MB and seconds."""
    _run([sys.executable, "-c", _KERAS_LOADER], cwd=str(path.parent))


def _put(source: Path, path: Path) -> None:
    """Copy, whole or not at all."""
    partial = path.with_name(f".{NAME}-{os.getpid()}")
    try:
        shutil.copyfile(source, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _run(command: list[str], cwd: str) -> None:
    subprocess.run(  # noqa: S603 - a constant command
        command, cwd=cwd, check=True, capture_output=True, text=True, timeout=SECONDS
    )
