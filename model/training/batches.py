"""Batches for `Model.fit`, from epochs of freshly deformed glyphs.

Threads deform the next few thousand glyphs while the network learns from these: NumPy and OpenCV
hardly hold Python's lock, and a process of its own would take 95 MB. Where epochs come back, as a
pool, they are kept whole.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Self

import keras
import numpy as np
from numpy.typing import NDArray

from model.recipes import Augmentation, Recipe
from model.training.augmentation import augment
from model.training.distillation import Teacher
from model.training.training_set import EpochSample, TrainingSet
from model.types import NOT_A_DIGIT

LABEL_SMOOTHING = 1e-4
"""The probability of each other digit for samples that no teacher is asked about. A teacher's
probabilities are learned at a temperature, where zeros would dominate the loss: with 1e-8 the
network was twice as sure of synthetic digits, in log-odds, as it was correct, and a temperature
fitted to them made it too unsure of MNIST's."""

PART_SIZE = 4_000
"""Glyphs that are deformed at a time: 3 MB, a fifth of a second of work."""

MAX_QUEUED_BATCHES = 2
"""Batches that wait for `Model.fit`: 2 MB each. Keras would keep ten."""

CORES_PER_THREAD = 4
"""Deforming glyphs takes about a quarter of the time that learning from them takes."""

PARTS_AHEAD = 4
"""Parts that are deformed or wait for it, so that neither side waits for the other."""

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


