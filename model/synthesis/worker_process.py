"""What a process that works for another one begins with."""

from __future__ import annotations

import multiprocessing
import os
import threading

import cv2


def prepare_worker() -> None:
    """Compute in one thread, and end with the parent process, even if that is killed.

    Otherwise a worker waits for its next task for ever.
    """
    cv2.setNumThreads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
