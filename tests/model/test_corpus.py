"""What a model is trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.corpus import NOT_A_DIGIT, BadCorrections, gather, read_corrections
from model.mnist import Examples, Mnist

GLYPHS = np.arange(4, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)


def _mnist(count: int) -> Mnist:
    labels = np.arange(count) % 10
    half = Examples(np.zeros((count, 28, 28), np.uint8), labels)
    return Mnist(half, half)


def test_corrections_join_mnist() -> None:
    corrections = Examples(GLYPHS, np.array([3, 1, NOT_A_DIGIT, 7]))
    corpus = gather(_mnist(12), corrections)
    assert corpus.origins == {"mnist": 12, "corrections": 4}
    assert corpus.labels[-4:].tolist() == [3, 1, -1, 7]
    assert corpus.held_out is None


def test_what_is_held_out_is_not_trained_on() -> None:
    corpus = gather(_mnist(120), validation=True)
    assert corpus.held_out is not None
    assert len(corpus.labels) == 100
    assert len(corpus.held_out.labels) == 20


def test_corrections_are_read_back(tmp_path: Path) -> None:
    np.savez(tmp_path / "c.npz", glyphs=GLYPHS, labels=np.array([3, 1, -1, 7]))
    glyphs, labels = read_corrections(tmp_path / "c.npz")
    np.testing.assert_array_equal(glyphs, GLYPHS)
    assert labels.tolist() == [3, 1, -1, 7]


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"glyphs": GLYPHS}, "labels"),
        ({"glyphs": GLYPHS[:, :27], "labels": np.arange(4)}, r"\(4, 27, 28\) uint8"),
        ({"glyphs": GLYPHS / 255, "labels": np.arange(4)}, "float64"),
        ({"glyphs": GLYPHS, "labels": np.arange(3)}, "Expected 4 whole numbers"),
        ({"glyphs": GLYPHS, "labels": np.array([0, 1, 2, 10])}, "Received 0 to 10"),
        ({"glyphs": GLYPHS, "labels": np.array([0, 1, 2, -2])}, "Received -2 to 2"),
    ],
)
def test_other_corrections_are_refused_by_name(
    tmp_path: Path, arrays: dict[str, np.ndarray], said: str
) -> None:
    np.savez(tmp_path / "c.npz", **arrays)  # type: ignore[arg-type]
    with pytest.raises(BadCorrections, match=said):
        read_corrections(tmp_path / "c.npz")


def test_a_file_that_is_no_npz_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.npz").write_bytes(b"no")
    with pytest.raises(BadCorrections, match="Expected"):
        read_corrections(tmp_path / "c.npz")
    with pytest.raises(BadCorrections, match="No such file"):
        read_corrections(tmp_path / "absent.npz")