class _Deformer:
    """Threads that deform glyphs. What they make depends on the seed, not on their number."""

    def __init__(self, augmentation: Augmentation) -> None:
        """Start no thread before there is work.

        Args:
            augmentation: how far each glyph is deformed.
        """
        self._augmentation = augmentation
        count = max(1, (os.cpu_count() or 1) // CORES_PER_THREAD)
        self._threads = ThreadPoolExecutor(count, "augmentation")

    def submit(self, glyphs: NDArray[np.uint8], seed: tuple[int, ...]) -> Future[NDArray[np.uint8]]:
        """Have glyphs deformed, without waiting for it.

        Args:
            glyphs: (n, 28, 28), uint8, 0 paper … 255 ink.
            seed: the same seed gives the same deformations.
        """
        rng = np.random.default_rng(seed)
        return self._threads.submit(augment, glyphs, self._augmentation, rng)

    def close(self) -> None:
        """End the threads; what they have not begun is dropped."""
        self._threads.shutdown(cancel_futures=True)


class _Epoch:
    """An epoch that is made in parts, while it is used.

    Only a few parts are kept: an epoch is 60 MB. One that is asked for again is made again, alike.
    """

    def __init__(
        self,
        sample: EpochSample,
        seed: tuple[int, ...],
        deformer: _Deformer | None,
        teacher: Teacher | None,
    ) -> None:
        """Begin with the first parts.

        Args:
            sample: what it sees.
            seed: from which all deformations are drawn.
            deformer: deforms the glyphs; None leaves them as they are.
            teacher: gives the probabilities of MNIST's digits instead of their labels.
        """
        self._sample, self._seed, self._deformer, self._teacher = sample, seed, deformer, teacher
        self._pending: dict[int, Future[NDArray[np.uint8]]] = {}
        self._done: dict[int, EpochData] = {}
        self._begin(range(1))

    def __len__(self) -> int:
        return len(self._sample.labels)

    def part(self, start: int, stop: int) -> EpochData:
        """Return some samples that follow each other, and have those after them deformed."""
        numbers = range(start // PART_SIZE, -(-stop // PART_SIZE))
        self._begin(numbers)
        for number in [each for each in self._done if each < numbers.start]:
            del self._done[number]
        first = numbers.start * PART_SIZE
        found = _joined([self._finished(number) for number in numbers])
        return found.part(slice(start - first, stop - first))

    def whole(self) -> EpochData:
        """Return all of it."""
        count = len(self)
        return _joined(
            [
                self.part(start, min(start + PART_SIZE, count))
                for start in range(0, count, PART_SIZE)
            ]
        )

    def _begin(self, numbers: range) -> None:
        """Have parts and a few after them deformed, unless they are or have been already."""
        stop = max(numbers.start + PARTS_AHEAD, numbers.stop)
        for number in range(numbers.start, min(stop, -(-len(self) // PART_SIZE))):
            if number in self._pending or number in self._done:
                continue
            glyphs = self._sample.glyphs(_slice(number))
            if self._deformer:
                seed = (*self._seed, number * PART_SIZE)
                self._pending[number] = self._deformer.submit(glyphs, seed)
            else:
                self._pending[number] = Future()
                self._pending[number].set_result(glyphs)

    def _finished(self, number: int) -> EpochData:
        """Return a part with its targets, once it is deformed."""
        if number not in self._done:
            self._done[number] = self._with_targets(number, self._pending.pop(number).result())
        return self._done[number]

    def _with_targets(self, number: int, glyphs: NDArray[np.uint8]) -> EpochData:
        labels, in_mnist = (
            self._sample.labels[_slice(number)],
            self._sample.in_mnist[_slice(number)],
        )
        digits = np.eye(10, dtype=np.float32)[labels]
        if self._teacher:
            digits = digits * (1 - 10 * LABEL_SMOOTHING) + np.float32(LABEL_SMOOTHING)
            taught = self._teacher(glyphs[in_mnist])
            # Where the teacher is wrong, the label counts.
            correct = (taught.argmax(axis=1) == labels[in_mnist])[:, None]
            digits[in_mnist] = np.where(correct, taught, digits[in_mnist])
        return EpochData(glyphs, (labels != NOT_A_DIGIT).astype(np.float32), digits)


def _slice(number: int) -> slice:
    return slice(number * PART_SIZE, (number + 1) * PART_SIZE)


def _joined(parts: list[EpochData]) -> EpochData:
    """Put samples after each other; a single part stays as it is."""
    return (
        parts[0] if len(parts) == 1 else EpochData(*map(np.concatenate, zip(*parts, strict=True)))
    )


@dataclass(frozen=True, slots=True, eq=False)
class _KeptEpoch:
    """An epoch of the pool, in some order."""

    data: EpochData
    order: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.order)

    def part(self, start: int, stop: int) -> EpochData:
        """Return some samples that follow each other in this order."""
        return self.data.part(self.order[start:stop])


class BatchSequence(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches for `Model.fit`: pixels, targets by output, weights by output.

    All is drawn from the seed, however many threads there are. The last batch of an epoch is left
    out if it is smaller than the others, because its gradients would count for more.
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
        super().__init__(max_queue_size=MAX_QUEUED_BATCHES)
        self._training_set, self._recipe, self._seed = training_set, recipe, seed
        self._has_is_digit, self._teacher = has_is_digit, teacher
        augmentation = recipe.augmentation
        self._deformer = _Deformer(augmentation) if augmentation else None
        self._pool: list[EpochData] = []
        self._number = 0
        self._following = self._begin(0)
        self._current = self._next()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._deformer:
            self._deformer.close()
        # Keras keeps a reference to this object, and exporting needs the memory.
        self._pool.clear()
        del self._current, self._following, self._training_set

    def __len__(self) -> int:
        return len(self._current) // self._recipe.batch_size

    def __getitem__(self, index: int) -> Batch:
        size = self._recipe.batch_size
        glyphs, are_digits, digits = self._current.part(index * size, (index + 1) * size)
        targets: Arrays = {"digits": digits}
        weights: Arrays = {"digits": are_digits}  # which digit a negative is does not matter
        if self._has_is_digit:
            targets["is_digit"] = are_digits[:, None]
            weights["is_digit"] = np.ones_like(are_digits)
        return np.divide(glyphs, 255, dtype=np.float32), targets, weights

    def on_epoch_end(self) -> None:
        """Take the next epoch."""
        self._current = self._next()

    def _next(self) -> _Epoch | _KeptEpoch:
        """Return the next epoch: a new one or, after `pool_epochs`, one of those again."""
        number, pool_epochs = self._number, self._recipe.pool_epochs
        self._number += 1
        if pool_epochs and number >= pool_epochs:
            rng = np.random.default_rng((self._seed, number))
            kept = self._pool[number % pool_epochs]
            return _KeptEpoch(kept, rng.permutation(len(kept.glyphs)))
        epoch = self._following
        if not pool_epochs or self._number < pool_epochs:
            self._following = self._begin(self._number)
        if not pool_epochs:
            return epoch
        self._pool.append(epoch.whole())
        return _KeptEpoch(self._pool[-1], np.arange(len(epoch)))

    def _begin(self, number: int) -> _Epoch:
        """Draw an epoch, and have its first glyphs deformed without waiting for it."""
        seed = (self._seed, number)
        sample = self._training_set.draw_epoch(np.random.default_rng(seed))
        return _Epoch(sample, seed, self._deformer, self._teacher)
