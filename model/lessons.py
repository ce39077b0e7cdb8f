"""Epochs of freshly deformed glyphs, made by other processes while the network learns."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from types import TracebackType
from typing import Any, Self

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from model.augmentation import Deformation, deform
from model.corpus import NOT_A_DIGIT, Corpus
from model.mnist import Examples

TASK = 4_000
"""Glyphs a process deforms at a time: 3 MB there and back, a sixth of a second of work."""

Arrays = dict[str, NDArray[np.float32]]
Batch = tuple[NDArray[np.float32], Arrays, Arrays]


class Lessons(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches for `Model.fit`: pixels, targets by output, weights by output.

    All is drawn from the seed, whatever the number of processes. A batch that would be smaller
    than the others is left out, so that XLA compiles one shape only.
    """

    def __init__(
        self,
        corpus: Corpus,
        deformation: Deformation | None,
        *,
        batch_size: int,
        seed: int,
        refuses: bool,
    ) -> None:
        """Prepare the first epoch.

        Args:
            corpus: what to draw from.
            deformation: how far each glyph is deformed, or None for glyphs as they are.
            batch_size: glyphs a step.
            seed: what every epoch is drawn from.
            refuses: whether there is an output `is_digit`.
        """
        super().__init__()
        self._corpus, self._deformation = corpus, deformation
        self._batch_size, self._seed, self._refuses = batch_size, seed, refuses
        # Deforming takes about a quarter of the time that learning takes.
        count = max(1, (os.cpu_count() or 1) // 4)
        # Children that start anew: a fork of a process in which TensorFlow runs threads may hang.
        spawn = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(count, spawn, _settle) if deformation else None
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
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def __len__(self) -> int:
        return len(self._now.labels) // self._batch_size

    def __getitem__(self, index: int) -> Batch:
        start = index * self._batch_size
        glyphs, labels = self._now.part(slice(start, start + self._batch_size))
        is_digit = (labels != NOT_A_DIGIT).astype(np.float32)  # (n,)
        targets: Arrays = {"digits": np.eye(10, dtype=np.float32)[labels]}
        weights: Arrays = {"digits": is_digit}
        if self._refuses:
            targets["is_digit"] = is_digit[:, None]
            weights["is_digit"] = np.ones_like(is_digit)
        pixels = np.divide(glyphs, 255, dtype=np.float32)  # (n, 28, 28), 0–1
        return pixels, targets, weights

    def on_epoch_end(self) -> None:
        """Take the next epoch, and have the one after it begun."""
        self._now = self._delivered()

    def _order(self, number: int) -> tuple[list[Future[Any]], Examples]:
        """Have an epoch made."""
        drawn = self._corpus.epoch(np.random.default_rng((self._seed, number)))
        if self._pool is None or self._deformation is None:
            return [], drawn
        tasks = [
            self._pool.submit(
                _deformed,
                drawn.glyphs[start : start + TASK],
                self._deformation,
                (self._seed, number, start),
            )
            for start in range(0, len(drawn.labels), TASK)
        ]
        return tasks, drawn

    def _delivered(self) -> Examples:
        tasks, drawn = self._next
        self._number += 1
        self._next = self._order(self._number)
        if not tasks:
            return drawn
        return Examples(np.concatenate([task.result() for task in tasks]), drawn.labels)


def _deformed(
    glyphs: NDArray[np.uint8], how: Deformation, seed: tuple[int, ...]
) -> NDArray[np.uint8]:
    return deform(glyphs, how, np.random.default_rng(seed))


def _settle() -> None:
    """Prepare a worker: one thread, deaf to Ctrl-C, gone when the one it works for is gone."""
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    boss = multiprocessing.parent_process()
    assert boss is not None

    def follow() -> None:
        boss.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
