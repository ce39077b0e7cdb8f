"""Moment normalisation: a glyph's slant, place and size made more alike, as part of the network.

Hands differ in slant and size more than in anything else, and a fully connected layer would have
to learn each digit in each of them. R. G. Casey, "Moment Normalization of Handprinted Characters"
(IBM Journal of Research and Development 14, 1970): the first moments of the ink say where a glyph
is, the second how large it is and how far it leans, and an affine map takes that away.

The map is a shear and two scalings, so rows and columns are resampled one after the other, by
trigonometric interpolation: sums of cosines and sines, which are products of small matrices, in
Keras and in LiteRT the same. There is nothing in it to be learned.
"""

from __future__ import annotations

from typing import NamedTuple

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from model.vision.glyphs import GLYPH_SIDE

Floats = NDArray[np.float32]

STEEPEST = 0.6
"""Pixels sideways a pixel down: how much slant is taken away at most."""

WIDTH, HEIGHT = 3.6, 5.4
"""Standard deviations of ink in pixels, across and down, towards which sizes go: MNIST's usual."""

TOWARDS = 0.5
"""How much of the way, on a logarithmic scale: a narrow 0 shall not become a wide 1, or a 1 a 0."""

SMALLEST, LARGEST = 0.75, 1.35
"""The bounds of both scalings."""

PERIOD = 32
"""Pixels after which interpolation repeats itself: the glyph, and paper beside it."""

# Offsets of pixels from the middle, (28,); waves a pixel of each harmonic, (17,); how much each
# counts, of which all but the first and the last stand for a pair; the harmonics in pixels.
_OFFSETS: Floats = np.arange(GLYPH_SIDE, dtype=np.float32) - (GLYPH_SIDE - 1) / 2
_WAVES: Floats = (np.arange(PERIOD // 2 + 1) * (2 * np.pi / PERIOD)).astype(np.float32)
_WEIGHTS: Floats = np.full((len(_WAVES), 1), 2 / PERIOD, np.float32)
_WEIGHTS[[0, -1]] /= 2
_COSINES: Floats = np.cos(_OFFSETS[:, None] * _WAVES)  # (28, 17)
_SINES: Floats = np.sin(_OFFSETS[:, None] * _WAVES)


class _Moments(NamedTuple):
    """Of the ink of each glyph, (n, 1) each, in pixels from the middle of the glyph.

    Attributes:
        x, y: the centre of mass.
        slant: pixels sideways a pixel down.
        width, height: variances across, once the slant is taken away, and down, in pixels².
    """

    x: keras.KerasTensor
    y: keras.KerasTensor
    slant: keras.KerasTensor
    width: keras.KerasTensor
    height: keras.KerasTensor


def normalised(pixels: keras.KerasTensor) -> keras.KerasTensor:
    """Return glyphs upright, centred by their mass and nearer to one size.

    Args:
        pixels: (n, 28, 28), float32, 0 paper … 1 ink.

    Returns:
        (n, 28, 28), float32; interpolation overshoots 0 … 1 by up to a quarter beside hard edges.
    """
    ink = _moments(pixels)
    slant = ops.clip(ink.slant, -STEEPEST, STEEPEST)
    leaning = slant * ops.subtract(_OFFSETS, ink.y) + ink.x  # (n, 28), the middle of each row
    rows = _resampled(pixels, leaning, _scale(ink.width, WIDTH))
    columns = ops.transpose(rows, (0, 2, 1))
    return ops.transpose(_resampled(columns, ink.y, _scale(ink.height, HEIGHT)), (0, 2, 1))


def _resampled(
    lines: keras.KerasTensor, middle: keras.KerasTensor, scale: keras.KerasTensor
) -> keras.KerasTensor:
    """Shift lines of pixels along themselves, and scale them.

    Args:
        lines: (n, 28, 28), float32, one after the other.
        middle: (n, 28), or (n, 1) for all lines of a glyph, what comes to the middle of a line, in
            pixels from there.
        scale: (n, 1), pixels of a line a pixel of the result.
    """
    turn = ops.expand_dims(middle, 2) * _WAVES  # (n, 28, 17) or (n, 1, 17)
    cos, sin = ops.cos(turn), ops.sin(turn)
    cosines, sines = ops.matmul(lines, _COSINES), ops.matmul(lines, _SINES)  # (n, 28, 17)
    along = ops.expand_dims(scale * _OFFSETS, 1) * _WAVES[:, None]  # (n, 17, 28)
    even = ops.matmul(cosines * cos + sines * sin, ops.cos(along) * _WEIGHTS)
    odd = ops.matmul(sines * cos - cosines * sin, ops.sin(along) * _WEIGHTS)
    return even + odd


def _moments(pixels: keras.KerasTensor) -> _Moments:
    column = _OFFSETS[:, None]  # (28, 1)
    rows = ops.sum(pixels, axis=2)  # (n, 28), as are the next two
    leaning = ops.matmul(pixels, column)[:, :, 0]
    spread = ops.matmul(pixels, column**2)[:, :, 0]
    mass = ops.sum(rows, axis=1, keepdims=True) + 1e-3  # blank paper has none
    x = ops.sum(leaning, axis=1, keepdims=True) / mass
    y = ops.matmul(rows, column) / mass
    across = ops.sum(spread, axis=1, keepdims=True) / mass - x * x
    down = ops.matmul(rows, column**2) / mass - y * y
    both = ops.matmul(leaning, column) / mass - x * y
    slant = both / (down + 1e-3)
    return _Moments(x, y, slant, across - slant * both, down)


def _scale(variance: keras.KerasTensor, usual: float) -> keras.KerasTensor:
    """Pixels of the glyph a pixel of the result, (n, 1)."""
    ratio = ops.maximum(variance, 0.1) / usual**2
    return ops.clip(ops.power(ratio, TOWARDS / 2), SMALLEST, LARGEST)
