"""Processes that deform glyphs while another one learns from them.

A module of its own, without Keras: what a worker runs is imported by each of them, and TensorFlow
alone takes half a gigabyte and seconds.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor

import cv2
import numpy as np
from numpy.typing import NDArray

from model.recipes import Augmentation
from model.training.augmentation import augment

TASK = 4_000
"""Glyphs a process deforms at a time: 3 MB there and back, a sixth of a second of work."""


class AugmentationWorkers:
    """A pool of workers; what they make depends on the seed, not on their number."""

    def __init__(self, how: Augmentation) -> None:
        """Start the pool.

        Args:
            how: how far each glyph is deformed.
        """
        self._how = how
        # Deforming takes about a quarter of the time that learning takes.
        count = max(1, (os.cpu_count() or 1) // 4)
        # Children that start anew: a fork of a process in which TensorFlow runs threads may hang.
        self._pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _settle)

    def order(
        self, glyphs: NDArray[np.uint8], seed: tuple[int, ...]
    ) -> list[Future[NDArray[np.uint8]]]:
        """Have glyphs deformed, without waiting for it.

        Args:
            glyphs: (n, 28, 28), uint8, 0 paper … 255 ink.
            seed: the same one gives the same deformations.

        Returns:
            The same glyphs deformed, in their order, TASK of them in each part.
        """
        return [
            self._pool.submit(_deformed, glyphs[start : start + TASK], self._how, (*seed, start))
            for start in range(0, len(glyphs), TASK)
        ]

    def close(self) -> None:
        """End the workers; what was ordered and not begun is dropped."""
        self._pool.shutdown(cancel_futures=True)


def _deformed(
    glyphs: NDArray[np.uint8], how: Augmentation, seed: tuple[int, ...]
) -> NDArray[np.uint8]:
    return augment(glyphs, how, np.random.default_rng(seed))


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
