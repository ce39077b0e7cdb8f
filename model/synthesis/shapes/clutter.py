"""What stands on pages and is no writing: textures, silhouettes, rulings and pieces of boxes.

Each function returns ink: (h, w), uint8, 0 paper … 255 ink.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.synthesis import ink, paper
from model.types import Ink

BOX_PIECES = {
    # "┐" and "▯" are left out: they are 7 and 0 on a display. So is a bar alone, which is a 1.
    "corner": "tl",
    "left corner": "bl",
    "right corner": "br",
    "tooth": "lbr",
    "gate": "ltr",
    "bracket": "tlb",
}
"""Pieces of a cell, as the sides (left, right, top, bottom) that are drawn of it."""


def texture(height: int, rng: np.random.Generator) -> Ink:
    """Make blobs as a threshold leaves of cloth, wood or noise: (height, w), uint8, ink 255."""
    width = max(4, round(height * rng.uniform(0.4, 1.6)))
    sigma = height * float(np.exp(rng.uniform(np.log(0.01), np.log(0.25))))
    noise = cv2.GaussianBlur(rng.normal(size=(height, width)).astype(np.float32), (0, 0), sigma)
    level = np.quantile(noise, rng.uniform(0.3, 0.95))
    if rng.random() < 0.5:
        return ink.to_ink((noise > level) * 255)
    return ink.to_ink((noise - level) / (noise.max() - level + 1e-6) * 255)


def silhouette(height: int, rng: np.random.Generator) -> Ink:
    """Make one shaded lump with a smooth outline, as binarization leaves of a hand or a cat."""
    side = max(8, height)
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
    lump = 1 - x * x * rng.uniform(1.2, 3.5) - y * y * rng.uniform(1.2, 3.5)
    lump += paper.smooth_noise(side, side, side / rng.uniform(2, 6), rng) * rng.uniform(0.1, 0.5)
    shade = 1 + paper.smooth_noise(side, side, side / rng.uniform(2, 9), rng) * rng.uniform(0, 0.5)
    shape = ink.to_ink((lump > 0.2) * np.clip(shade, 0.15, 1) * 255)
    return ink.lean(shape, float(rng.normal(0, 0.4)), 1.0, float(rng.uniform(-1.5, 1.5)))


def disc(height: int, rng: np.random.Generator) -> Ink:
    """Make a filled circle, or an ellipse that is nearly one, such as a bullet or a full stop."""
    width = max(4, round(height * rng.uniform(0.7, 1.4)))
    canvas = np.zeros((height + 4, width + 4), np.uint8)
    middle = ((width + 4) // 2, (height + 4) // 2)
    cv2.ellipse(canvas, middle, (width // 2, height // 2), 0, 0, 360, 255, -1, cv2.LINE_AA)
    return canvas


def lines(height: int, rng: np.random.Generator) -> Ink:
    """Make parts of rulings and edges of paper: crosses, corners, grids, no upright bar alone."""
    canvas = np.zeros((height, max(4, round(height * rng.uniform(0.7, 1.6)))), np.uint8)
    h, w = canvas.shape
    thick = max(1, round(h * rng.uniform(0.01, 0.12)))
    tilt = rng.normal(0, 0.04) * w
    across = rng.integers(1, 4)
    for y in np.linspace(0.15, 0.85, int(across)) * h + rng.normal(0, 0.05 * h, int(across)):
        cv2.line(canvas, (0, round(y)), (w, round(y + tilt)), 255, thick, cv2.LINE_AA)
    for x in rng.uniform(0.1, 0.9, int(rng.integers(0, 4))) * w:
        cv2.line(canvas, (round(x), 0), (round(x - tilt), h), 255, thick, cv2.LINE_AA)
    if rng.random() < 0.25:  # the dark table beyond the edge of a sheet
        cv2.fillPoly(canvas, [np.array([[0, h], [0, h // 2], [w, round(h * 0.7)], [w, h]])], 255)
    return canvas


def box_piece(height: int, rng: np.random.Generator) -> Ink:
    """Make a piece of a form's cells: a corner, a tooth of a comb, or several cells in a row."""
    width = max(8, round(height * rng.uniform(0.7, 1.6)))
    if rng.random() < 0.3:
        cells = int(rng.integers(2, 6))
        row = np.zeros((height, width * cells), np.uint8)
        thick = max(1, round(height * rng.uniform(0.02, 0.1)))
        rule_row(row, np.linspace(thick, width * cells - thick - 1, cells + 1), thick, rng)
        return row
    canvas = np.zeros((height + 4, width + 4), np.uint8)
    _sides(canvas, BOX_PIECES[str(rng.choice(list(BOX_PIECES)))], 255, rng)
    return canvas


def rule_row(row: Ink, edges: NDArray[np.float64], thick: int, rng: np.random.Generator) -> None:
    """Draw cells side by side, as high as the row (h, w): whole, or as a comb open at the top.

    Args:
        row: is drawn on.
        edges: (n + 1,), the positions between n cells and at both ends, in pixels.
        thick: the width of a line in pixels.
    """
    height = row.shape[0]
    is_comb = rng.random() < 0.35
    top = round(height * rng.uniform(0.3, 0.8)) if is_comb else thick // 2
    start, end = round(edges[0]), round(edges[-1])
    for x in np.round(edges).astype(int).tolist():
        cv2.line(row, (x, top), (x, height), 255, thick, cv2.LINE_AA)
    bottom = height - 1 - thick // 2
    cv2.line(row, (start, bottom), (end, bottom), 255, thick, cv2.LINE_AA)
    if not is_comb:
        cv2.line(row, (start, top), (end, top), 255, thick, cv2.LINE_AA)


def framed(written: Ink, rng: np.random.Generator) -> Ink:
    """Glue writing to two or more sides of the cell in which it stands."""
    written = ink.trim(written)
    h, w = written.shape
    margins = np.round(rng.uniform(-0.05, 0.35, 4) * max(h, w * 0.6)).astype(int)
    top, bottom, left, right = np.maximum(margins, 0).tolist()
    canvas = np.pad(written, ((top + 2, bottom + 2), (left + 2, right + 2)))
    sides = str(rng.choice(["tl", "tr", "bl", "br", "lbr", "ltr", "tlb", "trb", "lrtb", "lrtb"]))
    _sides(canvas, sides, int(rng.integers(130, 256)), rng)
    return canvas


def _sides(canvas: Ink, sides: str, value: int, rng: np.random.Generator) -> None:
    """Draw some sides of a cell that is about as large as the canvas, not quite straight."""
    h, w = canvas.shape
    thick = max(1, round(h * rng.uniform(0.01, 0.09)))
    inset = thick // 2 + 1
    (left, top), (right, bottom) = (inset, inset), (w - 1 - inset, h - 1 - inset)
    ends = {
        "l": ((left, top), (left, bottom)),
        "r": ((right, top), (right, bottom)),
        "t": ((left, top), (right, top)),
        "b": ((left, bottom), (right, bottom)),
    }
    for side in sides:
        start, end = np.array(ends[side]) + np.round(rng.normal(0, 0.01 * h, (2, 2))).astype(int)
        cv2.line(canvas, start.tolist(), end.tolist(), value, thick, cv2.LINE_AA)
