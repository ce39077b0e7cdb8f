"""Epochs of freshly deformed glyphs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from model.datasets import mnist
from model.recipes import Augmentation
from model.training.batches import DOUBT, Batch, BatchSequence
from model.training.training_set import Source, TrainingSet
from model.types import NOT_A_DIGIT

COUNT = 300


@pytest.fixture(scope="module")
def corpus() -> TrainingSet:
    known = mnist.training_set().part(slice(COUNT))
    known.labels[:30] = NOT_A_DIGIT
    return TrainingSet({"mnist": Source(known, COUNT)}, held_out=None, other_hands=None)


def _batches(lessons: BatchSequence) -> list[Batch]:
    return [lessons[index] for index in range(len(lessons))]


@pytest.fixture(scope="module")
def deformed(corpus: TrainingSet) -> Iterator[BatchSequence]:
    with BatchSequence(corpus, Augmentation(), batch_size=64, seed=3, refuses=True) as lessons:
        yield lessons


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


def test_what_is_no_digit_teaches_only_that(deformed: BatchSequence) -> None:
    for _, targets, weights in _batches(deformed):
        np.testing.assert_array_equal(targets["is_digit"][:, 0], weights["digits"])
        assert (weights["is_digit"] == 1).all()
    assert sum(int((w["digits"] == 0).sum()) for _, _, w in _batches(deformed)) > 10


def test_the_next_epoch_shows_other_images_and_the_seed_decides_which(corpus: TrainingSet) -> None:
    def two_epochs() -> list[np.ndarray]:
        with BatchSequence(corpus, Augmentation(), batch_size=64, seed=3, refuses=True) as lessons:
            first = _batches(lessons)
            lessons.on_epoch_end()
            return [first[0][0], _batches(lessons)[0][0]]

    first, second = two_epochs()
    assert (first != second).any()
    for once, again in zip((first, second), two_epochs(), strict=True):
        np.testing.assert_array_equal(once, again)


def test_without_a_deformation_glyphs_come_as_they_are(corpus: TrainingSet) -> None:
    known = {glyph.tobytes() for glyph in corpus.parts["mnist"].examples.glyphs}
    with BatchSequence(corpus, None, batch_size=100, seed=0, refuses=False) as lessons:
        for pixels, targets, _ in _batches(lessons):
            assert "is_digit" not in targets
            assert {np.rint(p * 255).astype(np.uint8).tobytes() for p in pixels} <= known


def test_a_pool_of_epochs_comes_back_in_another_order(corpus: TrainingSet) -> None:
    def contents(batches: list[Batch]) -> list[bytes]:
        return sorted(glyph.tobytes() for pixels, _, _ in batches for glyph in pixels)

    with BatchSequence(
        corpus, Augmentation(), batch_size=100, seed=3, refuses=True, pool=2
    ) as lessons:
        epochs = [_batches(lessons)]
        for _ in range(3):
            lessons.on_epoch_end()
            epochs.append(_batches(lessons))
    first, second, third, fourth = map(contents, epochs)
    assert first == third != second == fourth
    assert (epochs[0][0][0] != epochs[2][0][0]).any()


def test_a_teacher_is_believed_of_mnist_where_it_is_right(corpus: TrainingSet) -> None:
    def teacher(glyphs: np.ndarray) -> np.ndarray:
        says = np.full((len(glyphs), 10), 0.02, np.float32)
        says[:, 7] = 0.82  # of whatever it is shown
        return says

    sevens = corpus.parts["mnist"].examples
    sevens = sevens.part(sevens.labels == 7)
    both = TrainingSet(
        corpus.parts | {"hands": Source(sevens, len(sevens.labels))},
        held_out=None,
        other_hands=None,
    )
    count = COUNT + len(sevens.labels)
    with BatchSequence(
        both, None, batch_size=count, seed=0, refuses=False, teacher=teacher
    ) as lessons:
        _, targets, _ = lessons[0]
    said = (targets["digits"] == np.float32(0.82)).any(axis=1)
    assert said.sum() == len(sevens.labels)  # of MNIST, not of other hands
    assert (targets["digits"][said].argmax(axis=1) == 7).all()
    labels = np.unique(targets["digits"][~said])
    np.testing.assert_allclose(labels, [DOUBT, 1 - 9 * DOUBT], rtol=1e-5)
