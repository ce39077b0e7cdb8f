"""Digits as somebody else might have written them: fresh deformations for every epoch.

Elastic deformations are those of Simard, Steinkraus & Platt, "Best Practices for Convolutional
Neural Networks" (2003): a random field of displacements, smoothed. Here the field is drawn on a
coarse lattice and smoothed by two small matrix products, and a few hundred glyphs are resampled
by one call of OpenCV, as one tall image: tens of microseconds a glyph, all in all.

Afterwards a glyph is centred by its mass again, and its brightest pixel is 255, as `to_glyph`
leaves every glyph that the model will ever see.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.recipes import Augmentation
from model.vision.glyphs import GLYPH_SIDE, MASS_CENTRE

Floats = NDArray[np.float32]

BATCH = 400
"""Glyphs in one tall image; OpenCV addresses at most 32,767 rows."""

MARGIN = 4
"""Rows of paper between two glyphs, so that none is smeared into the next."""

CELL = GLYPH_SIDE + 2 * MARGIN

LATTICE = np.linspace(-7, 34, 16, dtype=np.float32)
"""Where random displacements are drawn, in pixels: closer than the narrowest smoothing."""


def augment(
    glyphs: NDArray[np.uint8], how: Augmentation, generator: np.random.Generator
) -> NDArray[np.uint8]:
    """Return each glyph deformed anew.

    Args:
        glyphs: (n, 28, 28), uint8, 0 paper … 255 ink.
        how: how far.
        generator: the same state gives the same deformations.

    Returns:
        (n, 28, 28), uint8, centred by mass to within `how.shift`, brightest pixel 255.
    """
    parts = [
        _deform(glyphs[start : start + BATCH], how, generator)
        for start in range(0, len(glyphs), BATCH)
    ]
    return np.concatenate(parts) if parts else glyphs.copy()


def _deform(
    glyphs: NDArray[np.uint8], how: Augmentation, generator: np.random.Generator
) -> NDArray[np.uint8]:
    count = len(glyphs)
    sheet = np.zeros((count, CELL, CELL), np.uint8)
    sheet[:, MARGIN:-MARGIN, MARGIN:-MARGIN] = glyphs
    sheet = _restroked(sheet, _either_way(how.stroke, count, generator))
    x, y = _sources(count, how, generator)  # (n, 28, 28) each, in pixels of the glyph
    # Outside a glyph's own margin lies the next glyph.
    border = MARGIN - 2
    np.clip(x, -border, GLYPH_SIDE - 1 + border, out=x)
    np.clip(y, -border, GLYPH_SIDE - 1 + border, out=y)
    y += (np.arange(count, dtype=np.float32) * CELL)[:, None, None]
    bent = cv2.remap(
        sheet.reshape(count * CELL, CELL),
        x.reshape(count * GLYPH_SIDE, GLYPH_SIDE) + MARGIN,
        y.reshape(count * GLYPH_SIDE, GLYPH_SIDE) + MARGIN,
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
    ).reshape(count, GLYPH_SIDE, GLYPH_SIDE)
    shifted = _centred(
        bent.astype(np.uint8, copy=False), _either_way(how.shift, (count, 2), generator)
    )
    return _brightened(shifted)


def _sources(
    count: int, how: Augmentation, generator: np.random.Generator
) -> tuple[Floats, Floats]:
    """Where each pixel of each deformed glyph is taken from: x and y, (n, 28, 28) each."""
    angle = np.deg2rad(_either_way(how.rotation, count, generator))
    size = 1 + _either_way(how.scale, count, generator)
    aspect = 1 + _either_way(how.aspect, count, generator)
    shear = _either_way(how.shear, count, generator)
    cos, sin = np.cos(angle), np.sin(angle)
    from_centre = np.arange(GLYPH_SIDE, dtype=np.float32) - MASS_CENTRE
    across, down = from_centre[None, None, :], from_centre[None, :, None]

    def each(values: Floats) -> Floats:
        return values[:, None, None]  # (n,) beside (28, 28)

    x = each((cos + shear * sin) / (size * aspect)) * across
    x = x + each((shear * cos - sin) / (size * aspect)) * down + MASS_CENTRE
    y = each(sin * aspect / size) * across + each(cos * aspect / size) * down + MASS_CENTRE
    strength = generator.uniform(*how.elastic, count).astype(np.float32)
    smooth = _smoothing(generator.uniform(*how.smoothness, count).astype(np.float32))
    lattice = (2, count, len(LATTICE), len(LATTICE))
    bends = smooth @ generator.standard_normal(lattice, np.float32) @ smooth.transpose(0, 2, 1)
    bends *= each(strength)  # (2, n, 28, 28), root mean square 1 before
    return x + bends[0], y + bends[1]


def _smoothing(sigma: Floats) -> Floats:
    """Gaussian weights from lattice to pixels, (n, 28, 16), that keep the variance at 1."""
    distance = np.arange(GLYPH_SIDE, dtype=np.float32)[:, None] - LATTICE  # (28, 16)
    weights: Floats = np.exp(-0.5 * (distance / sigma[:, None, None]) ** 2)
    weights /= np.sqrt((weights**2).sum(axis=2, keepdims=True))
    return weights


def _restroked(sheet: NDArray[np.uint8], amount: Floats) -> NDArray[np.uint8]:
    """Widen strokes where the amount is above 0, narrow them where it is below.

    Args:
        sheet: (n, cell, cell), uint8.
        amount: (n,), -1 … 1: how much of a pixel on either side.
    """
    rows = sheet.reshape(-1, sheet.shape[2])
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    wide = cv2.dilate(rows, cross).reshape(sheet.shape)
    narrow = cv2.erode(rows, cross).reshape(sheet.shape)
    towards = np.where((amount > 0)[:, None, None], wide, narrow)
    share = np.abs(amount)[:, None, None]
    mixed: Floats = sheet * (1 - share) + towards * share
    return np.rint(mixed).astype(np.uint8)


def _centred(glyphs: NDArray[np.uint8], shift: Floats) -> NDArray[np.uint8]:
    """Move each glyph by whole pixels, so that its mass centres on MASS_CENTRE + shift (n, 2)."""
    pixels = np.arange(GLYPH_SIDE, dtype=np.float32)
    columns, rows = glyphs.sum(axis=1, dtype=np.float32), glyphs.sum(axis=2, dtype=np.float32)
    mass = np.maximum(rows.sum(axis=1), 1)  # (n,)
    centres = np.stack([rows @ pixels, columns @ pixels], axis=1) / mass[:, None]  # (n, 2)
    move = np.rint(MASS_CENTRE + shift - centres).astype(np.intp)
    move = np.clip(move, -MARGIN, MARGIN)
    padded = np.pad(glyphs, ((0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN)))
    start = MARGIN - move
    moved = np.empty_like(glyphs)
    for target, source, (top, left) in zip(moved, padded, start.tolist(), strict=True):
        target[:] = source[top : top + GLYPH_SIDE, left : left + GLYPH_SIDE]
    return moved


def _brightened(glyphs: NDArray[np.uint8]) -> NDArray[np.uint8]:
    brightest = np.maximum(glyphs.max(axis=(1, 2)), 1).astype(np.float32)
    scaled: Floats = glyphs * (255 / brightest)[:, None, None]
    return np.rint(scaled).astype(np.uint8)


def _either_way(
    most: float, shape: int | tuple[int, ...], generator: np.random.Generator
) -> Floats:
    return generator.uniform(-most, most, shape).astype(np.float32)
