"""Epochs of freshly deformed glyphs, made by other processes while the network learns."""

from __future__ import annotations

from concurrent.futures import Future
from types import TracebackType
from typing import NamedTuple, Self

import keras
import numpy as np
from numpy.typing import NDArray

from model.recipes import Augmentation
from model.training.augmentation_workers import AugmentationWorkers
from model.training.distillation import Teacher
from model.training.training_set import EpochSample, TrainingSet
from model.types import NOT_A_DIGIT

DOUBT = 1e-4
"""What a label says of each other digit beside what a teacher says. At a temperature its 0 would
weigh more than anything else: taken as 1e-8, digits in other hands were read twice as surely, in
log-odds, as they were right, and one temperature fitted to them made MNIST's unsure."""

Arrays = dict[str, NDArray[np.float32]]
Batch = tuple[NDArray[np.float32], Arrays, Arrays]


class EpochData(NamedTuple):
    """One epoch.

    Attributes:
        glyphs: (n, 28, 28), uint8.
        are_digits: (n,), float32, 1 for a digit and 0 for what is none.
        targets: what the network should say, by output, (n, …), float32.
    """

    glyphs: NDArray[np.uint8]
    are_digits: NDArray[np.float32]
    targets: Arrays

    def part(self, which: slice | NDArray[np.intp]) -> EpochData:
        """Some of it, or all in another order."""
        targets = {name: values[which] for name, values in self.targets.items()}
        return EpochData(self.glyphs[which], self.are_digits[which], targets)


class BatchSequence(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches for `Model.fit`: pixels, targets by output, weights by output.

    All is drawn from the seed, whatever the number of processes. A batch that would be smaller
    than the others is left out: its gradients would count for more.
    """

    def __init__(  # noqa: PLR0913 - by name
        self,
        corpus: TrainingSet,
        deformation: Augmentation | None,
        *,
        batch_size: int,
        seed: int,
        refuses: bool,
        teacher: Teacher | None = None,
        pool: int = 0,
    ) -> None:
        """Prepare the first epoch.

        Args:
            corpus: what to draw from.
            deformation: how far each glyph is deformed, or None for glyphs as they are.
            batch_size: glyphs a step.
            seed: what every epoch is drawn from.
            refuses: whether there is an output `is_digit`.
            teacher: whom to ask what the network should say of MNIST's glyphs, instead of taking
                their labels for it. Of other hands it knows less than their labels do.
            pool: how many epochs to deform before they come back, or 0 to go on for ever.
        """
        super().__init__()
        self._corpus, self._batch_size = corpus, batch_size
        self._seed, self._refuses = seed, refuses
        self._teacher, self._pool_size = teacher, pool
        self._pool: list[EpochData] = []
        self._deformers = AugmentationWorkers(deformation) if deformation else None
        self._number = 0
        self._next = self._order(0)
        self._now = self._delivered()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._deformers:
            self._deformers.close()

    def __len__(self) -> int:
        return len(self._now.glyphs) // self._batch_size

    def __getitem__(self, index: int) -> Batch:
        start = index * self._batch_size
        glyphs, are_digits, targets = self._now.part(slice(start, start + self._batch_size))
        # Which digit it should be is not asked of what is none.
        weights: Arrays = {"digits": are_digits}
        if self._refuses:
            weights["is_digit"] = np.ones_like(are_digits)
        pixels = np.divide(glyphs, 255, dtype=np.float32)  # (n, 28, 28), 0–1
        return pixels, targets, weights

    def on_epoch_end(self) -> None:
        """Take the next epoch, and have the one after it begun."""
        self._now = self._delivered()

    def _order(self, number: int) -> tuple[list[Future[NDArray[np.uint8]]], EpochSample]:
        """Have an epoch made."""
        drawn = self._corpus.epoch(np.random.default_rng((self._seed, number)))
        if self._deformers is None:
            return [], drawn
        return self._deformers.order(drawn.glyphs, (self._seed, number)), drawn

    def _delivered(self) -> EpochData:
        number = self._number
        self._number += 1
        if self._pool_size and number >= self._pool_size:
            lesson = self._pool[number % self._pool_size]
            order = np.random.default_rng((self._seed, number)).permutation(len(lesson.glyphs))
            return lesson.part(order)
        tasks, drawn = self._next
        if not self._pool_size or self._number < self._pool_size:
            self._next = self._order(self._number)
        glyphs = np.concatenate([task.result() for task in tasks]) if tasks else drawn.glyphs
        lesson = self._taught(drawn._replace(glyphs=glyphs))
        if self._pool_size:
            self._pool.append(lesson)
        return lesson

    def _taught(self, drawn: EpochSample) -> EpochData:
        glyphs, labels, in_mnist = drawn
        are_digits = (labels != NOT_A_DIGIT).astype(np.float32)
        digits = np.eye(10, dtype=np.float32)[labels]
        if self._teacher:
            digits = digits * (1 - 10 * DOUBT) + np.float32(DOUBT)
            said = self._teacher(glyphs[in_mnist])
            # Where the teacher errs, the label knows better.
            right = (said.argmax(axis=1) == labels[in_mnist])[:, None]
            digits[in_mnist] = np.where(right, said, digits[in_mnist])
        targets: Arrays = {"digits": digits}
        if self._refuses:
            targets["is_digit"] = are_digits[:, None]
        return EpochData(glyphs, are_digits, targets)
