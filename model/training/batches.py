"""Batches for `Model.fit`, from epochs of freshly deformed glyphs.

Other processes deform the next epoch while the network learns from this one.
"""

from __future__ import annotations

from concurrent.futures import Future
from types import TracebackType
from typing import NamedTuple, Self

import keras
import numpy as np
from numpy.typing import NDArray

from model.recipes import Recipe
from model.training.augmentation_workers import AugmentationWorkers
from model.training.distillation import Teacher
from model.training.resource_usage import workers_peak_memory_mb
from model.training.training_set import EpochSample, TrainingSet
from model.types import NOT_A_DIGIT

LABEL_SMOOTHING = 1e-4
"""The probability of each other digit for samples that no teacher is asked about. A teacher's
probabilities are learned at a temperature, where zeros would dominate the loss: with 1e-8 the
network was twice as sure of synthetic digits, in log-odds, as it was correct, and a temperature
fitted to them made it too unsure of MNIST's."""

Arrays = dict[str, NDArray[np.float32]]
"""One array for each output of the network."""

Batch = tuple[NDArray[np.float32], Arrays, Arrays]
"""Pixels (n, 28, 28), 0 paper … 1 ink; targets by output, (n, …); weights by output, (n,)."""


class EpochData(NamedTuple):
    """What the network learns in one epoch.

    Attributes:
        glyphs: (n, 28, 28), uint8, 0 paper … 255 ink.
        are_digits: (n,), float32, 1 for a digit and 0 for a negative.
        digits: (n, 10), float32, the probability that each should have.
    """

    glyphs: NDArray[np.uint8]
    are_digits: NDArray[np.float32]
    digits: NDArray[np.float32]

    def part(self, which: slice | NDArray[np.intp]) -> EpochData:
        """Select some samples, or all in another order."""
        return EpochData(self.glyphs[which], self.are_digits[which], self.digits[which])


class _PendingEpoch(NamedTuple):
    """An epoch whose glyphs are still being deformed.

    It does not keep the glyphs as they were, which are 60 MB.

    Attributes:
        parts: the deformed glyphs in order, each (n, 28, 28), uint8.
        labels: (n,), int64, 0–9 or NOT_A_DIGIT.
        in_mnist: (n,), bool, whether each glyph is one of MNIST's.
    """

    parts: list[Future[NDArray[np.uint8]]]
    labels: NDArray[np.int64]
    in_mnist: NDArray[np.bool_]

    def collect(self) -> EpochSample:
        """Wait for the glyphs; can be called once, because each part is freed once it is copied."""
        glyphs = np.empty((len(self.labels), 28, 28), np.uint8)
        start = 0
        while self.parts:
            part = self.parts.pop(0).result()
            glyphs[start : start + len(part)] = part
            start += len(part)
        return EpochSample(glyphs, self.labels, self.in_mnist)


class BatchSequence(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches for `Model.fit`: pixels, targets by output, weights by output.

    All is drawn from the seed, however many processes there are. The last batch of an epoch is left
    out if it is smaller than the others, because its gradients would count for more.

    Attributes:
        workers_peak_mb: the most memory that the processes that deform glyphs had together, known
            when the sequence is closed.
    """

    def __init__(
        self,
        training_set: TrainingSet,
        recipe: Recipe,
        *,
        seed: int,
        has_is_digit: bool,
        teacher: Teacher | None = None,
    ) -> None:
        """Make the first epoch, and begin the second.

        Args:
            training_set: what to draw from.
            recipe: its augmentation, batch size and number of different epochs are used.
            seed: every epoch is drawn from it.
            has_is_digit: whether the network has the output `is_digit`.
            teacher: gives the probabilities of MNIST's digits instead of their labels. For
                synthetic digits it knows less than their labels do.
        """
        super().__init__()
        self._training_set, self._recipe, self._seed = training_set, recipe, seed
        self._has_is_digit, self._teacher = has_is_digit, teacher
        augmentation = recipe.augmentation
        self._augmentation_workers = AugmentationWorkers(augmentation) if augmentation else None
        self.workers_peak_mb = 0.0
        self._pool: list[EpochData] = []
        self._number = 0
        self._pending = self._begin(0)
        self._current = self._next()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._augmentation_workers:
            self.workers_peak_mb = workers_peak_memory_mb()
            self._augmentation_workers.close()
        # Keras keeps a reference to this object. Two epochs are 120 MB, and exporting needs them.
        self._pool.clear()
        del self._current, self._pending

    def __len__(self) -> int:
        return len(self._current.glyphs) // self._recipe.batch_size

    def __getitem__(self, index: int) -> Batch:
        size = self._recipe.batch_size
        glyphs, are_digits, digits = self._current.part(slice(index * size, (index + 1) * size))
        targets: Arrays = {"digits": digits}
        weights: Arrays = {"digits": are_digits}  # which digit a negative is does not matter
        if self._has_is_digit:
            targets["is_digit"] = are_digits[:, None]
            weights["is_digit"] = np.ones_like(are_digits)
        return np.divide(glyphs, 255, dtype=np.float32), targets, weights

    def on_epoch_end(self) -> None:
        """Take the next epoch, and begin the one after it."""
        del self._current  # frees 60 MB for the next epoch
        self._current = self._next()

    def _next(self) -> EpochData:
        """Return the next epoch: a new one or, after `pool_epochs`, one of those again."""
        number, pool_epochs = self._number, self._recipe.pool_epochs
        self._number += 1
        if pool_epochs and number >= pool_epochs:
            epoch = self._pool[number % pool_epochs]
            rng = np.random.default_rng((self._seed, number))
            return epoch.part(rng.permutation(len(epoch.glyphs)))
        sample = self._pending.collect()
        if not pool_epochs or self._number < pool_epochs:
            self._pending = self._begin(self._number)
        epoch = self._with_targets(sample)
        if pool_epochs:
            self._pool.append(epoch)
        return epoch

    def _begin(self, number: int) -> _PendingEpoch:
        """Draw an epoch, and have its glyphs deformed without waiting for it."""
        seed = (self._seed, number)
        glyphs, labels, in_mnist = self._training_set.draw_epoch(np.random.default_rng(seed))
        if self._augmentation_workers:
            parts = self._augmentation_workers.submit(glyphs, seed)
        else:
            parts = [Future()]
            parts[0].set_result(glyphs)
        return _PendingEpoch(parts, labels, in_mnist)

    def _with_targets(self, sample: EpochSample) -> EpochData:
        glyphs, labels, in_mnist = sample
        digits = np.eye(10, dtype=np.float32)[labels]
        if self._teacher:
            digits = digits * (1 - 10 * LABEL_SMOOTHING) + np.float32(LABEL_SMOOTHING)
            taught = self._teacher(glyphs[in_mnist])
            # Where the teacher is wrong, the label counts.
            correct = (taught.argmax(axis=1) == labels[in_mnist])[:, None]
            digits[in_mnist] = np.where(correct, taught, digits[in_mnist])
        return EpochData(glyphs, (labels != NOT_A_DIGIT).astype(np.float32), digits)
