"""Deform glyphs, as if somebody else had written them.

Elastic deformations are those of Simard, Steinkraus & Platt, "Best Practices for Convolutional
Neural Networks" (2003): a random field of displacements, smoothed. The field is drawn on a coarse
lattice and smoothed by two small matrix products, and one call of OpenCV resamples a few hundred
glyphs as one tall image. In all this takes tens of microseconds a glyph.

Afterwards a glyph is centred by its mass and its brightest pixel is 255, as `to_glyph` leaves every
glyph. Keras's augmentation layers do not change the width of strokes and do not centre by mass.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.recipes import Augmentation
from model.vision.glyphs import GLYPH_SIDE, MASS_CENTRE

Floats = NDArray[np.float32]

BATCH_SIZE = 400
"""Glyphs in one tall image; OpenCV addresses at most 32,767 rows."""

CELL_MARGIN = 4
"""Rows of paper around a glyph, so that no glyph is drawn into the next."""

CELL_HEIGHT = GLYPH_SIDE + 2 * CELL_MARGIN
"""Rows of the tall image for each glyph."""

LATTICE_POINTS = np.linspace(-7, 34, 16, dtype=np.float32)
"""Positions at which displacements are drawn, in pixels: closer than the narrowest smoothing."""


def augment(
    glyphs: NDArray[np.uint8], augmentation: Augmentation, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Deform each glyph in its own way.

    Args:
        glyphs: (n, 28, 28), uint8, 0 paper … 255 ink.
        augmentation: how far.
        rng: the same state gives the same deformations.

    Returns:
        (n, 28, 28), uint8, centred by mass to within `augmentation.shift`, brightest pixel 255.
    """
    parts = [
        _deform(glyphs[start : start + BATCH_SIZE], augmentation, rng)
        for start in range(0, len(glyphs), BATCH_SIZE)
    ]
    return np.concatenate(parts) if parts else glyphs.copy()


def _deform(
    glyphs: NDArray[np.uint8], augmentation: Augmentation, rng: np.random.Generator
) -> NDArray[np.uint8]:
    count = len(glyphs)
    sheet = np.zeros((count, CELL_HEIGHT, CELL_HEIGHT), np.uint8)
    sheet[:, CELL_MARGIN:-CELL_MARGIN, CELL_MARGIN:-CELL_MARGIN] = glyphs
    sheet = _change_stroke_width(sheet, _symmetric(augmentation.stroke, count, rng))
    x, y = _source_positions(count, augmentation, rng)  # (n, 28, 28) each, in pixels of the glyph
    # Outside a glyph's own margin lies the next glyph.
    border = CELL_MARGIN - 2
    np.clip(x, -border, GLYPH_SIDE - 1 + border, out=x)
    np.clip(y, -border, GLYPH_SIDE - 1 + border, out=y)
    y += (np.arange(count, dtype=np.float32) * CELL_HEIGHT)[:, None, None]
    bent = cv2.remap(
        sheet.reshape(count * CELL_HEIGHT, CELL_HEIGHT),
        x.reshape(count * GLYPH_SIDE, GLYPH_SIDE) + CELL_MARGIN,
        y.reshape(count * GLYPH_SIDE, GLYPH_SIDE) + CELL_MARGIN,
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
    ).reshape(count, GLYPH_SIDE, GLYPH_SIDE)
    shifted = _centre_by_mass(
        bent.astype(np.uint8, copy=False), _symmetric(augmentation.shift, (count, 2), rng)
    )
    return _stretch_brightness(shifted)


