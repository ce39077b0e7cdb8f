"""Processes that deform glyphs while another one trains.

This is a module of its own, without Keras, because each worker imports what it runs, and TensorFlow
alone takes half a gigabyte and several seconds.
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

CORES_PER_WORKER = 4
"""Deforming glyphs takes about a quarter of the time that learning from them takes."""


class AugmentationWorkers:
    """A pool of processes. What they make depends on the seed, not on their number."""

    def __init__(self, augmentation: Augmentation) -> None:
        """Start the pool.

        Args:
            augmentation: how far each glyph is deformed.
        """
        self._augmentation = augmentation
        count = max(1, (os.cpu_count() or 1) // CORES_PER_WORKER)
        # Started anew, because a fork of a process in which TensorFlow runs threads may hang.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(count, context, _initialize_worker)

    def submit(self, glyphs: NDArray[np.uint8], seed: tuple[int, ...]) -> Future[NDArray[np.uint8]]:
        """Have glyphs deformed, without waiting for it.

        Args:
            glyphs: (n, 28, 28), uint8, 0 paper … 255 ink.
            seed: the same seed gives the same deformations.
        """
        return self._pool.submit(_augment, glyphs, self._augmentation, seed)

    def close(self) -> None:
        """End the workers; what they have not begun is dropped."""
        self._pool.shutdown(cancel_futures=True)


def _augment(
    glyphs: NDArray[np.uint8], augmentation: Augmentation, seed: tuple[int, ...]
) -> NDArray[np.uint8]:
    return augment(glyphs, augmentation, np.random.default_rng(seed))


def _initialize_worker() -> None:
    """Use one thread, ignore Ctrl-C, and end when the parent process ends."""
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with_parent() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
