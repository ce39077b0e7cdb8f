"""What people write on: sheets of several colours and rulings, and boards.

A surface is (h, w, 3), float32, RGB: the share of the light that it reflects, 0 black … 1 white.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

Surface = NDArray[np.float32]
"""(h, w, 3), float32, RGB, 0 black … 1 white."""

RULING_SHARES = {
    "none": 0.56,
    "squared": 0.14,
    "ruled": 0.14,
    "dotted": 0.07,
    "margin": 0.04,
    "film": 0.05,
}
"""How often a sheet has each ruling; film is a page whose back side shows through."""

WHITE_PAPER = (0.93, 0.93, 0.92)
"""The colour of most sheets."""

PAPER_COLOURS = (
    (0.93, 0.89, 0.78),  # cream
    (0.95, 0.87, 0.35),  # yellow
    (0.72, 0.86, 0.93),  # blue
    (0.95, 0.76, 0.79),  # pink
    (0.76, 0.88, 0.68),  # green
    (0.71, 0.60, 0.45),  # cardboard
    (0.70, 0.70, 0.68),  # recycled
    (0.83, 0.86, 0.22),  # a sticky note
)
"""The colours of the other sheets."""

BOARD_COLOURS = ((0.10, 0.17, 0.13), (0.08, 0.08, 0.09), (0.12, 0.14, 0.20))
"""Green, black and blue boards."""


def sheet(height: int, width: int, line: float, rng: np.random.Generator) -> Surface:
    """Make a sheet of paper.

    Args:
        height, width: in pixels.
        line: the distance of two ruled lines, in pixels.
    """
    is_white = rng.random() < 0.7
    colour = np.array(WHITE_PAPER if is_white else PAPER_COLOURS[rng.integers(len(PAPER_COLOURS))])
    colour = np.clip(colour + rng.normal(0, 0.015, 3) + rng.normal(0, 0.03), 0, 1)
    surface = np.empty((height, width, 3), np.float32)
    surface[:] = colour
    ruling = str(rng.choice(list(RULING_SHARES), p=list(RULING_SHARES.values())))
    printed = rule(height, width, ruling, line, rng)
    tint = np.array([0.45, 0.55, 0.75]) if rng.random() < 0.6 else np.full(3, 0.45)
    strength = rng.uniform(0.08, 0.6)
    surface *= 1 - printed[..., None] * strength * (1 - tint.astype(np.float32))
    surface *= fibre(height, width, rng)[..., None]
    if rng.random() < 0.2:
        surface *= crumple(height, width, rng)[..., None]
    return surface


def board(height: int, width: int, rng: np.random.Generator) -> Surface:
    """Make a board that was wiped but not washed: (h, w, 3), float32, 0 … 1."""
    surface = np.empty((height, width, 3), np.float32)
    surface[:] = np.array(BOARD_COLOURS[rng.integers(len(BOARD_COLOURS))]) + rng.normal(0, 0.015)
    dust = smooth_noise(height, width, max(height, width) / rng.uniform(3, 12), rng)
    surface += (np.clip(dust, 0, 2) * rng.uniform(0, 0.06))[..., None]
    return np.clip(surface, 0.02, 1)


def rule(
    height: int, width: int, ruling: str, line: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Print a ruling: (h, w), float32, 0 bare … 1 printed.

    Args:
        height, width: in pixels.
        ruling: one of `RULING_SHARES`.
        line: the distance of two ruled lines, in pixels.
    """
    printed = np.zeros((height, width), np.uint8)
    thick = max(1, round(line * rng.uniform(0.015, 0.05)))
    start_y, start_x = rng.uniform(0, line, 2)
    rows, columns = np.arange(start_y, height, line), np.arange(start_x, width, line)
    if ruling in ("squared", "ruled", "margin"):
        _draw_rows(printed, rows, thick)
    match ruling:
        case "squared":
            _draw_columns(printed, columns, thick)
        case "margin":
            _draw_columns(printed, [width * rng.uniform(0.03, 0.12)], thick)
        case "dotted":
            for y, x in itertools.product(rows, columns):
                cv2.circle(printed, (round(x), round(y)), thick, 255, -1, cv2.LINE_AA)
        case "film":
            printed = _show_through(printed, rows, line, rng)
    return np.asarray(printed / 255, np.float32)


def _draw_rows(printed: NDArray[np.uint8], rows: Iterable[float], thick: int) -> None:
    for y in rows:
        cv2.line(printed, (0, round(y)), (printed.shape[1], round(y)), 255, thick, cv2.LINE_AA)


def _draw_columns(printed: NDArray[np.uint8], columns: Iterable[float], thick: int) -> None:
    for x in columns:
        cv2.line(printed, (round(x), 0), (round(x), printed.shape[0]), 255, thick, cv2.LINE_AA)


def _show_through(
    printed: NDArray[np.uint8], rows: Iterable[float], line: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Print faint, blurred words line by line, as from the back of the page."""
    for y in rows:
        words = rng.uniform(0.3, 3.0, int(printed.shape[1] / line) + 1) * line
        for x, end in zip(np.cumsum(words) - words, np.cumsum(words), strict=True):
            top = (round(x + 0.3 * line), round(y - 0.2 * line))
            cv2.rectangle(printed, top, (round(end), round(y + 0.2 * line)), 60, -1)
    return np.asarray(cv2.GaussianBlur(printed, (0, 0), line * 0.12), np.uint8)


def fibre(height: int, width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Make the fine and the coarse unevenness of paper: (h, w), float32, around 1."""
    fine = smooth_noise(height, width, rng.uniform(1.5, 4), rng) * rng.uniform(0.0, 0.02)
    coarse = smooth_noise(height, width, rng.uniform(30, 120), rng) * rng.uniform(0.0, 0.006)
    return np.asarray(1 + fine + coarse, np.float32)


def crumple(height: int, width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Make the shading of a crumpled sheet: (h, w), float32, around 1.

    Each fold divides the sheet into a lighter and a darker side.
    """
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    shade: NDArray[np.float32] = np.ones((height, width), np.float32)
    size = float(max(height, width))
    for _ in range(int(rng.integers(2, 12))):
        angle = rng.uniform(0, np.pi)
        nx, ny = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        across = (x - rng.uniform(0, width)) * nx + (y - rng.uniform(0, height)) * ny
        bend = np.tanh(across / np.float32(size * rng.uniform(0.003, 0.02)))
        fade = np.exp(-np.abs(across) / np.float32(size * rng.uniform(0.05, 0.3)))
        shade += (np.float32(rng.uniform(0.01, 0.07)) * bend * fade).astype(np.float32)
    return np.asarray(shade, np.float32)


def smooth_noise(
    height: int, width: int, grain: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Make noise with spots `grain` pixels wide: (h, w), float32, mean 0, deviation about 1."""
    small = (max(2, round(height / grain)), max(2, round(width / grain)))
    noise = rng.standard_normal(small, np.float32)
    return np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
