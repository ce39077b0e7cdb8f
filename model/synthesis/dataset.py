"""Synthetic glyphs for training: digits by other writers and pens than MNIST's, and negatives.

>>> from model.synthesis import dataset
>>> glyphs, labels = dataset.load("train", digits=120_000, negatives=60_000)
>>> glyphs.shape, glyphs.dtype, set(labels.tolist())
((180000, 28, 28), uint8, {-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9})

Three quarters are made straight from ink; the rest is what `vision` finds in simulated photos.
Everything follows from a seed and is made in one process per core. It is kept in a cache whose name
hashes the code that made it, so that the same call takes a second from then on. Fonts and images
come from package registries the first time (`model/datasets`). The split "validation" uses other
fonts, other images and other seeds.
"""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from pathlib import Path
from typing import Literal, NamedTuple

import cv2
import numpy as np

from model.datasets import download, fonts
from model.datasets.fonts import Split
from model.files import replacing
from model.synthesis.crops import from_ink, from_photos
from model.synthesis.worker_process import prepare_worker
from model.synthesis.writer import Writer
from model.types import Examples, concatenate

log = logging.getLogger(__name__)

Origin = Literal["ink", "photo"]
"""Made straight from ink, or cropped from a whole simulated photo."""

CHUNK_SIZES = {"ink": 2_000, "photo": 250}
"""Glyphs made at a time and kept in one file: some seconds of work on one core."""

MODEL_FOLDER = Path(__file__).parents[1]
"""The folder `model`, to which the patterns in `SOURCE_FILES` are relative."""

SOURCE_FILES = {
    "ink": (
        "synthesis/shapes/*.py",
        "synthesis/pen.py",
        "synthesis/ink.py",
        "synthesis/paper.py",
        "synthesis/writer.py",
        "synthesis/crops.py",
        "datasets/fonts.py",
        "datasets/fashion_mnist.py",
        # All glyphs are normalised in the same way; only photos need the rest of `vision`.
        "vision/glyphs.py",
    ),
    # Photos depend on these files and on all those of ink.
    "photo": (
        "synthesis/camera.py",
        "synthesis/page.py",
        "synthesis/photo.py",
        "synthesis/objects.py",
        "recognition/decoding/*.py",
        "vision/**/*.py",
    ),
}

PROGRESS_SECONDS = 1.0
"""How often the files of the cache are counted while they are made."""

PHOTO_FRACTION = 0.25
"""The share of glyphs that come from photos, which take ten times as long to make."""


def load(  # noqa: PLR0913 - how much of what, by name
    split: Split,
    *,
    digits: int = 120_000,
    negatives: int = 60_000,
    photo_fraction: float = PHOTO_FRACTION,
    use_downloads: bool = True,
    seed: int = 0,
    on_progress: Callable[[int, int], None] = lambda done, of: None,
) -> Examples:
    """Make synthetic digits and negatives, or take them from the cache.

    The same arguments give the same arrays, in a shuffled order. A larger call shares the work
    of a smaller one.

    Args:
        split: "train", or "validation" for glyphs on which choices are made.
        digits: the number of glyphs of 0–9 in all, about evenly spread.
        negatives: the number of glyphs that are not digits.
        photo_fraction: the share of both that is cropped from whole photos.
        use_downloads: whether to use handwriting fonts and clothing; see `Writer.load`.
        on_progress: called with the number of files of the cache that were made, and have to be
            made; not at all if none is missing.

    Returns:
        glyphs: (n, 28, 28), uint8, 0 paper … 255 ink, as the recogniser would see them.
        labels: (n,), int64, 0–9, or -1 for what is not a digit.

    Raises:
        DatasetUnavailable: a source could not be fetched; the message says what was tried.
    """
    wanted: dict[tuple[Origin, bool], int] = {}
    for are_digits, count in ((True, digits), (False, negatives)):
        wanted["photo", are_digits] = round(count * photo_fraction)
        wanted["ink", are_digits] = count - wanted["photo", are_digits]
    tasks = [
        _Task(split, origin, are_digits, use_downloads, seed, number, cache_folder(origin))
        for (origin, are_digits), count in wanted.items()
        for number in range(-(-count // CHUNK_SIZES[origin]))
    ]
    missing = [task for task in tasks if not task.path.exists()]
    if missing:
        log.info("Making %d chunks of handwriting.", len(missing))
        Writer.load(
            split, use_downloads=use_downloads
        )  # fetches, once, before many processes would
        workers = min(len(missing), os.cpu_count() or 1)
        # Spawn, because a fork of a process with threads may hang.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, context, _prepare_worker) as pool:
            writing = [pool.submit(_write, missing[i::workers]) for i in range(workers)]
            while wait(writing, PROGRESS_SECONDS).not_done:
                on_progress(sum(task.path.exists() for task in missing), len(missing))
            for each in writing:
                each.result()
    parts = []
    for (origin, are_digits), count in wanted.items():
        made = [_read(t.path) for t in tasks if (t.origin, t.are_digits) == (origin, are_digits)]
        if made:
            parts.append(concatenate(made).part(slice(count)))
    whole = concatenate(parts)
    order = np.random.default_rng(seed).permutation(len(whole.labels))
    return Examples(whole.glyphs[order], whole.labels[order])


def cache_folder(origin: Origin) -> Path:
    """Return the folder in which glyphs made by this code are kept."""
    digest = hashlib.sha256(cv2.__version__.encode())
    for file in [*fonts.LOCKS.values(), *source_files(origin)]:
        digest.update(file.read_bytes())
    return download.cache_folder() / f"handwriting-{origin}-{digest.hexdigest()[:12]}"


def source_files(origin: Origin) -> list[Path]:
    """Find the source files that decide what glyphs of an origin look like."""
    patterns = SOURCE_FILES["ink"] + (SOURCE_FILES["photo"] if origin == "photo" else ())
    return [file for pattern in patterns for file in sorted(MODEL_FOLDER.glob(pattern))]


class _Task(NamedTuple):
    """One file of the cache."""

    split: Split
    origin: Origin
    are_digits: bool
    use_downloads: bool
    seed: int
    number: int
    folder: Path

    @property
    def path(self) -> Path:
        kind = "digits" if self.are_digits else "negatives"
        kind += "" if self.use_downloads else "-without-downloads"
        return self.folder / f"{self.split}-{kind}-{self.seed}-{self.number}.npz"


def _prepare_worker() -> None:
    """Let other processes of this machine go first."""
    if hasattr(os, "nice"):
        os.nice(10)
    prepare_worker()


def _write(tasks: Sequence[_Task]) -> None:
    """Make chunks of one split, and write each as soon as it is made."""
    writer = Writer.load(tasks[0].split, use_downloads=tasks[0].use_downloads)
    for task in tasks:
        make = from_ink if task.origin == "ink" else from_photos
        seed = [task.seed, task.number, task.are_digits, task.split == "validation"]
        rng = np.random.default_rng(seed)
        made = make(writer, CHUNK_SIZES[task.origin], rng, are_digits=task.are_digits)
        with replacing(task.path) as partial:
            np.savez_compressed(partial, glyphs=made.glyphs, labels=made.labels)


def _read(path: Path) -> Examples:
    with np.load(path, allow_pickle=False) as file:
        return Examples(file["glyphs"], file["labels"])