def _source_positions(
    count: int, augmentation: Augmentation, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return the position from which each deformed pixel is taken: x and y, (n, 28, 28) each."""
    angle = np.deg2rad(_symmetric(augmentation.rotation, count, rng))
    size = 1 + _symmetric(augmentation.scale, count, rng)
    aspect = 1 + _symmetric(augmentation.aspect, count, rng)
    shear = _symmetric(augmentation.shear, count, rng)
    cos, sin = np.cos(angle), np.sin(angle)
    from_centre = np.arange(GLYPH_SIDE, dtype=np.float32) - MASS_CENTRE
    across, down = from_centre[None, None, :], from_centre[None, :, None]

    def each(values: Floats) -> Floats:
        return values[:, None, None]  # (n,) beside (28, 28)

    x = each((cos + shear * sin) / (size * aspect)) * across
    x = x + each((shear * cos - sin) / (size * aspect)) * down + MASS_CENTRE
    y = each(sin * aspect / size) * across + each(cos * aspect / size) * down + MASS_CENTRE
    strength = rng.uniform(*augmentation.elastic, count).astype(np.float32)
    smooth = _smoothing_weights(rng.uniform(*augmentation.smoothness, count).astype(np.float32))
    lattice = (2, count, len(LATTICE_POINTS), len(LATTICE_POINTS))
    bends = smooth @ rng.standard_normal(lattice, np.float32) @ smooth.transpose(0, 2, 1)
    bends *= each(strength)  # (2, n, 28, 28), root mean square 1 before
    return x + bends[0], y + bends[1]


def _smoothing_weights(sigma: Floats) -> Floats:
    """Return Gaussian weights from lattice to pixels, (n, 28, 16), that keep the variance at 1."""
    distance = np.arange(GLYPH_SIDE, dtype=np.float32)[:, None] - LATTICE_POINTS  # (28, 16)
    weights: Floats = np.exp(-0.5 * (distance / sigma[:, None, None]) ** 2)
    weights /= np.sqrt((weights**2).sum(axis=2, keepdims=True))
    return weights


def _change_stroke_width(sheet: NDArray[np.uint8], amount: Floats) -> NDArray[np.uint8]:
    """Widen strokes where the amount is above 0, narrow them where it is below.

    Args:
        sheet: (n, 36, 36), uint8, 0 paper … 255 ink.
        amount: (n,), -1 … 1, pixels on each side.
    """
    rows = sheet.reshape(-1, sheet.shape[2])
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    wide = cv2.dilate(rows, cross).reshape(sheet.shape)
    narrow = cv2.erode(rows, cross).reshape(sheet.shape)
    towards = np.where((amount > 0)[:, None, None], wide, narrow)
    share = np.abs(amount)[:, None, None]
    mixed: Floats = sheet * (1 - share) + towards * share
    return np.rint(mixed).astype(np.uint8)


def _centre_by_mass(glyphs: NDArray[np.uint8], shift: Floats) -> NDArray[np.uint8]:
    """Move each glyph by whole pixels, so that its mass centres on MASS_CENTRE + shift, (n, 2)."""
    pixels = np.arange(GLYPH_SIDE, dtype=np.float32)
    columns, rows = glyphs.sum(axis=1, dtype=np.float32), glyphs.sum(axis=2, dtype=np.float32)
    mass = np.maximum(rows.sum(axis=1), 1)  # (n,)
    centres = np.stack([rows @ pixels, columns @ pixels], axis=1) / mass[:, None]  # (n, 2)
    move = np.rint(MASS_CENTRE + shift - centres).astype(np.intp)
    move = np.clip(move, -CELL_MARGIN, CELL_MARGIN)
    padded = np.pad(glyphs, ((0, 0), (CELL_MARGIN, CELL_MARGIN), (CELL_MARGIN, CELL_MARGIN)))
    start = CELL_MARGIN - move
    moved = np.empty_like(glyphs)
    for target, source, (top, left) in zip(moved, padded, start.tolist(), strict=True):
        target[:] = source[top : top + GLYPH_SIDE, left : left + GLYPH_SIDE]
    return moved


def _stretch_brightness(glyphs: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Scale each glyph so that its brightest pixel is 255."""
    brightest = np.maximum(glyphs.max(axis=(1, 2)), 1).astype(np.float32)
    scaled: Floats = glyphs * (255 / brightest)[:, None, None]
    return np.rint(scaled).astype(np.uint8)


def _symmetric(limit: float, shape: int | tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Draw numbers uniformly from -limit … limit."""
    return rng.uniform(-limit, limit, shape).astype(np.float32)
