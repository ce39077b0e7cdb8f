"""Processes that each read one image at a time, and may be ended at any moment.

Each has a pipe of its own, so one that is killed, whatever it is at, cannot stop the others. A
thread here waits for it, and starts another one in its place.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Generic, TypeVar, cast

from model.synthesis.worker_process import prepare_worker

MAX_DATA_BYTES = 1_200_000_000
"""What a process may allocate. Decoding takes at most 256 MB."""

START_SECONDS = 120.0
"""For a process to start, on a machine that is very busy."""

T = TypeVar("T")


class ProcessDied(Exception):
    """The process that read an image ended: the image killed it, or somebody else did."""


class ReadingPool(Generic[T]):
    """Processes that read images. Use it as a context manager; the end ends them all.

    Args:
        read: reads one image; it is sent to each process once.
        processes: how many there are.
        seconds: for one image, by the clock.
    """

    def __init__(self, read: Callable[[Path | str], T], processes: int, seconds: float) -> None:
        self._read = read
        self._seconds = seconds
        # Python starts this process with the first other one, and lets Ctrl-C through afterwards.
        resource_tracker.ensure_running()
        self._threads = ThreadPoolExecutor(processes, "reading")
        self._own = threading.local()
        self._children: set[_Child] = set()
        self._closed = False

    def __enter__(self) -> ReadingPool[T]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Nothing is left to read, but after Ctrl-C or an error.
        self._closed = True
        for child in list(self._children):
            child.end()
        self._threads.shutdown(cancel_futures=True)
        for child in self._children:
            child.end()

    def read(self, image: Path | str) -> Future[T]:
        """Read an image when a process is free.

        The future raises TimeoutError if that took too long, and ProcessDied if the process ended.
        """
        with _ctrl_c_blocked():
            return self._threads.submit(self._read_in_child, image)

    def _read_in_child(self, image: Path | str) -> T:
        child: _Child | None = getattr(self._own, "child", None)
        if child is None:
            child = self._own.child = _Child(self._read)
            self._children.add(child)
        try:
            if self._closed:
                raise ProcessDied
            found = cast(T, child.ask(image, self._seconds))
        except BaseException:
            child.end()
            self._children.discard(child)
            self._own.child = None
            raise
        return found


class _Child:
    """One process, and this end of its pipe."""

    def __init__(self, read: Callable[[Path | str], object]) -> None:
        # Spawn, because a fork of a process with threads may hang.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, read), daemon=True)
        self._process.start()
        # The pipe ends with the process only if nobody else holds its other end.
        theirs.close()
        self._ready = False

    def ask(self, image: Path | str, seconds: float) -> object:
        """Have an image read.

        Raises:
            TimeoutError: it takes too long.
            ProcessDied: the process ended.
        """
        try:
            # Its libraries are loaded before an image's time counts.
            if not self._ready and self._pipe.poll(START_SECONDS):
                self._ready = bool(self._pipe.recv())
            self._pipe.send(image)
            in_time = self._pipe.poll(seconds)
            if in_time:
                return self._pipe.recv()
        except (EOFError, OSError) as error:
            raise ProcessDied from error
        raise TimeoutError

    def end(self) -> None:
        """End the process, whatever it is at."""
        self._process.kill()
        self._process.join()


def _serve(pipe: Connection, read: Callable[[Path | str], object]) -> None:
    """Read images until the pipe is closed: by the parent, or because it is gone."""
    prepare_worker()
    if sys.platform == "linux":
        import resource  # only there does it bound what matters

        resource.setrlimit(resource.RLIMIT_DATA, (MAX_DATA_BYTES, MAX_DATA_BYTES))
    pipe.send(True)
    while True:
        pipe.send(read(pipe.recv()))


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """Hold Ctrl-C back until the end of the block, and for good in what starts in it.

    A terminal sends it to all processes, but only the parent knows what to do.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
