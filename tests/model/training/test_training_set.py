"""What a model is trained on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.datasets.mnist import Mnist
from model.errors import CorrectionsError
from model.recipes import BASELINE
from model.synthesis import dataset
from model.training.training_set import MAX_CORRECTION_REPEATS, build, read_corrections
from model.types import NOT_A_DIGIT, Examples

GLYPHS = np.arange(4, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)


def _mnist(count: int) -> Mnist:
    labels = np.arange(count) % 10
    half = Examples(np.full((count, 28, 28), 255, np.uint8), labels)
    return Mnist(half, half)


def test_corrections_join_mnist_and_each_is_seen_often() -> None:
    corrections = Examples(GLYPHS, np.array([3, 1, 4, 7]))
    training_set = build(_mnist(1000), BASELINE, corrections)
    assert training_set.sources["mnist"].samples_per_epoch == 1000
    assert training_set.sources["corrections"].samples_per_epoch == 80  # eight in a hundred
    seen = training_set.draw_epoch(np.random.default_rng(0))
    assert len(seen.labels) == 1080
    glyphs = seen.glyphs(slice(None))
    assert all((glyphs == glyph).all(axis=(1, 2)).sum() >= 20 for glyph in GLYPHS)


def test_a_recipe_may_learn_negatives_without_synthetic_digits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def load(split: str, *, digits: int, negatives: int, **_: object) -> Examples:
        labels = np.repeat([1, NOT_A_DIGIT], [digits, negatives])
        return Examples(np.zeros((digits + negatives, 28, 28), np.uint8), labels)

    monkeypatch.setattr(dataset, "load", load)
    recipe = replace(BASELINE, negatives=30)
    seen = build(_mnist(100), recipe).draw_epoch(np.random.default_rng(0))
    assert (seen.labels == NOT_A_DIGIT).sum() == 30
    assert seen.in_mnist.sum() == 100
    assert len(seen.labels) == 130


def test_few_corrections_do_not_fill_an_epoch() -> None:
    corrections = Examples(GLYPHS[:1], np.array([3]))
    assert (
        build(_mnist(60_000), BASELINE, corrections).sources["corrections"].samples_per_epoch
        == MAX_CORRECTION_REPEATS
    )


def test_a_network_that_cannot_refuse_does_not_learn_negatives() -> None:
    corrections = Examples(GLYPHS, np.array([3, NOT_A_DIGIT, NOT_A_DIGIT, 7]))
    training_set = build(_mnist(1000), BASELINE, corrections)
    assert training_set.sources["corrections"].examples.labels.tolist() == [3, 7]
    only_others = Examples(GLYPHS, np.full(4, NOT_A_DIGIT))
    assert build(_mnist(1000), BASELINE, only_others).sources.keys() == {"mnist"}


def test_after_training_only_the_images_of_mnist_are_kept() -> None:
    corrections = Examples(GLYPHS, np.array([3, 1, 4, 7]))
    training_set = build(_mnist(1000), BASELINE, corrections)
    kept = training_set.without_synthetic_glyphs()
    assert kept.mnist is training_set.mnist
    assert len(kept.sources["corrections"].examples.labels) == 0
    assert {name: source.samples_per_epoch for name, source in kept.sources.items()} == {
        name: source.samples_per_epoch for name, source in training_set.sources.items()
    }


def test_after_calibration_only_the_counts_are_kept() -> None:
    training_set = build(_mnist(1000), BASELINE, validation=True)
    kept = training_set.without_glyphs()
    assert len(kept.mnist.labels) == 0
    assert kept.sources["mnist"].samples_per_epoch == 834
    assert kept.held_out is training_set.held_out, "how many there were is told"


def test_a_recipe_may_see_a_part_of_mnist_in_each_epoch_in_turns() -> None:
    training_set = build(_mnist(1000), replace(BASELINE, mnist_digits=300))
    first, second = (training_set.draw_epoch(np.random.default_rng(seed)) for seed in (0, 1))
    assert len(first.labels) == len(second.labels) == 300
    assert set(first.indices.tolist()) != set(second.indices.tolist())
    assert len(set(first.indices.tolist())) == 300, "none is seen twice"
    whole = build(_mnist(100), replace(BASELINE, mnist_digits=300))
    assert whole.sources["mnist"].samples_per_epoch == 100


def test_an_epoch_is_drawn_from_its_seed() -> None:
    training_set = build(_mnist(100), BASELINE)
    one, same, other = (
        training_set.draw_epoch(np.random.default_rng(seed)).labels for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_what_is_held_out_is_not_trained_on() -> None:
    training_set = build(_mnist(120), BASELINE, validation=True)
    assert training_set.held_out is not None
    assert training_set.sources["mnist"].samples_per_epoch == 100
    assert len(training_set.held_out.labels) == 20


def test_corrections_are_read_back(tmp_path: Path) -> None:
    np.savez(tmp_path / "c.npz", glyphs=GLYPHS, labels=np.array([3, 1, -1, 7]))
    glyphs, labels = read_corrections(tmp_path / "c.npz")
    np.testing.assert_array_equal(glyphs, GLYPHS)
    assert labels.tolist() == [3, 1, -1, 7]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"glyphs": GLYPHS}, "labels"),
        ({"glyphs": GLYPHS[:, :27], "labels": np.arange(4)}, r"\(4, 27, 28\) uint8"),
        ({"glyphs": GLYPHS / 255, "labels": np.arange(4)}, "float64"),
        ({"glyphs": GLYPHS, "labels": np.arange(3)}, "Expected 4 whole numbers"),
        ({"glyphs": GLYPHS, "labels": np.array([0, 1, 2, 10])}, "Received 0 to 10"),
        ({"glyphs": GLYPHS, "labels": np.array([0, 1, 2, -2])}, "Received -2 to 2"),
    ],
)
def test_wrong_corrections_are_refused_with_what_was_received(
    tmp_path: Path, arrays: dict[str, np.ndarray], message: str
) -> None:
    np.savez(tmp_path / "c.npz", **arrays)  # type: ignore[arg-type]
    with pytest.raises(CorrectionsError, match=message):
        read_corrections(tmp_path / "c.npz")


def test_a_file_that_is_no_npz_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.npz").write_bytes(b"no")
    with pytest.raises(CorrectionsError, match="Expected"):
        read_corrections(tmp_path / "c.npz")
    with pytest.raises(CorrectionsError, match="No such file"):
        read_corrections(tmp_path / "absent.npz")
