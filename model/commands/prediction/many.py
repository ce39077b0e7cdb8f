"""Read many images in several processes, into a folder of parts.

An image that takes too long gets a line that says so. A process that dies is replaced, and the
image that it had is read again at the end, while nothing else is read: where memory ran short, it
may not have been the reason. If it ends a process then too, twice, it is left out, and the next
run tries it again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from model.commands.prediction.output import OutputFormat
from model.commands.prediction.parts import Line, LocalFiles, Parts, line_of
from model.commands.prediction.reading_pool import ProcessDied, ReadingPool
from model.recognition.decoding.photo_files import FileResult, ReadsPhotos, read_photo_file
from model.recognition.recognizer import Recognizer

PART_SIZE = 1_000
"""Images of one part: some seconds of work, which is what a run that is killed loses."""

MAX_SECONDS = 120.0
"""For one image, by the clock. The largest that are let in take 4 s on a machine at rest."""

MAX_ATTEMPTS = 2
"""How often an image is read alone before it is left out."""

Loader = Callable[[Path], ReadsPhotos]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Summary:
    """The result of a run.

    Attributes:
        images: lines in the folder, with those of earlier runs.
        failed: lines that hold an error.
        left_out: the images that ended a process each time.
    """

    images: int
    failed: int
    left_out: tuple[Path | str, ...]


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
        seconds: for one image.
    """

    model: Path
    version: str
    format: OutputFormat
    out: Path
    processes: int
    part_size: int = PART_SIZE
    load: Loader = load_recognizer
    seconds: float = MAX_SECONDS


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
    parts = Parts(LocalFiles(job.out), job.version, job.format)
    missing, done = parts.missing(images)
    on_progress(done)
    suspects = []
    with _pool(job, job.processes) as pool:
        starts = range(0, len(missing), job.part_size)
        portions = (missing[start : start + job.part_size] for start in starts)
        for portion in _one_ahead(_scheduled(pool, portion) for portion in portions):
            lines = []
            for path, future in portion:
                line = line_from(future, path, job.seconds, job.format)
                if line is None:
                    suspects.append(path)
                    continue
                lines.append(line)
                done += 1
                on_progress(done)
            parts.add(lines)
    alone = {path: _read_alone(job, path) for path in suspects}
    parts.add([line for line in alone.values() if line is not None])
    left_out = tuple(path for path, line in alone.items() if line is None)
    on_progress(done + len(alone) - len(left_out))
    return Summary(len(parts.failed), sum(parts.failed.values()), left_out)


Scheduled = list[tuple[Path, "Future[Line]"]]


def _scheduled(pool: ReadingPool[Line], images: Iterable[Path]) -> Scheduled:
    return [(path, pool.read(path)) for path in images]


def _one_ahead(items: Iterable[T]) -> Iterator[T]:
    """Take each item when the one before it is handed out: no process waits at a part's end."""
    following = iter(items)
    current = next(following, None)
    while current is not None:
        ahead = next(following, None)
        yield current
        current = ahead


def line_from(
    future: Future[Line], image: Path | str, seconds: float, output_format: OutputFormat
) -> Line | None:
    """Wait for the line of one image; None if its process died."""
    try:
        return future.result()
    except TimeoutError:
        error = (
            f"Expected a photo that can be read in {seconds:.0f} s. Received one that takes longer."
        )
        return line_of(FileResult(image, None, error), output_format)
    except ProcessDied:
        return None


def _read_alone(job: Job, path: Path) -> Line | None:
    """Read one image while nothing else is read; None if its process died each time."""
    with _pool(job, 1) as pool:
        return line_alone(pool, path, job.seconds, job.format)


def line_alone(
    pool: ReadingPool[Line], image: Path | str, seconds: float, output_format: OutputFormat
) -> Line | None:
    """Read one image in a pool that reads nothing else; None if its process died each time."""
    tries = (
        line_from(pool.read(image), image, seconds, output_format) for _ in range(MAX_ATTEMPTS)
    )
    return next((line for line in tries if line is not None), None)


def _pool(job: Job, processes: int) -> ReadingPool[Line]:
    return ReadingPool(functools.partial(_read, job), processes, job.seconds)


@functools.cache
def _loaded(load: Loader, model: Path) -> ReadsPhotos:
    """Open a model folder once in each process."""
    return load(model)


def _read(job: Job, path: Path | str) -> Line:
    return line_of(read_photo_file(_loaded(job.load, job.model), Path(path)), job.format)
