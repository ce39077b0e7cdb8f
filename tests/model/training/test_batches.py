"""Epochs of freshly deformed glyphs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from model.datasets import mnist
from model.recipes import BASELINE, Augmentation
from model.training import batches
from model.training.batches import LABEL_SMOOTHING, Batch, BatchSequence
from model.training.training_set import Source, TrainingSet
from model.types import NOT_A_DIGIT

COUNT = 300
AS_THEY_ARE = replace(BASELINE, batch_size=100)
DEFORMED = replace(BASELINE, batch_size=64, augmentation=Augmentation())


@pytest.fixture(scope="module")
def training_set() -> TrainingSet:
    known = mnist.training_set().part(slice(COUNT))
    known.labels[:30] = NOT_A_DIGIT
    return TrainingSet({"mnist": Source(known, COUNT)}, held_out=None, synthetic_validation=None)


def _batches(sequence: BatchSequence) -> list[Batch]:
    return [sequence[index] for index in range(len(sequence))]


@pytest.fixture(scope="module")
def deformed(training_set: TrainingSet) -> Iterator[BatchSequence]:
    with BatchSequence(training_set, DEFORMED, seed=3, has_is_digit=True) as sequence:
        yield sequence


def test_batches_are_of_one_size_and_in_range(deformed: BatchSequence) -> None:
    batches = _batches(deformed)
    assert len(batches) == COUNT // 64
    for pixels, targets, weights in batches:
        assert pixels.shape == (64, 28, 28)
        assert pixels.dtype == np.float32
        assert 0 <= pixels.min() <= pixels.max() <= 1
        assert targets["digits"].shape == (64, 10)
        assert targets["is_digit"].shape == (64, 1)
        assert weights["digits"].shape == (64,)


def test_a_negative_teaches_only_that_it_is_one(deformed: BatchSequence) -> None:
    for _, targets, weights in _batches(deformed):
        np.testing.assert_array_equal(targets["is_digit"][:, 0], weights["digits"])
        assert (weights["is_digit"] == 1).all()
    assert sum(int((w["digits"] == 0).sum()) for _, _, w in _batches(deformed)) > 10


def test_the_next_epoch_shows_other_images_and_the_seed_decides_which(
    training_set: TrainingSet,
) -> None:
    def two_epochs() -> list[np.ndarray]:
        with BatchSequence(training_set, DEFORMED, seed=3, has_is_digit=True) as sequence:
            first = _batches(sequence)
            sequence.on_epoch_end()
            return [first[0][0], _batches(sequence)[0][0]]

    first, second = two_epochs()
    assert (first != second).any()
    for once, again in zip((first, second), two_epochs(), strict=True):
        np.testing.assert_array_equal(once, again)


def test_without_augmentation_glyphs_come_as_they_are(training_set: TrainingSet) -> None:
    known = {glyph.tobytes() for glyph in training_set.mnist.glyphs}
    with BatchSequence(training_set, AS_THEY_ARE, seed=0, has_is_digit=False) as sequence:
        for pixels, targets, _ in _batches(sequence):
            assert "is_digit" not in targets
            assert {np.rint(p * 255).astype(np.uint8).tobytes() for p in pixels} <= known


def test_a_pool_of_epochs_comes_back_in_another_order(training_set: TrainingSet) -> None:
    def contents(batches: list[Batch]) -> list[bytes]:
        return sorted(glyph.tobytes() for pixels, _, _ in batches for glyph in pixels)

    recipe = replace(DEFORMED, batch_size=100, pool_epochs=2)
    with BatchSequence(training_set, recipe, seed=3, has_is_digit=True) as sequence:
        epochs = [_batches(sequence)]
        for _ in range(3):
            sequence.on_epoch_end()
            epochs.append(_batches(sequence))
    first, second, third, fourth = map(contents, epochs)
    assert first == third != second == fourth
    assert (epochs[0][0][0] != epochs[2][0][0]).any()


def test_a_teacher_is_asked_about_mnist_and_counts_where_it_is_correct(
    training_set: TrainingSet,
) -> None:
    def teacher(glyphs: np.ndarray) -> np.ndarray:
        probabilities = np.full((len(glyphs), 10), 0.02, np.float32)
        probabilities[:, 7] = 0.82  # of every glyph
        return probabilities

    sevens = training_set.mnist.part(training_set.mnist.labels == 7)
    both = TrainingSet(
        training_set.sources | {"synthetic digits": Source(sevens, len(sevens.labels))},
        held_out=None,
        synthetic_validation=None,
    )
    recipe = replace(AS_THEY_ARE, batch_size=COUNT + len(sevens.labels))
    with BatchSequence(both, recipe, seed=0, has_is_digit=False, teacher=teacher) as sequence:
        _, targets, _ = sequence[0]
    taught = (targets["digits"] == np.float32(0.82)).any(axis=1)
    assert taught.sum() == len(sevens.labels)  # of MNIST, not of the synthetic digits
    assert (targets["digits"][taught].argmax(axis=1) == 7).all()
    labels = np.unique(targets["digits"][~taught])
    np.testing.assert_allclose(labels, [LABEL_SMOOTHING, 1 - 9 * LABEL_SMOOTHING], rtol=1e-5)


def test_an_epoch_that_is_asked_for_again_or_all_at_once_is_the_same(
    training_set: TrainingSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "PART_SIZE", 32)
    with BatchSequence(training_set, DEFORMED, seed=3, has_is_digit=True) as sequence:
        once, again = _batches(sequence), _batches(sequence)
    whole = replace(DEFORMED, batch_size=COUNT)
    with BatchSequence(training_set, whole, seed=3, has_is_digit=True) as sequence:
        ((pixels, targets, _),) = _batches(sequence)
    for number, (first, second) in enumerate(zip(once, again, strict=True)):
        np.testing.assert_array_equal(first[0], second[0])
        here = slice(number * 64, (number + 1) * 64)
        np.testing.assert_array_equal(first[0], pixels[here])
        np.testing.assert_array_equal(first[1]["digits"], targets["digits"][here])
