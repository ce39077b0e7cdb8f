"""The real MNIST, or an error that says what was tried."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from model.datasets import mnist
from model.errors import DatasetUnavailable


def test_both_halves_have_their_size_and_their_labels() -> None:
    data = mnist.load()
    assert data.training.glyphs.shape == (60_000, 28, 28)
    assert data.test.glyphs.shape == (10_000, 28, 28)
    assert data.test.glyphs.dtype == np.uint8
    # Known of MNIST for as long as it exists.
    assert data.training.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(data.test.labels)[1] == 1135


def test_the_test_images_are_read_without_tensorflow() -> None:
    mnist.test_set()  # fills the cache, if need be
    program = (
        "import sys; from model.datasets import mnist; mnist.test_set(); "
        "sys.exit(bool({'tensorflow', 'keras'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_other_data_under_the_same_names_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    cache = mnist.cache_file()
    cache.parent.mkdir()
    np.savez(cache, x_test=np.zeros((10_000, 28, 28), np.uint8), y_test=np.zeros(10_000, np.uint8))
    with pytest.raises(DatasetUnavailable, match="other data under the name 'x_test'"):
        mnist.test_set()
    cache.write_bytes(b"half a file")
    with pytest.raises(DatasetUnavailable, match="cannot be read"):
        mnist.test_set()
