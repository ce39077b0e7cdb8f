"""From the bytes that a person sent to an upright array of pixels, or to an error worth reading.

Everything that is not ours is met here: formats, colour modes, transparency, the camera's
orientation, files that lie about what they are. Limits come first, from the header, so that
neither time nor memory depends on what an image promises.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from model.errors import BrokenImage, EmptyFile, FileTooLarge, NotAnImage, TooManyPixels

MAX_PHOTO_BYTES = 20 * 1024 * 1024
"""Telegram lets a bot download at most 20 MB."""

PHOTO_SUFFIXES = frozenset(
    {
        *(".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"),
        *(".heic", ".heif", ".avif"),
    }
)
"""The endings of file names, in small letters, by which a file counts as a photo."""

MAX_PIXELS = 51_000_000
"""The widest sensors that phones save whole have 50.3 million pixels; decoded, that is 150 MB."""

WORKING_SIDE = 1600
"""Pixels of the longer side that is worked on. Telegram delivers photos with at most 1280."""

MAX_PIXELS_OF = {"WEBP": 16_000_000, "AVIF": 32_000_000}
"""Fewer where the decoder holds the picture several times over: neither's peak is over 400 MiB, by
`python -m tests.bench reading`."""

BAND = 64
"""Rows, after it, of a large picture that are reduced at a time."""

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "AVIF")
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
_OWN_RANGE = ("I", "F")
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPhoto:
    """An upright picture, small enough to work on.

    Attributes:
        pixels: (h, w, 3), uint8, RGB.
        scale: pixels of the upright original per pixel of `pixels`, at least 1.
        whole: the photo that shows this sheet, if this is a sheet seen from above.
        matrix: (3, 3), where a pixel of this one is in it, in homogeneous coordinates.
    """

    pixels: NDArray[np.uint8]
    scale: float
    whole: DecodedPhoto | None = None
    matrix: NDArray[np.float64] | None = None


def decode(data: bytes, side: int = WORKING_SIDE) -> DecodedPhoto:
    """Decode an image file.

    Args:
        data: the whole file, of any of `FORMATS` or HEIC; of several frames, the first counts.
        side: pixels that the longer side is reduced to, if it is longer.

    Raises:
        PhotoError: with one sentence for the person who sent it.
    """
    _check_size(len(data))
    image = _open(data)
    width, height = image.size
    most = MAX_PIXELS_OF.get(image.format or "", MAX_PIXELS)
    if width * height > most:
        raise _too_many(f"{width * height / 1e6:.0f} million", most)
    if width * height == 0:
        raise BrokenImage("Expected an image, received one without a single pixel.")
    try:
        return _upright(image, side)
    except Exception as error:  # what a decoder raises on damaged data is anybody's guess
        raise BrokenImage(
            "Expected a whole image, received one that is cut short or damaged."
        ) from error


def read_file(path: Path) -> bytes:
    """The bytes of an image file; one that is too large is refused unread.

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


def _open(data: bytes) -> Image.Image:
    """Read the header, and no pixels but HEIC's."""
    try:
        # pillow-heif claims AVIF too, which it no longer decodes; Pillow does.
        if data[4:12] != b"ftypavif" and pillow_heif.is_supported(data):
            heic = pillow_heif.open_heif(BytesIO(data), convert_hdr_to_8bit=True)
            if heic.size[0] * heic.size[1] > MAX_PIXELS:
                raise _too_many(f"{heic.size[0] * heic.size[1] / 1e6:.0f} million")
            upright: Image.Image = heic.to_pillow()  # decodes; libheif has turned it upright
            return upright
        return Image.open(BytesIO(data), formats=FORMATS)
    except TooManyPixels:
        raise
    except _BOMBS as error:
        raise _too_many("far more") from error
    except Exception as error:  # as above: openers raise whatever damaged data leads them to
        if isinstance(error, UnidentifiedImageError) and not data.startswith(_SIGNATURES):
            raise NotAnImage(
                "Expected an image, such as JPEG, PNG or HEIC, received some other file."
            ) from error
        raise BrokenImage(
            "Expected a whole image, received one that is cut short or damaged."
        ) from error


def _too_many(received: str, most: int = MAX_PIXELS) -> TooManyPixels:
    return TooManyPixels(
        f"Expected an image of at most {most // 1_000_000} million pixels, received {received}."
    )


def _upright(image: Image.Image, side: int) -> DecodedPhoto:
    """Decode, reduce to `side`, flatten transparency, turn as the camera says."""
    original = max(image.size)
    # JPEG decodes straight to 1/2, 1/4 or 1/8: the smallest that is no smaller than this.
    image.draft("RGB", (image.width * side // original, image.height * side // original))
    image.load()
    turn = _UPRIGHT.get(_orientation(image))
    factor = max(image.size) // side
    if factor > 1:
        image = _reduced(image, factor)
    if turn is not None:
        image = image.transpose(turn)
    pixels = _rgb(image)
    height, width = pixels.shape[:2]
    if max(height, width) > side:
        shrink = side / max(height, width)
        size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return DecodedPhoto(pixels, original / max(pixels.shape[:2]))


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """A picture made smaller by a whole number, band by band.

    At once it would be in memory three times: as it is, in a mode that can be averaged, and with
    its colours multiplied by how opaque they are.
    """
    bands = []
    for top in range(0, image.height, BAND * factor):
        bottom = min(top + BAND * factor, image.height)
        band = image.crop((0, top, image.width, bottom))
        # Of modes with a range of their own, the whole is needed to know it.
        bands.append((band if band.mode in _OWN_RANGE else _eight_bits(band)).reduce(factor))
    size = (bands[0].width, sum(band.height for band in bands))
    whole = Image.new(bands[0].mode, size)
    whole.info = bands[0].info
    for number, band in enumerate(bands):
        whole.paste(band, (0, number * BAND))
    return whole


def _orientation(image: Image.Image) -> int:
    """The camera's orientation, 1–8; 1 where there is none that can be read."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # a damaged tag costs the turn, not the photo
        return 1


def _eight_bits(image: Image.Image) -> Image.Image:
    """Modes of 16 and 32 bits, on their own range, to L; palettes to RGBA; others as they are."""
    if image.mode == "P" or (image.mode == "RGB" and "transparency" in image.info):
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in _OWN_RANGE:
        values = np.nan_to_num(np.asarray(image, np.float32))
        low, high = float(values.min()), float(values.max())
        return Image.fromarray(((values - low) * (255 / max(high - low, 1e-6))).astype(np.uint8))
    return image


def _rgb(image: Image.Image) -> NDArray[np.uint8]:
    """(h, w, 3), uint8, RGB, with what is transparent filled so that the rest stands out."""
    image = _eight_bits(image)
    if not image.has_transparency_data:
        return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))
    image = image.convert("RGBA")
    step = 1 + max(image.size) // WORKING_SIDE
    some = np.asarray(image)[::step, ::step]
    red, green, blue = _behind(some[..., :3], some[..., 3] > 127).round().astype(int).tolist()
    ground = Image.new("RGB", image.size, (red, green, blue))
    ground.paste(image, mask=image)
    return np.asarray(ground)


def _behind(colour: NDArray[np.uint8], seen: NDArray[np.bool_]) -> NDArray[np.float32]:
    """What to put behind a transparent picture, (3,), RGB.

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
