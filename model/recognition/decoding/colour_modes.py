"""Pictures of every colour mode become RGB of 8 bits, transparent ones with a background."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

OWN_RANGE = ("I", "F")
"""Modes of 32 bits, whose values have a range of their own in each picture."""

OPAQUE = 255
"""Of an alpha channel."""

SAMPLED_SIDE = 1600
"""Pixels of the longer side that are looked at to choose a background; larger pictures are
sampled."""


def eight_bits(image: Image.Image) -> Image.Image:
    """Convert a picture to a mode of 8 bits for each channel that can be averaged.

    Modes of 32 bits are stretched from their lowest to their highest value, so such a picture has
    to be converted as a whole. Palettes become RGBA.
    """
    if image.mode == "P" or (image.mode == "RGB" and "transparency" in image.info):
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in OWN_RANGE:
        values = np.nan_to_num(np.asarray(image, np.float32))
        low, high = float(values.min()), float(values.max())
        return Image.fromarray(((values - low) * (255 / max(high - low, 1e-6))).astype(np.uint8))
    return image


def rgb(image: Image.Image) -> NDArray[np.uint8]:
    """Return a picture as RGB, (h, w, 3), uint8, with a background where it is transparent.

    The background is chosen so that the rest stands out.
    """
    image = eight_bits(image)
    if not image.has_transparency_data:
        return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))
    image = image.convert("RGBA")
    if image.getchannel("A").getextrema() == (OPAQUE, OPAQUE):
        return np.asarray(image.convert("RGB"))
    step = 1 + max(image.size) // SAMPLED_SIDE
    some = np.asarray(image)[::step, ::step]
    red, green, blue = _behind(some[..., :3], some[..., 3] > 127).round().astype(int).tolist()
    ground = Image.new("RGB", image.size, (red, green, blue))
    ground.paste(image, mask=image)
    return np.asarray(ground)


def _behind(colour: NDArray[np.uint8], seen: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the colour to put behind a transparent picture, (3,), RGB.

    Strokes drawn on nothing get the opposite of their brightness. A picture of its own, with
    paper and ink, whose edge is transparent gets more of its paper.
    """
    if not seen.any():
        return np.full(3, 255, np.float32)
    shown = colour[seen]
    brightness = shown.mean(axis=1)
    if seen.mean() > 0.5 and brightness.std() > 20:
        return np.asarray(np.median(shown, axis=0), np.float32)
    return np.full(3, 0 if brightness.mean() > 127 else 255, np.float32)
