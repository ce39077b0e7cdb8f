"""Real MNIST test images written out as photos of the kinds that people send."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.types import Glyph

PAPER = 236
"""The grey of paper."""

INK = 40
"""The grey of ink."""


def sheet(glyph: Glyph, scale: int = 10, margin: int = 60) -> NDArray[np.uint8]:
    """Draw a glyph in dark ink on white paper: (h, w), uint8, with margins on all sides."""
    size = 28 * scale
    ink = cv2.resize(glyph, (size, size), interpolation=cv2.INTER_CUBIC).astype(np.float32) / 255
    ink = np.pad(ink, margin)
    return np.asarray(PAPER + (INK - PAPER) * ink.clip(0, 1), np.uint8)


def png(pixels: NDArray[np.uint8], orientation: int = 1) -> bytes:
    """Encode pixels as PNG."""
    file, exif = BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(file, "PNG", exif=exif.tobytes())
    return file.getvalue()


def jpeg(pixels: NDArray[np.uint8]) -> bytes:
    """Encode pixels as JPEG, in the quality that chat programs send."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=80)
    return file.getvalue()


def transparent(glyph: Glyph, ink: int) -> bytes:
    """Encode strokes on a transparent ground as PNG."""
    drawn = np.full((*glyph.shape, 4), ink, np.uint8)
    drawn[..., 3] = glyph
    return png(np.asarray(cv2.resize(drawn, (280, 280), interpolation=cv2.INTER_CUBIC), np.uint8))


def shaded(glyph: Glyph) -> bytes:
    """Make a photo that is darker on the right."""
    page = sheet(glyph).astype(np.float32)
    light = np.linspace(1, 0.6, page.shape[1], dtype=np.float32)
    return jpeg(np.asarray(page * light, np.uint8))


def off_centre(glyph: Glyph) -> bytes:
    """Make a photo with a digit in the upper left of a large sheet."""
    page = np.full((1200, 1600), PAPER, np.uint8)
    digit = sheet(glyph, scale=8, margin=0)
    page[90 : 90 + digit.shape[0], 130 : 130 + digit.shape[1]] = digit
    return jpeg(page)


PHOTOGRAPHS: dict[str, Callable[[Glyph], bytes]] = {
    "on paper-white": lambda glyph: jpeg(sheet(glyph)),
    "inverted": lambda glyph: png(np.asarray(255 - sheet(glyph), np.uint8)),
    "large": lambda glyph: jpeg(sheet(glyph, scale=80, margin=400)),
    "off-centre": off_centre,
    "rotated, as EXIF says": lambda glyph: png(np.rot90(sheet(glyph)).copy(), orientation=6),
    "dark on nothing": lambda glyph: transparent(glyph, 0),
    "white on nothing": lambda glyph: transparent(glyph, 255),
    "in the shade": shaded,
    "as it is": png,
}
