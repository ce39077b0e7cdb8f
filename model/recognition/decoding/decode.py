"""From the bytes that a person sent to an upright array of pixels, or to an error worth reading.

Everything that is not ours is met here: formats, colour modes, transparency, the camera's
orientation, files that lie about what they are. Limits come first, from the header, so that
neither time nor memory depends on what an image promises.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from model.errors import BrokenImage, EmptyFile, FileTooLarge, NotAnImage, PhotoError, TooManyPixels
from model.recognition.decoding.accepted import MAX_PHOTO_BYTES
from model.recognition.decoding.colour_modes import OWN_RANGE, eight_bits, rgb
from model.recognition.decoding.jpeg import END_MARKER, JPEG_SIGNATURE, MAX_SCANS, jpeg_structure
from model.recognition.decoding.pages import go_to_page, page_sizes, stack

MAX_PIXELS = 51_000_000
"""The widest sensors that phones save whole have 50.3 million pixels."""

WORKING_SIDE = 1600
"""Pixels of the longer side that is worked on. Telegram delivers photos with at most 1280."""

MAX_PIXELS_OF = {"WEBP": 16_000_000, "AVIF": 28_000_000, "progressive JPEG": 40_000_000}
"""Limits of formats whose decoder holds the picture several times over. With these limits, decoding
takes at most 256 MB on top of what the process holds, whatever the format."""

LARGE_PIXELS = 8_000_000
"""A picture with more pixels is decoded alone, because it may take those 256 MB. A smaller one
takes at most 130 MB."""

BAND_BYTES = 4_000_000
"""Size of the bands in which a large picture is reduced: small beside the picture, and large
enough that the work for each band does not count."""

PILLOW_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "AVIF")
"""What Pillow may open. HEIC, which is what iPhones save, goes through pillow-heif."""

_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
_ORIENTATION = 0x0112  # the EXIF tag
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_decoding_large = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPhoto:
    """An upright picture, small enough to work on.

    Attributes:
        pixels: (h, w, 3), uint8, RGB.
        scale: pixels of the upright original per pixel of `pixels`, at least 1.
        whole: the picture that this was cut out of; None if this is all of it.
        left, top: where in that picture its upper left corner is, in pixels.
    """

    pixels: NDArray[np.uint8]
    scale: float
    whole: DecodedPhoto | None = None
    left: int = 0
    top: int = 0


def decode(data: bytes, side: int = WORKING_SIDE) -> DecodedPhoto:
    """Decode an image file.

    Args:
        data: the whole file, of any of `FORMATS` or HEIC; of several frames, the first counts. The
            pages of a TIFF file become one picture, from top to bottom.
        side: pixels that the longer side is reduced to, if it is longer.

    Raises:
        PhotoError: with one sentence for the person who sent it.
    """
    _check_size(len(data))
    if data.startswith(JPEG_SIGNATURE):
        scans, ended = jpeg_structure(data)
        if scans > MAX_SCANS:
            raise BrokenImage(
                f"Expected a JPEG image of at most {MAX_SCANS} scans, received one with more."
            )
        if not ended and _is_whole(data, side):
            data += END_MARKER
    return _decode(data, side)


def read_file(path: Path) -> bytes:
    """Return the bytes of an image file; refuse one that is too large without reading it.

    Raises:
        PhotoError: if it is empty or too large.
        OSError: if it cannot be read.
    """
    _check_size(path.stat().st_size)
    return path.read_bytes()


def _check_size(size: int) -> None:
    if size == 0:
        raise EmptyFile("Expected an image, received an empty file.")
    if size > MAX_PHOTO_BYTES:
        raise FileTooLarge(
            f"Expected an image of at most {MAX_PHOTO_BYTES // 2**20} MB, "
            f"received {size / 2**20:.1f} MB."
        )


def _is_whole(data: bytes, side: int) -> bool:
    """Return whether a JPEG that lacks its end marker holds the whole picture.

    A decoder reads beyond the end of the data only if a part of the picture is missing, and what
    it reads there changes the picture.
    """
    try:
        one, other = (_decode(data + tail + END_MARKER, side) for tail in (b"", b"\x55" * 64))
    except BrokenImage:
        return False
    return np.array_equal(one.pixels, other.pixels)


def _decode(data: bytes, side: int) -> DecodedPhoto:
    """Check the limits that depend on the header, then decode."""
    opened = _open(data)
    try:
        sizes = page_sizes(opened) if isinstance(opened, Image.Image) else [opened.size]
        pixels = sum(width * height for width, height in sizes)
        limit = MAX_PIXELS_OF.get(_kind(opened), MAX_PIXELS)
        if pixels > limit:
            raise _too_many(f"{pixels / 1e6:.0f} million", limit)
        if pixels == 0:
            raise BrokenImage("Expected an image, received one without a single pixel.")
        if pixels <= LARGE_PIXELS:
            return _pages_upright(opened, sizes, side)
        with _decoding_large:
            return _pages_upright(opened, sizes, side)
    except (PhotoError, MemoryError):  # the second says something of this machine, not of the file
        raise
    except Exception as error:  # what a decoder raises on damaged data is anybody's guess
        raise _broken() from error


def _open(data: bytes) -> Image.Image | pillow_heif.HeifFile:
    """Read the header, and no pixels."""
    try:
        # pillow-heif claims AVIF and its sequences too, which it no longer decodes; Pillow does.
        if data[4:11] != b"ftypavi" and pillow_heif.is_supported(data):
            return pillow_heif.open_heif(BytesIO(data), convert_hdr_to_8bit=True)
        return Image.open(BytesIO(data), formats=PILLOW_FORMATS)
    except _BOMBS as error:
        raise _too_many("far more", MAX_PIXELS) from error
    except Exception as error:  # as above: openers raise whatever damaged data leads them to
        if isinstance(error, UnidentifiedImageError) and not data.startswith(_SIGNATURES):
            raise NotAnImage(
                "Expected an image, such as JPEG, PNG or HEIC, received some other file."
            ) from error
        raise _broken() from error


def _kind(opened: Image.Image | pillow_heif.HeifFile) -> str:
    """Return the format, as `MAX_PIXELS_OF` names it."""
    if isinstance(opened, pillow_heif.HeifFile):
        return "HEIC"
    if opened.format == "JPEG" and opened.info.get("progressive"):
        return "progressive JPEG"
    return opened.format or ""


def _broken() -> BrokenImage:
    return BrokenImage("Expected a whole image, received one that is cut short or damaged.")


def _too_many(received: str, limit: int) -> TooManyPixels:
    return TooManyPixels(
        f"Expected an image of at most {limit // 1_000_000} million pixels, received {received}."
    )


def _pages_upright(
    opened: Image.Image | pillow_heif.HeifFile, sizes: Sequence[tuple[int, int]], side: int
) -> DecodedPhoto:
    """Decode a picture, or the pages of a file to one picture, reduced to `side`."""
    if not isinstance(opened, Image.Image) or len(sizes) == 1:
        return _upright(opened, side)
    # All pages are reduced alike, as parts of one picture.
    whole = max(*(width for width, _ in sizes), sum(height for _, height in sizes))
    pages = []
    for number, size in enumerate(sizes):
        go_to_page(opened, number)
        pages.append(_upright(opened, max(1, max(size) * side // max(whole, side))).pixels)
    pixels = stack(pages)
    return DecodedPhoto(pixels, max(1.0, whole / max(pixels.shape[:2])))


def _upright(opened: Image.Image | pillow_heif.HeifFile, side: int) -> DecodedPhoto:
    """Decode, reduce to `side`, flatten transparency, turn as the camera says."""
    original = max(opened.size)
    image = _heic(opened, side) if isinstance(opened, pillow_heif.HeifFile) else opened
    # JPEG decodes straight to 1/2, 1/4 or 1/8: the smallest that is no smaller than this.
    image.draft("RGB", (image.width * side // original, image.height * side // original))
    image.load()
    turn = _UPRIGHT.get(_orientation(image))
    factor = max(image.size) // side
    if factor > 1:
        image = _reduced(_crop(image), image.size, factor)
    if turn is not None:
        image = image.transpose(turn)
    pixels = rgb(image)
    height, width = pixels.shape[:2]
    if max(height, width) > side:
        shrink = side / max(height, width)
        size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return DecodedPhoto(pixels, original / max(pixels.shape[:2]))


def _crop(image: Image.Image) -> Callable[[int, int], Image.Image]:
    return lambda top, bottom: image.crop((0, top, image.width, bottom))


def _heic(opened: pillow_heif.HeifFile, side: int) -> Image.Image:
    """Decode HEIC, which libheif turns upright by itself."""
    width, height = opened.size
    factor = max(width, height) // side
    if factor <= 1:
        whole: Image.Image = opened.to_pillow()
        return whole
    # Bands of what libheif holds, because a Pillow image would be a copy of the whole.
    pixels = np.asarray(opened)[:, :width]
    return _reduced(lambda top, low: Image.fromarray(pixels[top:low]), (width, height), factor)


def _reduced(
    band_at: Callable[[int, int], Image.Image], size: tuple[int, int], factor: int
) -> Image.Image:
    """Make a picture smaller by a whole number, band by band.

    At once, it would be in memory three times: as it is, in a mode that can be averaged, and with
    its colours multiplied by how opaque they are.

    Args:
        band_at: returns the rows from the first number up to the second.
        size: width and height of the picture.
        factor: pixels that become one, in each direction.
    """
    width, height = size
    # At most 4 bytes a pixel; each band is a whole number of rows of the result.
    rows = max(1, BAND_BYTES // (4 * width * factor))
    bands = []
    for top in range(0, height, rows * factor):
        band = band_at(top, min(top + rows * factor, height))
        # Of modes with a range of their own, the whole is needed to know it.
        bands.append((band if band.mode in OWN_RANGE else eight_bits(band)).reduce(factor))
    whole = Image.new(bands[0].mode, (bands[0].width, sum(band.height for band in bands)))
    whole.info = bands[0].info
    for number, band in enumerate(bands):
        whole.paste(band, (0, number * rows))
    return whole


def _orientation(image: Image.Image) -> int:
    """Return the camera's orientation, 1 to 8; 1 where none can be read."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # a damaged tag costs the turn, not the photo
        return 1
