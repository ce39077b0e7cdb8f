"""Glyphs to learn from beyond MNIST: other hands, other pens, and what is not a digit.

>>> from model import handwriting
>>> glyphs, labels = handwriting.load("train", digits=120_000, others=60_000)
>>> glyphs.shape, glyphs.dtype, set(labels.tolist())
((180000, 28, 28), uint8, {-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9})

Everything is made by code from a seed, in as many processes as there are cores, and kept in a
cache whose name hashes the code that made it; the same call is a matter of a second afterwards.
Fonts and images come from package registries the first time (`fonts.py`, `clothing.py`,
`mnist.py`). The split "validation" is written in other fonts, from other images and other seeds.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model import fonts, ink
from model.fonts import Split
from model.glyph import to_glyph
from model.mnist import Examples, cache_file
from model.pen import Ink
from model.writing import Writer

NOT_A_DIGIT = -1

# Glyphs made by one task and kept in one file: seconds of work, half a megabyte.
CHUNK = 2_000

# What decides how the glyphs come out, so that a change makes them anew.
SOURCES = ("forms", "pen", "ink", "fonts", "clothing", "writing", "handwriting", "glyph")

# Heights of the digit in the picture, in pixels: 28×28 drawings to a sheet held close.
SMALLEST, LARGEST = 14, 150


def load(split: Split, *, digits: int = 120_000, others: int = 60_000, seed: int = 0) -> Examples:
    """Make, or take from the cache, so many digits and so many glyphs that are none.

    The same arguments give the same arrays, in a shuffled order. A larger call shares the work
    of a smaller one.

    Args:
        split: "train", or "validation" for what choices are made on.
        digits: how many of 0–9 in all, evenly spread.
        others: how many to refuse.

    Returns:
        glyphs: (n, 28, 28), uint8, 0 paper … 255 ink, as `to_glyph` makes them.
        labels: (n,), int64, 0–9, or -1 for what is not a digit.

    Raises:
        DatasetUnavailable: a source could not be had; says what was tried.
    """
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {"digits": digits, "others": others}
    tasks = [
        _Task(split, kind, seed, number, folder)
        for kind, count in wanted.items()
        for number in range(-(-count // CHUNK))
    ]
    missing = [task for task in tasks if not task.path.exists()]
    if missing:
        Writer.load(split)  # fetches, once, before many processes would
        # Children that are started anew: a fork of a process with threads may hang.
        context = multiprocessing.get_context("spawn")
        workers = min(len(missing), os.cpu_count() or 1)
        with ProcessPoolExecutor(workers, context, _polite) as pool:
            list(pool.map(_write, missing))
    parts: dict[str, list[Examples]] = {"digits": [], "others": []}
    for task in tasks:
        with np.load(task.path) as file:
            parts[task.kind].append(Examples(file["glyphs"], file["labels"]))
    glyphs, labels = (
        np.concatenate([array for kind in parts for array in _first(parts[kind], wanted[kind], i)])
        for i in (0, 1)
    )
    order = np.random.default_rng(seed).permutation(len(labels))
    return Examples(glyphs[order], labels[order])


def cache_folder() -> Path:
    """Where glyphs made by this code are kept."""
    digest = hashlib.sha256(cv2.__version__.encode() + fonts.LOCK.read_bytes())
    for name in SOURCES:
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return cache_file().parent / f"handwriting-{digest.hexdigest()[:12]}"


def quick_glyph(written: Ink, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Make a glyph straight from ink, with what a camera and a threshold would have left.

    Args:
        written: (h, w), uint8, ink 255.

    Returns:
        (28, 28), uint8.
    """
    height = written.shape[0]
    if rng.random() < 0.2:
        # A pit as large as a line is wide would eat the line.
        most = 0.9 if height > 60 else 0.5
        written = ink.wear(written, float(rng.uniform(0.2, most)), int(rng.integers(1, 4)), rng)
    if rng.random() < 0.6:
        written = ink.soften(written, float(rng.uniform(0.3, 0.4 + 0.03 * height)))
    if rng.random() < 0.4:
        # Below the brightness of most ink, so that faint lines survive beside dark crossings.
        usual = float(np.median(written[written > 30])) if (written > 30).any() else 60.0
        written = ink.resharpen(written, int(rng.uniform(20, max(0.75 * usual, 21))))
    return to_glyph(written)


class _Task(NamedTuple):
    """One file of the cache."""

    split: Split
    kind: str
    seed: int
    number: int
    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / f"{self.split}-{self.kind}-{self.seed}-{self.number}.npz"


def _first(parts: list[Examples], count: int, i: int) -> list[NDArray[np.generic]]:
    """The first `count` rows of the parts' glyphs (0) or labels (1), as one array in a list."""
    return [np.concatenate([part[i] for part in parts])[:count]] if count else []


def _polite() -> None:
    """Let whatever else the machine does go first."""
    if hasattr(os, "nice"):
        os.nice(10)
    cv2.setNumThreads(1)


def _write(task: _Task) -> None:
    """Make one chunk and keep it."""
    labelled = make(task.split, task.kind == "digits", CHUNK, (task.seed, task.number))
    partial = task.path.with_name(f".{os.getpid()}-{task.path.name}")
    np.savez_compressed(partial, glyphs=labelled.glyphs, labels=labelled.labels)
    partial.replace(task.path)


def make(
    split: Split, are_digits: bool, count: int, seed: tuple[int, ...], writer: Writer | None = None
) -> Examples:
    """Make glyphs in this process, past the cache; all digits, or all none."""
    writer = writer or Writer.load(split)
    rng = np.random.default_rng([*seed, int(are_digits), int(split == "validation")])
    glyphs = np.empty((count, 28, 28), np.uint8)
    labels = np.full(count, NOT_A_DIGIT, np.int64)
    made = 0
    while made < count:
        height = round(float(np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST)))))
        label = made % 10 if are_digits else NOT_A_DIGIT
        written = writer.digit(label, height, rng) if are_digits else writer.non_digit(height, rng)
        glyph = quick_glyph(written, rng)
        if glyph.any():  # wear may take all of a hairline
            glyphs[made], labels[made] = glyph, label
            made += 1
    return Examples(glyphs, labels)
