"""Changes to a piece of writing: its stroke width, slant, wear and sharpness.

Each function takes and returns ink: (h, w), uint8, 0 paper … 255 ink.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.types import Glyph, Ink


def enlarge(glyph: Glyph, height: int) -> Ink:
    """Enlarge a 28×28 glyph, with edges as sharp as if it had never been small.

    Args:
        height: in pixels, of the whole 28 rows.

    Returns:
        (height, height), with the glyph's margin of paper around it.
    """
    large = cv2.resize(glyph, (height, height), interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(large, (0, 0), height / 28 * 0.55).astype(np.float32)
    # An edge about two pixels wide at half the brightness, as MNIST's digits have.
    return to_ink((soft - 110) * (1.2 * height / 28) + 128)


def thicken(ink: Ink, pixels: int) -> Ink:
    """Widen each stroke by `pixels` in all; the array grows with it."""
    framed = np.pad(ink, pixels)
    round_nib = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (pixels + 1, pixels + 1))
    return cv2.dilate(framed, round_nib).astype(np.uint8)


def thin(ink: Ink, kept: float) -> Ink:
    """Keep the middle of each stroke, a share `kept` of its width, and never break one.

    A pixel's distance from the paper, against the largest such distance nearby, says how near
    the middle it lies; the middle itself always stays.
    """
    framed = np.pad(ink, 2)
    depth = cv2.distanceTransform((framed > 127).astype(np.uint8), cv2.DIST_L2, 5)
    reach = int(np.percentile(depth[depth > 0], 95)) + 1 if depth.any() else 1
    deepest = cv2.dilate(depth, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    middle = (depth > 0) & (depth >= (1 - kept) * deepest)
    return cv2.GaussianBlur(middle.astype(np.uint8) * 255, (3, 3), 0).astype(np.uint8)


def lean(ink: Ink, slant: float, stretch: float, turn: float) -> Ink:
    """Slant (tangent), widen (factor) and turn (radians); the array grows to hold all ink."""
    height, width = ink.shape
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.array([[cos, -sin], [sin, cos]]) @ np.array([[stretch, -slant], [0, 1]])
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]]) @ matrix.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = np.ceil(high - low).astype(int) + 4
    affine = np.column_stack([matrix, 2 - low])
    return cv2.warpAffine(ink, affine, (int(size[0]), int(size[1]))).astype(np.uint8)


def wear(ink: Ink, amount: float, grain: int, rng: np.random.Generator) -> Ink:
    """Let the grain of the paper show through, as with pencil and chalk.

    Args:
        amount: 0 leaves the ink as it is; 1 takes all of it in the pits of the paper.
        grain: the size of the pits in pixels.
    """
    height, width = ink.shape
    grains = rng.random((height // grain + 2, width // grain + 2), np.float32)
    pits = cv2.resize(grains, (width, height), interpolation=cv2.INTER_LINEAR)
    return to_ink(ink * (1 - amount * np.clip(pits * 2 - 0.6, 0, 1)))


def skip(ink: Ink, rng: np.random.Generator) -> Ink:
    """Break strokes straight across in one to four places, as a pen that skips does."""
    rows, columns = np.nonzero(ink > 127)
    broken = ink.copy()
    if not len(rows):
        return broken
    depth = cv2.distanceTransform((ink > 127).astype(np.uint8), cv2.DIST_L2, 3)
    width = 2 * float(np.percentile(depth[depth > 0], 90))
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(len(rows)))
        middle = np.array([columns[at], rows[at]])
        angle, reach = rng.uniform(0, np.pi), width * 1.5 + 1
        across = np.array([np.cos(angle), np.sin(angle)]) * reach
        start, end = np.round(middle - across).astype(int), np.round(middle + across).astype(int)
        thick = max(1, round(width * rng.uniform(0.2, 0.9)))
        cv2.line(broken, start.tolist(), end.tolist(), 0, thick, cv2.LINE_AA)
    return broken


def soften(ink: Ink, sigma: float) -> Ink:
    """Blur by `sigma` pixels; the array grows to hold the blurred edge."""
    border = int(3 * sigma) + 1
    blurred = cv2.GaussianBlur(np.pad(ink, border), (0, 0), sigma)
    blurred[blurred < 8] = 0  # no threshold would take it for ink
    return blurred.astype(np.uint8)


def beside(left: Ink, right: Ink, gap: int) -> Ink:
    """Put two pieces of writing on one line, `gap` pixels apart (negative: overlapping)."""
    left, right = trim(left), trim(right)
    gap = max(gap, -min(left.shape[1], right.shape[1]))
    height = max(left.shape[0], right.shape[0])
    both = np.zeros((height, left.shape[1] + gap + right.shape[1]), np.uint8)
    both[: left.shape[0], : left.shape[1]] = left
    place = both[: right.shape[0], left.shape[1] + gap :]
    np.maximum(place, right, out=place)
    return both


def trim(ink: Ink) -> Ink:
    """Remove the paper around the ink; returns (1, 1) if there is no ink."""
    x, y, width, height = cv2.boundingRect(ink)
    return ink[y : y + height, x : x + width] if width else np.zeros((1, 1), np.uint8)


def to_ink(values: NDArray[np.generic]) -> Ink:
    """Clip numbers of any type to 0 … 255."""
    result: Ink = np.clip(values, 0, 255).astype(np.uint8)
    return result
