"""Outlined digits, which MNIST lacks, and smiling faces: examples of what people correct."""

from __future__ import annotations

import cv2
import numpy as np

from model.datasets import mnist
from model.types import NOT_A_DIGIT, Examples, Glyph
from model.vision.glyphs import to_glyph


def outline_digits(each: int, faces: int, seed: int) -> Examples:
    """Make outlines of digits from held-out training images, and smiling faces.

    Args:
        each: the number of each digit.
        faces: the number of faces, labelled NOT_A_DIGIT.
        seed: chooses the images and the widths of the pen.
    """
    rng = np.random.default_rng(seed)
    glyphs, labels = mnist.training_set().part(slice(50_000, None))
    chosen = [
        rng.choice(np.flatnonzero(labels == digit), each, replace=False) for digit in range(10)
    ]
    drawn = [_outline(glyph, rng) for glyph in glyphs[np.concatenate(chosen)]]
    drawn += [_face(rng) for _ in range(faces)]
    of = np.repeat([*range(10), NOT_A_DIGIT], [each] * 10 + [faces])
    return Examples(np.stack(drawn), of.astype(np.int64))


def _outline(glyph: Glyph, rng: np.random.Generator) -> Glyph:
    large = cv2.resize(glyph, (168, 168), interpolation=cv2.INTER_CUBIC)
    large = cv2.copyMakeBorder(large, 20, 20, 20, 20, cv2.BORDER_CONSTANT)
    solid = (cv2.GaussianBlur(large, (0, 0), 3) > 90).astype(np.uint8)
    solid = cv2.dilate(solid, np.ones((9, 9), np.uint8)).astype(np.uint8)
    edges, _ = cv2.findContours(solid, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    ink = np.zeros(solid.shape, np.uint8)
    cv2.drawContours(ink, edges, -1, 255, int(rng.integers(3, 6)), cv2.LINE_AA)
    return to_glyph(ink)


def _face(rng: np.random.Generator) -> Glyph:
    ink = np.zeros((140, 140), np.uint8)
    thick = int(rng.integers(4, 9))
    cv2.circle(ink, (70, 70), 55, 255, thick, cv2.LINE_AA)
    for x in (50, 90):
        cv2.circle(ink, (x + int(rng.normal(0, 3)), 55), 6, 255, -1, cv2.LINE_AA)
    smile = (28, int(rng.integers(15, 26)))
    cv2.ellipse(ink, (70, 75), smile, 0, 20, 160, 255, thick, cv2.LINE_AA)
    return to_glyph(ink)
