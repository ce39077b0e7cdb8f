"""Read many images in several processes, into a folder of files that each hold a part of them.

A part is written under a temporary name and renamed when it is complete, so a run that was killed
goes on with the images that no complete part holds. Each image has exactly one line.

The processes read one part at a time together. A process that dies breaks the pool, which is then
replaced, and the part is read again. A part that breaks it twice is left out, and the next run
tries its images again.
"""

from __future__ import annotations

import csv
import functools
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2

from model.commands.prediction.output import (
    CSV_COLUMNS,
    OutputFormat,
    as_csv_cells,
    as_csv_line,
    as_object,
)
from model.errors import OutputError
from model.files import replacing
from model.recognition.decoding.photo_files import ReadsPhotos, read_photo_file
from model.recognition.recognizer import Recognizer

PART_SIZE = 1_000
"""Images of one part: some seconds of work, which is what a run that is killed loses."""

CHUNK_SIZE = 4
"""Images that are given to a process at a time; more would let the others wait at a part's end."""

MAX_ATTEMPTS = 2
"""How often a part is read before it is left out."""

ABOUT_FILE = "about.json"
"""Says which model made the parts and in which format, because one folder must not mix them."""

Loader = Callable[[Path], ReadsPhotos]


class Line(NamedTuple):
    """One image as it is written, and whether reading it failed."""

    text: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """The result of a run.

    Attributes:
        images: lines in the folder, with those of earlier runs.
        failed: lines that hold an error.
        left_out: the images of the parts that broke the pool of processes twice.
    """

    images: int
    failed: int
    left_out: tuple[Path, ...]


def load_recognizer(model: Path) -> ReadsPhotos:
    """Open a model folder."""
    return Recognizer.load(model)


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with every image.

    Attributes:
        model: a model folder.
        version: the version of that model.
        format: how a line is written.
        out: the folder of the parts; it is made if it does not exist.
        processes: how many read at the same time.
        part_size: images of one part.
        load: opens the model folder in each process.
    """

    model: Path
    version: str
    format: OutputFormat
    out: Path
    processes: int
    part_size: int = PART_SIZE
    load: Loader = load_recognizer


def read_in_parts(
    images: Sequence[Path], job: Job, on_progress: Callable[[int], None] = lambda images: None
) -> Summary:
    """Read all images that no part holds yet, and write them as new parts.

    Args:
        images: files; each is read once, even if it is named twice.
        job: what is to be done with them.
        on_progress: called with the number of images that are done, of those named.

    Raises:
        OutputError: the folder holds parts of another model or in another format.
    """
    _check_folder(job)
    there = _read_existing(job)
    missing = [path for path in dict.fromkeys(images) if str(path) not in there]
    done = len(set(map(str, images))) - len(missing)
    on_progress(done)
    first = _next_number(job)
    lines, failed, left_out = len(there), sum(there.values()), list[Path]()
    with _Pool(job) as pool:
        for number, start in enumerate(range(0, len(missing), job.part_size), first):
            part = missing[start : start + job.part_size]
            file = job.out / f"part-{number:06}.{job.format.value}"
            written = _write_part(part, file, pool, functools.partial(_add, on_progress, done))
            if written is None:
                left_out += part
            else:
                lines, failed = lines + len(written), failed + sum(line.failed for line in written)
            done += len(part)
    return Summary(lines, failed, tuple(left_out))


def _add(on_progress: Callable[[int], None], before: int, images: int) -> None:
    on_progress(before + images)


def _write_part(
    part: Sequence[Path], file: Path, pool: _Pool, on_progress: Callable[[int], None]
) -> list[Line] | None:
    """Read and write one part; None if it broke the pool each time."""
    for _ in range(MAX_ATTEMPTS):
        lines = []
        try:
            for line in pool.read(part):
                lines.append(line)
                on_progress(len(lines))
        except BrokenProcessPool:
            pool.replace()
            continue
        with replacing(file) as partial:
            header = as_csv_line(CSV_COLUMNS) if file.suffix == ".csv" else ""
            partial.write_text(header + "".join(line.text for line in lines), encoding="utf-8")
        return lines
    return None


class _Pool:
    """Processes that read images; others take their place if one dies."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._executor = self._start()

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *error: object) -> None:
        # After Ctrl-C this waits for the few images that the processes have, not for all.
        self._executor.shutdown(wait=True, cancel_futures=True)

    def read(self, part: Sequence[Path]) -> Iterator[Line]:
        """Read images in several processes, in order.

        Raises:
            BrokenProcessPool: a process died.
        """
        read = functools.partial(_read, self._job)
        with _ctrl_c_blocked():
            return self._executor.map(read, part, chunksize=CHUNK_SIZE)

    def replace(self) -> None:
        """Start new processes in place of broken ones."""
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = self._start()

    def _start(self) -> ProcessPoolExecutor:
        # Spawn, because a fork of a process with threads may hang.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._job.processes, context, _prepare_process)


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """Hold Ctrl-C back until the end of the block, and for good in processes that start in it.

    A terminal sends it to all processes, but only the parent knows what to do. New processes
    inherit the mask. The mask is not enough here: the system hands the signal to any other thread
    of this process, and Python would still raise in this one, with a process half started.
    """
    pressed = threading.Event()
    handler = signal.signal(signal.SIGINT, lambda *_: pressed.set())
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
        if pressed.is_set():
            signal.raise_signal(signal.SIGINT)


def _prepare_process() -> None:
    """Let a process compute in one thread, and end with its parent even if that is killed."""
    cv2.setNumThreads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


@functools.cache
def _loaded(load: Loader, model: Path) -> ReadsPhotos:
    """Open a model folder once in each process."""
    return load(model)


def _read(job: Job, path: Path) -> Line:
    result = read_photo_file(_loaded(job.load, job.model), path)
    if job.format is OutputFormat.CSV:
        return Line(as_csv_line(as_csv_cells(result)), result.error is not None)
    return Line(json.dumps(as_object(result)) + "\n", result.error is not None)


def _check_folder(job: Job) -> None:
    """Refuse to mix models or formats; remove what a killed run left half written."""
    about = {"model": job.version, "format": job.format.value}
    file = job.out / ABOUT_FILE
    if file.exists():
        there = json.loads(file.read_text(encoding="utf-8"))
        if there != about:
            raise OutputError(
                f"Expected model {there['model']} and format {there['format']}, as in the parts in "
                f"{job.out}. Received model {job.version} and format {job.format.value}."
            )
    else:
        with replacing(file) as partial:
            partial.write_text(json.dumps(about) + "\n", encoding="utf-8")
    for partial in job.out.glob(".*-part-*"):
        partial.unlink()


def _read_existing(job: Job) -> dict[str, bool]:
    """Read which images the complete parts hold, and whether reading each of them failed."""
    there: dict[str, bool] = {}
    for file in _parts(job):
        with file.open(encoding="utf-8", newline="") as lines:
            rows = (
                csv.DictReader(lines) if job.format is OutputFormat.CSV else map(json.loads, lines)
            )
            there |= {row["path"]: bool(row["error"]) for row in rows}
    return there


def _parts(job: Job) -> list[Path]:
    return sorted(job.out.glob(f"part-*.{job.format.value}"))


def _next_number(job: Job) -> int:
    """Return the number after that of the last part."""
    return 1 + max((int(file.stem.removeprefix("part-")) for file in _parts(job)), default=0)
