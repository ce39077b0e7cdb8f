"""Read many images on a Ray cluster that runs already, into a folder of parts.

A task reads and writes one part. If its machine goes away, Ray runs it again elsewhere, and the
part is written once more under the same name. Paths are local, where all machines see the same
files, or s3:// and gs://. Each machine needs this program with its extra `cluster`.
"""

from __future__ import annotations

import functools
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import ray
from pyarrow import fs

from model.artifact import DEFAULT_MODEL, ModelFolder
from model.commands.prediction.many import (
    MAX_SECONDS,
    PART_SIZE,
    Loader,
    Summary,
    line_alone,
    load_recognizer,
)
from model.commands.prediction.output import OutputFormat
from model.commands.prediction.parts import Files, Line, LocalFiles, Parts, line_of, text_of
from model.commands.prediction.reading_pool import ReadingPool
from model.errors import ClusterError
from model.recognition.decoding.accepted import PHOTO_SUFFIXES
from model.recognition.decoding.photo_files import ReadsPhotos, read_photo

MAX_RETRIES = 3
"""How often a part is read again whose machine or process went away."""

PARTS_A_CORE = 2
"""Parts that wait or run for each core: enough that no core waits, and few enough to be held."""

CONNECT_SECONDS = 5.0
"""For the cluster to answer."""


@dataclass(frozen=True, slots=True)
class ClusterJob:
    """What is to be done with every image.

    Attributes:
        model: a model folder that every machine sees; None for the one that ships.
        version: the version of that model.
        format: how a line is written.
        out: the folder of the parts, or its address.
        part_size: images of one part.
        load: opens the model folder.
        seconds: for one image.
    """

    model: Path | None
    version: str
    format: OutputFormat
    out: str
    part_size: int = PART_SIZE
    load: Loader = load_recognizer
    seconds: float = MAX_SECONDS


class Written(NamedTuple):
    """What became of one part: its lines, those that hold an error, and the images left out."""

    lines: int
    failed: int
    left_out: tuple[str, ...]


@contextmanager
def connected(address: str) -> Iterator[None]:
    """Use a cluster that runs already, as long as the context is open.

    Args:
        address: host:port, or "auto" for the cluster that this machine belongs to.

    Raises:
        ClusterError: there is none, or no core of it is free.
    """
    try:
        if address != "auto":
            # Ray itself would try for minutes.
            host, _, port = address.removeprefix("ray://").rpartition(":")
            socket.create_connection((host, int(port)), CONNECT_SECONDS).close()
        ray.init(address=address, log_to_driver=False, logging_level="ERROR")
    except (OSError, ValueError, RuntimeError):
        raise ClusterError(
            f"Expected a Ray cluster at {address}. Received no answer; `ray start --head` starts "
            "one."
        ) from None
    try:
        _check_room()
        yield
    finally:
        ray.shutdown()


def find_images(paths: Sequence[str]) -> list[str]:
    """Find the files that are named and, in folders, the images by their endings, in order.

    Raises:
        ClusterError: an address holds a password.
    """
    found = []
    for path in paths:
        system, place = _located(path)
        if system.get_file_info(place).type is not fs.FileType.Directory:
            found.append(path)
            continue
        names = (info.path for info in system.get_file_info(fs.FileSelector(place, recursive=True)))
        fitting = (name for name in names if PurePosixPath(name).suffix.lower() in PHOTO_SUFFIXES)
        found += sorted(_address(path, place, name) for name in fitting)
    return found


def read_on_cluster(
    images: Sequence[str], job: ClusterJob, on_progress: Callable[[int], None] = lambda images: None
) -> Summary:
    """Read all images that no part holds yet, and write them as new parts.

    Args:
        images: addresses; each is read once, even if it is named twice.
        job: what is to be done with them.
        on_progress: called with the number of images that are done, of those named.

    Raises:
        OutputError: the folder holds parts of another model or in another format.
        ClusterError: a machine has another model.
    """
    parts = Parts(_files(job.out), job.version, job.format)
    missing, done = parts.missing(images)
    on_progress(done)
    lines, failed, left_out = len(parts.failed), sum(parts.failed.values()), list[str]()
    starts = iter(range(0, len(missing), job.part_size))
    cores = max(1, int(ray.cluster_resources().get("CPU", 1)))
    task: Any = ray.remote(num_cpus=1, max_retries=MAX_RETRIES)(_write_part)
    running: dict[Any, list[str]] = {}
    while True:
        for start in starts:
            portion = missing[start : start + job.part_size]
            running[task.remote(job, portion, parts.next_name())] = portion
            if len(running) >= PARTS_A_CORE * cores:
                break
        if not running:
            return Summary(lines, failed, tuple(left_out))
        (ended,), _ = ray.wait(list(running))
        portion = running.pop(ended)
        written = _outcome(ended, portion)
        lines, failed = lines + written.lines, failed + written.failed
        left_out += written.left_out
        done += written.lines
        on_progress(done)


