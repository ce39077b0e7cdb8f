"""Image files as nobody saves them: whole ones of each format, damaged in a few places."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import pillow_heif
from hypothesis import strategies as st
from PIL import Image

from model.datasets import mnist
from tests.model.photo_variants import sheet

MAX_DAMAGES = 6
"""Places of one file that are damaged; with more, hardly one gets past its header."""

ODD_BYTES = (
    *(b"\x00", b"\xff", b"\x7f", b"\x80", b"\x00\x00", b"\xff\xff", b"\x7f\xff", b"\xff\x7f"),
    *(b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f"),
    *(b"\x00\x00\x00\x01", b"\x01\x00\x00\x00", b"\xff\xda\x00\x08", b"\xff\xd9"),
)
"""What length, size and offset fields do not expect, and markers of JPEG."""

SAVED_AS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "JPEG": ("JPEG", "RGB", {}),
    "JPEG, progressive": ("JPEG", "RGB", {"progressive": True}),
    "JPEG, grey": ("JPEG", "L", {}),
    "JPEG, CMYK": ("JPEG", "CMYK", {}),
    "PNG": ("PNG", "RGB", {}),
    "PNG, transparent": ("PNG", "RGBA", {}),
    "PNG, palette": ("PNG", "P", {}),
    "PNG, 16 bits": ("PNG", "I;16", {}),
    "PNG, black and white": ("PNG", "1", {}),
    "GIF": ("GIF", "P", {}),
    "GIF, frames": ("GIF", "P", {"save_all": True}),
    "BMP": ("BMP", "RGB", {}),
    "BMP, palette": ("BMP", "P", {}),
    "TIFF": ("TIFF", "RGB", {}),
    "TIFF, pages": ("TIFF", "L", {"save_all": True, "compression": "tiff_lzw"}),
    "TIFF, fax": ("TIFF", "1", {"compression": "group4"}),
    "TIFF, float": ("TIFF", "F", {}),
    "TIFF, JPEG": ("TIFF", "RGB", {"compression": "jpeg"}),
    "WebP": ("WEBP", "RGB", {}),
    "WebP, lossless": ("WEBP", "RGBA", {"lossless": True}),
    "WebP, frames": ("WEBP", "RGB", {"save_all": True}),
    "AVIF": ("AVIF", "RGB", {}),
    "AVIF, frames": ("AVIF", "RGB", {"save_all": True, "max_threads": 1}),
    "HEIC": ("HEIF", "RGB", {}),
    "HEIC, transparent": ("HEIF", "RGBA", {}),
}
"""Pillow's format, mode and options, of each kind of file that we accept."""


@cache
def whole_file(kind: str) -> bytes:
    """Save a sheet with one digit as a kind of file of `SAVED_AS`."""
    form, mode, options = SAVED_AS[kind]
    picture = Image.fromarray(sheet(mnist.test_set().glyphs[0], scale=3, margin=20))
    frame = picture.convert(mode)
    if "save_all" in options:
        options = options | {"append_images": [picture.rotate(90).convert(mode)]}
    exif = Image.Exif()
    exif[0x0112] = 6
    if form not in ("GIF", "BMP") and "save_all" not in options:
        options = options | {"exif": exif}
    pillow_heif.register_heif_opener()  # it saves too
    file = BytesIO()
    frame.save(file, form, **options)
    return file.getvalue()


@st.composite
def damaged_files(draw: st.DrawFn) -> bytes:
    """Take a whole file, and damage it in up to `MAX_DAMAGES` places."""
    kind = draw(st.sampled_from(sorted(SAVED_AS)))
    data = bytearray(whole_file(kind))
    for _ in range(draw(st.integers(0, MAX_DAMAGES))):
        damage = draw(st.sampled_from(DAMAGES))
        # Headers, where most of what a decoder believes is written, are hit more often.
        end = draw(st.sampled_from((64, 1024, len(data))))
        place = draw(st.integers(0, max(0, min(end, len(data)) - 1)))
        damage(draw, data, place)
    return bytes(data)


def _overwrite(draw: st.DrawFn, data: bytearray, place: int) -> None:
    odd = draw(st.sampled_from(ODD_BYTES) | st.binary(min_size=1, max_size=4))
    data[place : place + len(odd)] = odd


