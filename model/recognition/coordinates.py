"""Where what is read stands: on a turned plane, in the picture worked on, in the photo as sent."""

from __future__ import annotations

from model.recognition.decoding.decode import DecodedPhoto
from model.types import Box
from model.vision.segmentation import Segmentation

CAMERA_ASPECTS = (4 / 3, 16 / 9)
"""Width by height of the sensors of cameras lying on their side. Only such a photo is turned to
read one or two digits: crops and drawings have been seen upright by a person."""

MAX_ASPECT_ERROR = 0.01
"""Deviation from such an aspect, as a share of it."""

MIN_CAMERA_SIDE = 640
"""Pixels of the longer side of a photo from a camera, at least."""


def original_box(box: Box, segmentation: Segmentation, picture: DecodedPhoto) -> Box:
    """Return where a box on a plane that may be turned stands in the photo as it was sent."""
    height, width = segmentation.plane.shape
    x, y, w, h = box
    match segmentation.quarter_turns:
        case 1:
            x, y, w, h = height - y - h, x, h, w
        case 2:
            x, y = width - x - w, height - y - h
        case 3:
            x, y, w, h = y, width - x - w, h, w
    x, y = x + picture.left, y + picture.top
    return Box(*(round(value * picture.scale) for value in (x, y, w, h)))


def may_lie_on_its_side(picture: DecodedPhoto) -> bool:
    """Judge whether this may be a photo from a camera that was held upright but not noted so."""
    height, width = picture.pixels.shape[:2]
    return width >= MIN_CAMERA_SIDE and any(
        abs(width / height - aspect) < MAX_ASPECT_ERROR * aspect for aspect in CAMERA_ASPECTS
    )