def _outcome(ended: Any, portion: Sequence[str]) -> Written:
    try:
        written: Written = ray.get(ended)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None
    except ray.exceptions.RayError:
        return Written(0, 0, tuple(portion))
    return written


def _check_room() -> None:
    """Say at once that there is no room, instead of waiting for it silently."""
    cores = ray.cluster_resources().get("CPU", 0)
    if ray.available_resources().get("CPU", 0) < 1:
        raise ClusterError(
            f"Expected a free core on the cluster. Received {cores:.0f} cores, all of them in use."
        )


def _write_part(job: ClusterJob, images: Sequence[str], name: str) -> Written:
    """Read one part's images on a core of the cluster, and write the part."""
    folder = job.model or DEFAULT_MODEL
    there = ModelFolder.open(folder).manifest.version if job.load is load_recognizer else ""
    if there and there != job.version:
        raise ClusterError(
            f"Expected model {job.version} on every machine. Received {there} on one of them."
        )
    read = functools.partial(_read, job.load, folder, job.format)
    with ReadingPool(read, 1, job.seconds) as pool:
        found = {image: line_alone(pool, image, job.seconds, job.format) for image in images}
    lines = [line for line in found.values() if line is not None]
    _files(job.out).write(name, text_of(lines, job.format))
    left_out = tuple(image for image, line in found.items() if line is None)
    return Written(len(lines), sum(line.failed for line in lines), left_out)


@functools.cache
def _loaded(load: Loader, model: Path) -> ReadsPhotos:
    return load(model)


def _read(load: Loader, model: Path, output_format: OutputFormat, image: Path | str) -> Line:
    recognizer = _loaded(load, model)
    return line_of(read_photo(recognizer, image, lambda: _content(str(image))), output_format)


def _content(image: str) -> bytes:
    system, place = _located(image)
    with system.open_input_stream(place) as stream:
        content: bytes = stream.read()
        return content


def _address(folder: str, place: str, name: str) -> str:
    """Return the address of a file, which says what the folder's says: who asks, of which server.

    Args:
        folder: as it was given.
        place: where it is in its file system.
        name: where the file is in the same one.
    """
    if "://" not in folder:
        return name
    address, mark, query = folder.partition("?")
    return f"{address.rstrip('/')}/{quote(name[len(place) :].lstrip('/'))}{mark}{query}"


def _located(path: str) -> tuple[fs.FileSystem, str]:
    if "://" in path:
        if ":" in urlsplit(path).netloc.rpartition("@")[0]:
            raise ClusterError(
                "Expected an address without a password, since it stands in each line that is "
                "written. Received one with it: put it into the environment, as "
                "AWS_SECRET_ACCESS_KEY, say."
            )
        system, place = fs.FileSystem.from_uri(path)
        return system, place
    return fs.LocalFileSystem(), str(Path(path).absolute())


def _files(out: str) -> Files:
    system, place = _located(out)
    return LocalFiles(Path(place)) if "://" not in out else _StoredFiles(system, place)


class _StoredFiles:
    """A folder of an object store, where a file is there when it was written whole."""

    def __init__(self, system: fs.FileSystem, folder: str) -> None:
        self._system = system
        self._folder = folder

    def __str__(self) -> str:
        return self._folder

    def names(self) -> Sequence[str]:
        selector = fs.FileSelector(self._folder, allow_not_found=True)
        return [info.base_name for info in self._system.get_file_info(selector)]

    def read(self, name: str) -> str:
        with self._system.open_input_stream(f"{self._folder}/{name}") as stream:
            return str(stream.read(), "utf-8")

    def write(self, name: str, text: str) -> None:
        with self._system.open_output_stream(f"{self._folder}/{name}") as stream:
            stream.write(text.encode())

    def clean(self) -> None:
        """Do nothing: what was not written whole is not there."""
