"""What corruptions lay over an image: fog and lines."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

SIZE = 28

FOG = 256
"""Side of a fog in pixels, a power of two, as in MNIST-C, which cuts its 28×28 out of a corner."""


def fogs(count: int, decay: float, random: Generator) -> NDArray[np.float32]:
    """Make fogs as plasma fractals: the diamond-square algorithm on a torus.

    Fournier, Fussell & Carpenter, "Computer Rendering of Stochastic Models" (1982),
    doi:10.1145/358523.358553: start from one corner, and again and again set the points half-way
    between known ones to their mean plus noise, with less noise each time.

    Args:
        count: how many.
        decay: how fast the noise gets less from one scale to the next: 1 coarse … 3 smooth.
        random: where the noise comes from.

    Returns:
        (count, 256, 256), float32, each from 0 to 1.
    """
    banks = np.zeros((count, FOG, FOG), np.float32)
    step, noise = FOG, 1.0
    while step >= 2:
        half = step // 2
        corners = banks[:, ::step, ::step]
        around = corners + np.roll(corners, -1, axis=1)
        banks[:, half::step, half::step] = _between(
            around + np.roll(around, -1, axis=2), noise, random
        )
        middles = banks[:, half::step, half::step]
        rows = middles + np.roll(middles, 1, axis=1) + corners + np.roll(corners, -1, axis=2)
        columns = middles + np.roll(middles, 1, axis=2) + corners + np.roll(corners, -1, axis=1)
        banks[:, ::step, half::step] = _between(rows, noise, random)
        banks[:, half::step, ::step] = _between(columns, noise, random)
        step, noise = half, noise / decay**2  # as published: decay acts on height and on range
    banks -= banks.min(axis=(1, 2), keepdims=True)
    banks /= banks.max(axis=(1, 2), keepdims=True)
    return banks


def line(start: tuple[float, float], end: tuple[float, float]) -> NDArray[np.float32]:
    """Draw a soft line from (column, row) to (column, row).

    Returns:
        (28, 28), float32: 1 on the line, 0 from 1.45 pixels above and below it.
    """
    (left, top), (right, bottom) = start, end
    columns = np.arange(SIZE)
    heights = top + (bottom - top) / (right - left) * (columns - left)  # (28,)
    away = np.minimum(np.abs(np.arange(SIZE)[:, None] - heights), 2.3 * (1 - 1e-9))  # (28, 28)
    ink: NDArray[np.float64] = np.clip(np.log(1 - away / 2.3) + 1, 0, 1)
    ink[:, (columns < np.floor(left)) | (columns >= np.ceil(right))] = 0
    return ink.astype(np.float32)


def zigzags(start: int, end: int) -> NDArray[np.float32]:
    """Draw teeth of 2 pixels from column 2, row `start`, to column 25, row `end`: (28, 28), 0–1."""
    tooth, left, right = 2.0, 2.0, 25.0
    slope = np.arctan((end - start) / (right - left))
    length = (right - left) / np.cos(slope)
    along = tooth * (2 * np.arange(int((length - tooth) // (2 * tooth)) + 1) + 1)
    aside = tooth * (-1.0) ** np.arange(len(along))
    rest = length - 2 * tooth * (length // (2 * tooth))
    # The last tooth is cut short as in the published code.
    along, aside = np.r_[0, along, length], np.r_[0, aside, aside[-1] / (2 * rest)]
    columns = left + np.cos(slope) * along - np.sin(slope) * aside
    rows = start + np.sin(slope) * along + np.cos(slope) * aside
    corners = list(zip(columns, rows, strict=True))
    sides: NDArray[np.float32] = np.sum([line(*side) for side in pairwise(corners)], axis=0)
    return sides


def _between(four: NDArray[np.float32], noise: float, random: Generator) -> NDArray[np.float32]:
    """The mean of four neighbours, given as their sum, plus noise."""
    return four / 4 + np.float32(noise) * (2 * random.random(four.shape, dtype=np.float32) - 1)
