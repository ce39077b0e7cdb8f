"""Moment normalisation: the first layers reduce differences in slant, position and size.

Handwriting differs in slant and size more than in anything else, and a fully connected layer would
have to learn each digit in each of them. R. G. Casey, "Moment Normalization of Handprinted
Characters" (IBM Journal of Research and Development 14, 1970): the first moments of the ink tell
where a glyph is, the second moments how large it is and how far it leans. An affine map removes
these differences.

The map is a shear and two scalings, so that rows and columns can be resampled one after the other,
by trigonometric interpolation: sums of cosines and sines, which are products of small matrices, the
same in Keras and in LiteRT. There are no weights in it.
"""

from __future__ import annotations

from typing import NamedTuple

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from model.vision.glyphs import GLYPH_SIDE

Floats = NDArray[np.float32]

MAX_SLANT = 0.6
"""The slant that is removed at most, in pixels sideways for each pixel down."""

USUAL_WIDTH = 3.6
"""Standard deviation of MNIST's ink across, in pixels. Narrower and wider glyphs are scaled towards
it."""

USUAL_HEIGHT = 5.4
"""Standard deviation of MNIST's ink down, in pixels."""

SCALING_SHARE = 0.5
"""How far sizes are scaled towards the usual ones, on a logarithmic scale, 0–1. With 1, a narrow 0
and a wide 1 would become alike."""

MIN_SCALE = 0.75
"""The bound of both scalings for glyphs that are enlarged."""

MAX_SCALE = 1.35
"""The bound of both scalings for glyphs that are reduced."""

PERIOD_PIXELS = 32
"""Length after which interpolation repeats itself: the glyph, and some paper beside it."""

_OFFSETS: Floats = np.arange(GLYPH_SIDE, dtype=np.float32) - (GLYPH_SIDE - 1) / 2
"""Offsets of pixels from the middle, (28,)."""

_FREQUENCIES: Floats = (np.arange(PERIOD_PIXELS // 2 + 1) * (2 * np.pi / PERIOD_PIXELS)).astype(
    np.float32
)
"""Angular frequency of each harmonic, in radians a pixel, (17,)."""

_WEIGHTS: Floats = np.full((len(_FREQUENCIES), 1), 2 / PERIOD_PIXELS, np.float32)
"""Weight of each harmonic, (17, 1): all but the first and the last stand for a pair."""
_WEIGHTS[[0, -1]] /= 2

_COSINES: Floats = np.cos(_OFFSETS[:, None] * _FREQUENCIES)
"""Cosine of each harmonic at each pixel, (28, 17)."""

_SINES: Floats = np.sin(_OFFSETS[:, None] * _FREQUENCIES)
"""Sine of each harmonic at each pixel, (28, 17)."""


class _Moments(NamedTuple):
    """Moments of the ink of each glyph, (n, 1) each, in pixels from the middle of the glyph.

    Attributes:
        x, y: the centre of mass.
        slant: pixels sideways for each pixel down.
        width: variance across without the slant, in pixels².
        height: variance down, in pixels².
    """

    x: keras.KerasTensor
    y: keras.KerasTensor
    slant: keras.KerasTensor
    width: keras.KerasTensor
    height: keras.KerasTensor


def normalize_moments(pixels: keras.KerasTensor) -> keras.KerasTensor:
    """Make glyphs upright, centre them by mass, and bring them nearer to one size.

    Args:
        pixels: (n, 28, 28), float32, 0 paper … 1 ink.

    Returns:
        (n, 28, 28), float32; interpolation overshoots 0 … 1 by up to a quarter beside hard edges.
    """
    ink = _moments(pixels)
    slant = ops.clip(ink.slant, -MAX_SLANT, MAX_SLANT)
    leaning = slant * ops.subtract(_OFFSETS, ink.y) + ink.x  # (n, 28), the middle of each row
    rows = _resample(pixels, leaning, _scale(ink.width, USUAL_WIDTH))
    columns = ops.transpose(rows, (0, 2, 1))
    return ops.transpose(_resample(columns, ink.y, _scale(ink.height, USUAL_HEIGHT)), (0, 2, 1))


def _resample(
    lines: keras.KerasTensor, middle: keras.KerasTensor, scale: keras.KerasTensor
) -> keras.KerasTensor:
    """Shift lines of pixels along themselves, and scale them.

    Args:
        lines: (n, 28, 28), float32, one after the other.
        middle: (n, 28), or (n, 1) for all lines of a glyph: the position that comes to the middle
            of a line, in pixels from there.
        scale: (n, 1), pixels of a line for each pixel of the result.
    """
    turn = ops.expand_dims(middle, 2) * _FREQUENCIES  # (n, 28, 17) or (n, 1, 17)
    cos, sin = ops.cos(turn), ops.sin(turn)
    cosines, sines = ops.matmul(lines, _COSINES), ops.matmul(lines, _SINES)  # (n, 28, 17)
    along = ops.expand_dims(scale * _OFFSETS, 1) * _FREQUENCIES[:, None]  # (n, 17, 28)
    even = ops.matmul(cosines * cos + sines * sin, ops.cos(along) * _WEIGHTS)
    odd = ops.matmul(sines * cos - cosines * sin, ops.sin(along) * _WEIGHTS)
    return even + odd


def _moments(pixels: keras.KerasTensor) -> _Moments:
    """Measure the ink of glyphs, (n, 28, 28), float32, 0 paper … 1 ink."""
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
    """Return the pixels of the glyph for each pixel of the result, (n, 1)."""
    ratio = ops.maximum(variance, 0.1) / usual**2
    return ops.clip(ops.power(ratio, SCALING_SHARE / 2), MIN_SCALE, MAX_SCALE)
