"""Glyphs to learn from beyond MNIST: other hands, other pens, and what is not a digit.

>>> from model.synthesis import dataset
>>> glyphs, labels = dataset.load("train", digits=120_000, others=60_000)
>>> glyphs.shape, glyphs.dtype, set(labels.tolist())
((180000, 28, 28), uint8, {-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9})

Three quarters are made straight from ink, as `vision` cuts ink; the rest is what `vision` really
finds in whole simulated photos. Everything comes from a seed, in as many processes as there are
cores, and is kept in a cache whose name hashes the code that made it; the same call is a matter of
a second afterwards. Fonts and images come from package registries the first time (`datasets/`). The
split "validation" is written in other fonts, from other images and other seeds.
"""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Literal, NamedTuple

import cv2
import numpy as np

from model.datasets import download, fonts
from model.datasets.fonts import Split
from model.files import replacing
from model.synthesis.crops import from_ink, from_photos
from model.synthesis.writer import Writer
from model.types import Examples, concatenate

log = logging.getLogger(__name__)

Origin = Literal["ink", "photo"]
"""Made straight from ink, or cut out of a whole photo."""

# Glyphs made at a time and kept in one file: some seconds of work on one core.
CHUNK = {"ink": 2_000, "photo": 250}

PACKAGE = Path(__file__).parents[1]
"""The folder `model`, in which `SOURCES` stand."""

# What decides how glyphs come out, so that a change makes them anew.
SOURCES = {
    "ink": (
        "synthesis/stroke_templates.py",
        "synthesis/pen.py",
        "synthesis/ink.py",
        "synthesis/paper.py",
        "synthesis/writer.py",
        "synthesis/crops.py",
        "datasets/fonts.py",
        "datasets/fashion_mnist.py",
        # How ink is cut matters to all; how it is found in a photo, only where there are photos.
        "vision/glyphs.py",
    ),
    # And all that makes ink.
    "photo": (
        "synthesis/camera.py",
        "synthesis/page.py",
        "synthesis/photo.py",
        "synthesis/objects.py",
        "recognition/decoding.py",
        "vision/*.py",
    ),
}

# The share of glyphs that are cut from whole photos. They take ten times as long to make.
PHOTOGRAPHED = 0.25


def load(  # noqa: PLR0913 - how much of what, by name
    split: Split,
    *,
    digits: int = 120_000,
    others: int = 60_000,
    photographed: float = PHOTOGRAPHED,
    fetched: bool = True,
    seed: int = 0,
) -> Examples:
    """Make, or take from the cache, so many digits and so many glyphs that are none.

    The same arguments give the same arrays, in a shuffled order. A larger call shares the work
    of a smaller one.

    Args:
        split: "train", or "validation" for what choices are made on.
        digits: how many of 0–9 in all, about evenly spread.
        others: how many to refuse.
        photographed: the share of them that is cut out of whole photos.
        fetched: whether handwriting fonts and clothing are among the sources; see `Writer.load`.

    Returns:
        glyphs: (n, 28, 28), uint8, 0 paper … 255 ink, as the recogniser would see them.
        labels: (n,), int64, 0–9, or -1 for what is not a digit.

    Raises:
        DatasetUnavailable: a source could not be had; says what was tried.
    """
    wanted: dict[tuple[Origin, bool], int] = {}
    for are_digits, count in ((True, digits), (False, others)):
        wanted["photo", are_digits] = round(count * photographed)
        wanted["ink", are_digits] = count - wanted["photo", are_digits]
    tasks = [
        _Task(split, origin, are_digits, fetched, seed, number, cache_folder(origin))
        for (origin, are_digits), count in wanted.items()
        for number in range(-(-count // CHUNK[origin]))
    ]
    missing = [task for task in tasks if not task.path.exists()]
    if missing:
        log.info("Making %d chunks of handwriting.", len(missing))
        Writer.load(split, fetched=fetched)  # fetches, once, before many processes would
        workers = min(len(missing), os.cpu_count() or 1)
        # Children that are started anew: a fork of a process with threads may hang.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, context, _polite) as pool:
            list(pool.map(_write, [missing[i::workers] for i in range(workers)]))
    parts = []
    for (origin, are_digits), count in wanted.items():
        made = [_read(t.path) for t in tasks if (t.origin, t.are_digits) == (origin, are_digits)]
        if made:
            parts.append(concatenate(made).part(slice(count)))
    whole = concatenate(parts)
    order = np.random.default_rng(seed).permutation(len(whole.labels))
    return Examples(whole.glyphs[order], whole.labels[order])


def cache_folder(origin: Origin) -> Path:
    """Where glyphs made by this code are kept."""
    digest = hashlib.sha256(cv2.__version__.encode() + fonts.LOCK.read_bytes())
    for file in source_files(origin):
        digest.update(file.read_bytes())
    return download.cache_folder() / f"handwriting-{origin}-{digest.hexdigest()[:12]}"


def source_files(origin: Origin) -> list[Path]:
    """Find the code that decides how glyphs of an origin come out."""
    patterns = SOURCES["ink"] + (SOURCES["photo"] if origin == "photo" else ())
    return [file for pattern in patterns for file in sorted(PACKAGE.glob(pattern))]


class _Task(NamedTuple):
    """One file of the cache."""

    split: Split
    origin: Origin
    are_digits: bool
    fetched: bool
    seed: int
    number: int
    folder: Path

    @property
    def path(self) -> Path:
        kind = "digits" if self.are_digits else "others"
        kind += "" if self.fetched else "-unfetched"
        return self.folder / f"{self.split}-{kind}-{self.seed}-{self.number}.npz"


def _polite() -> None:
    """Let whatever else the machine does go first."""
    if hasattr(os, "nice"):
        os.nice(10)
    cv2.setNumThreads(1)


def _write(tasks: Sequence[_Task]) -> None:
    """Make chunks of one split and keep each as soon as it is made."""
    writer = Writer.load(tasks[0].split, fetched=tasks[0].fetched)
    for task in tasks:
        make = from_ink if task.origin == "ink" else from_photos
        seed = [task.seed, task.number, task.are_digits, task.split == "validation"]
        rng = np.random.default_rng(seed)
        made = make(writer, CHUNK[task.origin], rng, are_digits=task.are_digits)
        with replacing(task.path) as partial:
            np.savez_compressed(partial, glyphs=made.glyphs, labels=made.labels)


def _read(path: Path) -> Examples:
    with np.load(path, allow_pickle=False) as file:
        return Examples(file["glyphs"], file["labels"])
