"""From pixels to contrast: one grey plane with even light, in which ink is bright and paper 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model.vision.binarization import quantile

THUMBNAIL_SIDE = 240
"""Pixels of the longer side on which the paper's light is estimated: it varies slowly."""

MIN_PAPER_LEVEL = 48
"""Paper darker than this, of 255, counts as this dark, so that noise in deep shadow stays small."""

MIN_BRIGHTNESS_SHARE = 0.35
"""Share of the difference between ink and paper that is brightness, below which colour decides."""

_BRIGHTNESS = np.array([0.299, 0.587, 0.114], np.float32)


def normalize_illumination(
    grey: NDArray[np.uint8], reaches: Iterable[float]
) -> Iterator[NDArray[np.uint8]]:
    """Measure how much of the paper's light each pixel takes away, reach by reach.

    The paper is what remains when everything narrower than `reach` is filled with the light
    beside it (a morphological closing), so shadows go, with hard edges or soft. Dividing by it
    makes a stroke in the shadow as strong as one in the light.

    Args:
        grey: (h, w), uint8, dark ink on lighter paper.
        reaches: shares of the longer side: wider than a stroke, narrower than a shadow.

    Yields:
        for each reach, (h, w), uint8, 0 paper … 255 ink that takes all light; the same object for
        the same reach.
    """
    small = np.asarray(cv2.medianBlur(thumbnail(grey, THUMBNAIL_SIDE), 3), np.uint8)
    made: dict[float, NDArray[np.uint8]] = {}
    for reach in reaches:
        if reach not in made:
            made[reach] = _contrast(grey, small, reach)
        yield made[reach]


def invert(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Measure how much darker each pixel is than the lightest, and leave the light as it is.

    Args:
        grey: (h, w), uint8, dark ink on lighter paper.

    Returns:
        (h, w), uint8, 0 paper … 255 ink.
    """
    return np.asarray(grey.max() - grey, np.uint8)


class Polarity(NamedTuple):
    """A picture in grey, as if its ink were dark on lighter paper.

    Attributes:
        grey: (h, w), uint8.
        dark_ink: whether the ink is dark in the photo too; otherwise light and dark are exchanged.
    """

    grey: NDArray[np.uint8]
    dark_ink: bool


def grey_planes(pixels: NDArray[np.uint8], min_energy_share: float) -> list[Polarity]:
    """Return grey planes in which ink may be dark on lighter paper; the likeliest first.

    What differs from the middle brightness of a wide neighbourhood is ink, whichever side it is
    on. Where light and shadow differ about as much, both polarities are given.

    Args:
        pixels: (h, w, 3), uint8, RGB.
        min_energy_share: energy of one polarity, as a share of the other's, from which it is given.
    """
    small = thumbnail(pixels, THUMBNAIL_SIDE // 2)
    tiny = thumbnail(small, THUMBNAIL_SIDE // 8)  # so wide a median is smooth, and slow
    edge = max(1, round(0.375 * max(tiny.shape[:2])))
    wide = cv2.copyMakeBorder(tiny, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
    paper = cv2.medianBlur(wide, 2 * edge + 1)[edge:-edge, edge:-edge]
    paper = cv2.resize(paper, small.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    # (h, w, 3), positive where darker than the paper
    difference = paper.astype(np.int16) - small
    dark_energy, dark_colour = _energy(np.maximum(difference, 0))
    light_energy, light_colour = _energy(np.maximum(-difference, 0))
    found = []
    if dark_energy > min_energy_share * light_energy:
        found.append(Polarity(_projected(pixels, dark_colour), dark_ink=True))
    if light_energy > min_energy_share * dark_energy:
        inverted = cv2.bitwise_not(_projected(pixels, light_colour))
        found.append(Polarity(np.asarray(inverted, np.uint8), dark_ink=False))
    if light_energy > dark_energy:
        found.reverse()
    return found


def thumbnail(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Reduce a picture (h, w) or (h, w, 3), uint8, to at most `side` pixels on the longer side."""
    height, width = pixels.shape[:2]
    # OpenCV averages whole blocks of pixels several times as fast as parts of them.
    block = max(1, max(height, width) // side)
    if block > 1 and min(height, width) >= block:
        size = (width // block, height // block)
        whole = pixels[: size[1] * block, : size[0] * block]
        pixels = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)
    shrink = max(pixels.shape[:2]) / side
    if shrink <= 1:
        return pixels
    size = (max(1, round(pixels.shape[1] / shrink)), max(1, round(pixels.shape[0] / shrink)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _contrast(grey: NDArray[np.uint8], small: NDArray[np.uint8], reach: float) -> NDArray[np.uint8]:
    """Return the contrast (h, w) within one reach; the paper is estimated on the thumbnail."""
    height, width = grey.shape
    across = max(3, round(reach * max(small.shape))) | 1
    # A square, which OpenCV does in two passes: a disc gives the same and takes 20 times as long.
    kernel = np.ones((across, across), np.uint8)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel)
    paper = cv2.blur(paper, (across // 2 | 1, across // 2 | 1))
    paper = np.maximum(paper, MIN_PAPER_LEVEL)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(cv2.subtract(paper, grey), paper, scale=255), np.uint8)


def _energy(taken: NDArray[np.int16]) -> tuple[float, NDArray[np.float32]]:
    """Return the energy of a difference (h, w, 3), and its strongest pixels' mean colour (3,)."""
    strongest = np.maximum.reduce([taken[..., k] for k in range(3)])
    few = strongest >= max(quantile(strongest, 0.99), 1.0)
    colour = taken[few].mean(axis=0, dtype=np.float32) if few.any() else _BRIGHTNESS
    energy = np.square(strongest, dtype=np.float32).sum()
    return float(energy) + 1e-6, np.asarray(colour, np.float32)


def _projected(pixels: NDArray[np.uint8], colour: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return brightness, or the channels that differ most where ink and paper are as bright."""
    length = float(np.linalg.norm(colour))
    share = float(colour @ _BRIGHTNESS) / length if length else 1.0
    if share > MIN_BRIGHTNESS_SHARE:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    weights = (colour / colour.sum()).reshape(1, 3)
    return np.asarray(cv2.transform(pixels, weights), np.uint8)
