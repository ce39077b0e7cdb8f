"""Where what is read stands: on a sheet seen from above, on a page turned, in the photo as sent."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.recognition.decoding import DecodedPhoto
from model.types import Box
from model.vision.perspective import flattened
from model.vision.pipeline import Segmentation

CAMERAS = (4 / 3, 16 / 9)
"""Width by height of the sensors of cameras lying on their side. Only such a photo is turned to
read one or two digits; crops and drawings have been seen by somebody."""

CAMERA_SIDE = 640
"""Pixels of the longer side of a photo from a camera, at least."""


def from_above(photo: DecodedPhoto) -> DecodedPhoto | None:
    """The sheet that a photo shows, seen from above; None if it does not clearly show one."""
    flat = flattened(photo.pixels)
    return flat and DecodedPhoto(flat.pixels, photo.scale, photo, flat.matrix)


def original_box(box: Box, page: Segmentation, photo: DecodedPhoto) -> Box:
    """A box on a page that may be turned, in the pixels of the photo as it was sent."""
    height, width = page.plane.shape
    x, y, w, h = box
    match page.turn:
        case 1:
            x, y, w, h = height - y - h, x, h, w
        case 2:
            x, y = width - x - w, height - y - h
        case 3:
            x, y, w, h = y, width - x - w, h, w
    where = corners(Box(x, y, w, h))
    if photo.matrix is not None:
        where = placed(where, photo.matrix)
    low = where.min(axis=0) * photo.scale
    size = where.max(axis=0) * photo.scale - low
    return Box(*np.rint(np.concatenate([low, size])).astype(int).tolist())


def corners(box: Box) -> NDArray[np.float64]:
    """The corners of a box, (4, 2), x and y, clockwise."""
    x, y, width, height = box
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float64)


def placed(points: NDArray[np.float64], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where points (n, 2), x and y, land under a (3, 3) matrix."""
    return np.asarray(cv2.perspectiveTransform(points[None], matrix)[0], np.float64)


def held_upright(photo: DecodedPhoto) -> bool:
    """Whether this may be a whole photo from a camera that was held upright but not noted so."""
    height, width = (photo.whole or photo).pixels.shape[:2]
    return width >= CAMERA_SIDE and any(
        abs(width / height - shape) < 0.01 * shape for shape in CAMERAS
    )