def _flip(draw: st.DrawFn, data: bytearray, place: int) -> None:
    data[place : place + 1] = bytes(
        byte ^ (1 << draw(st.integers(0, 7))) for byte in data[place : place + 1]
    )


def _insert(draw: st.DrawFn, data: bytearray, place: int) -> None:
    data[place:place] = draw(st.sampled_from(ODD_BYTES) | st.binary(max_size=16))


def _cut_out(draw: st.DrawFn, data: bytearray, place: int) -> None:
    del data[place : place + draw(st.integers(1, 64))]


def _cut_short(draw: st.DrawFn, data: bytearray, place: int) -> None:
    del data[place:]


def _repeat(draw: st.DrawFn, data: bytearray, place: int) -> None:
    data[place:place] = data[place : place + 64] * draw(st.integers(1, 50))


def _continue_as_another(draw: st.DrawFn, data: bytearray, place: int) -> None:
    data[place:] = whole_file(draw(st.sampled_from(sorted(SAVED_AS))))[place:]


DAMAGES: tuple[Callable[[st.DrawFn, bytearray, int], None], ...] = (
    _overwrite,
    _flip,
    _insert,
    _cut_out,
    _cut_short,
    _repeat,
    _continue_as_another,
)


MAX_SIDES = (40, 120, 240, 240, 480, 480, 1600)
"""Pixels of the longest side, each as often: small pictures are read ten times as fast as large
ones, and have the same branches to go wrong in."""


@st.composite
def odd_pictures(draw: st.DrawFn) -> bytes:
    """Make whole pictures of odd sizes and contents: noise, stripes, dots, words, many digits."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sides = st.sampled_from(MAX_SIDES).flatmap(lambda most: st.integers(1, most))
    wide, high = draw(sides), draw(sides)
    paper, ink = draw(st.integers(0, 255)), draw(st.integers(0, 255))
    pixels = np.full((high, wide), paper, np.uint8)
    for _ in range(draw(st.integers(0, 4))):
        draw(st.sampled_from(CONTENTS))(random, pixels, ink)
    file = BytesIO()
    form = draw(st.sampled_from(("JPEG", "PNG", "WEBP")))
    Image.fromarray(pixels).save(file, form, **({"compress_level": 1} if form == "PNG" else {}))
    return file.getvalue()


Pixels = np.ndarray[tuple[int, int], np.dtype[np.uint8]]


def _noise(random: np.random.Generator, pixels: Pixels, ink: int) -> None:
    strength = random.uniform(0, 120)
    noisy = pixels + random.normal(0, strength, pixels.shape)
    pixels[:] = noisy.clip(0, 255).astype(np.uint8)


def _dots(random: np.random.Generator, pixels: Pixels, ink: int) -> None:
    side = int(random.integers(1, 24))
    grid = random.random((pixels.shape[0] // side + 1, pixels.shape[1] // side + 1))
    dots = np.kron(grid < random.uniform(0.001, 0.5), np.ones((side, side), bool))
    pixels[dots[: pixels.shape[0], : pixels.shape[1]]] = ink


def _stripes(random: np.random.Generator, pixels: Pixels, ink: int) -> None:
    gap = int(random.integers(2, 80))
    pixels[::gap] = ink
    if random.random() < 0.5:
        pixels[:, ::gap] = ink


def _digits(random: np.random.Generator, pixels: Pixels, ink: int) -> None:
    glyphs = mnist.test_set().glyphs
    scale = int(random.integers(1, 5))
    step = 28 * scale + int(random.integers(0, 20))
    room = [range(0, size - 28 * scale, step) for size in pixels.shape]
    for top in room[0]:
        for left in room[1]:
            glyph = glyphs[random.integers(len(glyphs))].repeat(scale, 0).repeat(scale, 1)
            part = pixels[top : top + 28 * scale, left : left + 28 * scale]
            part[glyph > 127] = ink


def _light(random: np.random.Generator, pixels: Pixels, ink: int) -> None:
    light = np.linspace(random.uniform(0, 1), random.uniform(0, 1), pixels.shape[1])
    pixels[:] = (pixels * light).astype(np.uint8)


CONTENTS: tuple[Callable[[np.random.Generator, Pixels, int], None], ...] = (
    _noise,
    _dots,
    _stripes,
    _digits,
    _light,
)
