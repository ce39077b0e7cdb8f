"""Fashion-MNIST's training images: pieces of clothing, which are not digits.

Licence MIT, © 2017 Zalando SE. The cache is Keras's own, `~/.keras/datasets/fashion-mnist/`. A
missing file is taken from Debian's package `dataset-fashion-mnist`, installed or downloaded, or
fetched by Keras's loader.
"""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.datasets import download
from model.errors import DatasetUnavailable
from model.files import replacing

NAME = "train-images-idx3-ubyte.gz"
"""The file of the training images, as its authors name it."""

SHA256 = "2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012"
"""Hash of the images, without the header."""

HEADER_BYTES = 16
"""What stands before the images in the file."""

DEBIAN_PACKAGE = "dataset-fashion-mnist"
"""The package that has the file."""

INSTALLED = Path("/usr/share/datasets/fashion-mnist") / NAME
"""Where the package puts it."""

FETCH_SECONDS = 300
"""Time limit of each download: 31 MB at 100 kB/s."""


def images() -> NDArray[np.uint8]:
    """Return 60,000 images, (60000, 28, 28), uint8, 0 ground … 255 cloth.

    Raises:
        DatasetUnavailable: says what was tried.
    """
    path = cache_file()
    if not path.exists():
        download.fetch(
            "Fashion-MNIST",
            path,
            {
                str(INSTALLED): _checked(lambda path: _copy(INSTALLED, path)),
                f"Debian's package {DEBIAN_PACKAGE}": _checked(_fetch_from_debian),
                "Keras's loader (storage.googleapis.com)": _checked(
                    download.keras_loader("fashion_mnist", seconds=FETCH_SECONDS)
                ),
            },
        )
    return _read(path)


def cache_file() -> Path:
    """Return the file in which Keras keeps it."""
    return download.cache_folder() / "fashion-mnist" / NAME


def _read(path: Path) -> NDArray[np.uint8]:
    """Read the file and check it."""
    try:
        data = gzip.decompress(path.read_bytes())[HEADER_BYTES:]
    except (OSError, EOFError) as error:
        raise DatasetUnavailable(f"Expected Fashion-MNIST in {path}: {error}") from error
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise DatasetUnavailable(
            f"Expected Fashion-MNIST in {path}, received other data. "
            "Remove the file, and it is fetched again."
        )
    return np.frombuffer(data, np.uint8).reshape(-1, 28, 28)


def _checked(origin: download.Origin) -> download.Origin:
    """Return an origin that fails if it wrote other data, so that the next one is tried."""

    def write(path: Path) -> None:
        origin(path)
        _read(path)

    return write


def _fetch_from_debian(path: Path) -> None:
    """Take the file out of the package without installing it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        download.run(["apt-get", "download", DEBIAN_PACKAGE], seconds=FETCH_SECONDS, folder=folder)
        (package,) = folder.glob("*.deb")
        download.run(["dpkg-deb", "--extract", str(package), name], seconds=FETCH_SECONDS)
        _copy(folder / INSTALLED.relative_to("/"), path)


def _copy(source: Path, path: Path) -> None:
    with replacing(path) as partial:
        shutil.copyfile(source, partial)
