"""Bytes become an upright array, or an error that says what was expected."""

from __future__ import annotations

import subprocess
import sys
import time
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from model.errors import BrokenImage, EmptyFile, FileTooLarge, NotAnImage, PhotoError, TooManyPixels
from model.recognition.decoding.accepted import MAX_PHOTO_BYTES
from model.recognition.decoding.decode import WORKING_SIDE, decode, read_file

ROOT = Path(__file__).parents[4]


def page(width: int = 120, height: int = 90) -> NDArray[np.uint8]:
    """Light paper with a dark block in the upper left: upright is easy to tell."""
    pixels = np.full((height, width, 3), 230, np.uint8)
    pixels[height // 10 : height // 3, width // 10 : width // 4] = 30
    return pixels


def saved(pixels: NDArray[Any], kind: str = "PNG", **options: Any) -> bytes:
    """An image file with these pixels."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "AVIF"])
def test_decodes_what_people_send(kind: str) -> None:
    photo = decode(saved(page(), kind))
    assert photo.pixels.shape == (90, 120, 3)
    assert photo.scale == 1
    assert np.abs(photo.pixels.astype(int) - page()).mean() < 4


def test_decodes_heic() -> None:
    file = BytesIO()
    pillow_heif.from_pillow(Image.fromarray(page())).save(file, quality=90)
    photo = decode(file.getvalue())
    assert photo.pixels.shape == (90, 120, 3)
    assert np.abs(photo.pixels.astype(int) - page()).mean() < 4


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "CMYK", "I", "F"])
def test_decodes_every_colour_mode(mode: str) -> None:
    file = BytesIO()
    Image.fromarray(page()).convert("L").convert(mode, dither=Image.Dither.NONE).save(
        file, "TIFF" if mode in ("F", "I", "CMYK") else "PNG"
    )
    pixels = decode(file.getvalue()).pixels
    assert pixels[20, 20].max() < 40
    assert pixels[60, 60].min() > 215


def test_decodes_sixteen_bits() -> None:
    grey = page()[..., 0].astype(np.uint16) * 257
    assert np.array_equal(decode(saved(grey)).pixels, page())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turns_the_photo_as_the_camera_says(orientation: int) -> None:
    upright = page()
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: np.rot90(upright[::-1], 1),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(np.ascontiguousarray(stored), exif=exif.tobytes())
    assert np.array_equal(decode(data).pixels, upright)


@pytest.mark.parametrize(("ink", "paper"), [((0, 0, 0), 255), ((255, 255, 255), 0)])
def test_strokes_on_nothing_stand_out(ink: tuple[int, int, int], paper: int) -> None:
    rgba = np.zeros((50, 50, 4), np.uint8)
    rgba[10:40, 20:26] = (*ink, 255)
    pixels = decode(saved(rgba)).pixels
    assert tuple(pixels[20, 22]) == ink
    assert tuple(pixels[0, 0]) == (paper, paper, paper)


def test_a_transparent_edge_of_a_page_becomes_paper() -> None:
    rgba = np.full((60, 61, 4), 255, np.uint8)
    rgba[10:40, 20:30, :3] = 0
    rgba[:, 60, 3] = 0
    assert decode(saved(rgba)).pixels[:, 60].min() == 255


def test_a_fully_transparent_picture_is_empty() -> None:
    assert decode(saved(np.zeros((20, 20, 4), np.uint8))).pixels.min() == 255


def test_the_first_frame_of_several_counts() -> None:
    frames = [Image.fromarray(page()), Image.fromarray(255 - page())]
    file = BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    assert decode(file.getvalue()).pixels[60, 60].min() > 200


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_large_images_are_reduced_and_say_by_how_much(kind: str) -> None:
    photo = decode(saved(page(4800, 3600), kind))
    assert max(photo.pixels.shape) == WORKING_SIDE
    assert photo.scale == pytest.approx(3)
    assert photo.pixels[300, 300].max() < 60
    assert photo.pixels[1000, 1000].min() > 200


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "I;16", "F"])
def test_large_images_are_reduced_in_every_mode(mode: str) -> None:
    shade = np.linspace(0, 255, 1700).astype(np.uint8)  # no whole number of bands
    picture = Image.fromarray(np.repeat(shade[:, None], 900, axis=1))
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
    else:
        picture = picture.convert(mode)
    file = BytesIO()
    picture.save(file, "TIFF" if mode == "F" else "PNG")

    photo = decode(file.getvalue(), side=400)

    assert photo.pixels.shape == (400, 212, 3)
    down = photo.pixels[:, 100].astype(int)
    assert (np.diff(down, axis=0) >= 0).all()
    assert np.abs(down[:, 0] - np.linspace(0, 255, 400)).max() < 4


def test_a_decoder_that_takes_more_memory_gets_fewer_pixels() -> None:
    file = BytesIO()
    Image.new("RGB", (4100, 4100)).save(file, "WEBP", method=0)

    with pytest.raises(TooManyPixels, match="at most 16 million"):
        decode(file.getvalue())


def test_an_empty_file() -> None:
    with pytest.raises(EmptyFile, match="Expected an image"):
        decode(b"")


def test_a_file_that_is_too_large() -> None:
    with pytest.raises(FileTooLarge, match="at most 20 MB"):
        decode(b"x" * (MAX_PHOTO_BYTES + 1))


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP"])
@pytest.mark.parametrize("side", [9000, 14000, 50000])
def test_too_many_pixels_are_refused_from_the_header(kind: str, side: int) -> None:
    file = BytesIO()
    Image.new("1", (side, 7)).save(file, kind)
    data = bytearray(file.getvalue())
    at, order, size = {"PNG": (20, "big", 4), "GIF": (8, "little", 2), "BMP": (22, "little", 4)}[
        kind
    ]
    data[at : at + size] = side.to_bytes(size, order)  # type: ignore[arg-type]
    if kind == "PNG":
        data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    with pytest.raises(TooManyPixels, match="million pixels"):
        decode(bytes(data))


@pytest.mark.parametrize("data", [b"%PDF-1.7 hello", b"hello", b"\x00" * 100, b"<svg></svg>"])
def test_other_files_are_not_images(data: bytes) -> None:
    with pytest.raises(NotAnImage, match="other file"):
        decode(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "HEIF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
def test_images_that_are_cut_short_are_broken(kind: str, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (90, 120, 3), np.uint8)
    if kind == "HEIF":
        file = BytesIO()
        pillow_heif.from_pillow(Image.fromarray(noise)).save(file)
        data = file.getvalue()
    else:
        data = saved(noise, kind)
    with pytest.raises(BrokenImage, match="cut short or damaged"):
        decode(data[: max(16, int(len(data) * share))])


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_may_lack_its_end_marker_and_nothing_else(progressive: bool) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (90, 120, 3), np.uint8)
    data = saved(noise, "JPEG", progressive=progressive)
    assert np.array_equal(decode(data[:-2]).pixels, decode(data).pixels)
    with pytest.raises(BrokenImage, match="cut short"):
        decode(data[:-12])


def test_an_image_sequence_shows_its_first_picture() -> None:
    frames = [Image.fromarray(page()), Image.fromarray(255 - page())]
    file = BytesIO()
    frames[0].save(file, "AVIF", save_all=True, append_images=frames[1:])
    assert file.getvalue()[4:12] == b"ftypavis"
    assert decode(file.getvalue()).pixels[60, 60].min() > 200


EMPTY_SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00"
"""Of the coefficients 1 to 63 of the first component, without data."""


def test_a_jpeg_with_many_scans_is_refused_at_once() -> None:
    data = saved(page(4800, 3600), "JPEG", progressive=True)
    started = time.process_time()
    with pytest.raises(BrokenImage, match="at most 100 scans"):
        decode(data[:-2] + EMPTY_SCAN * 100_000 + data[-2:])
    assert time.process_time() - started < 1


def test_scans_are_counted_by_structure_and_not_by_bytes() -> None:
    # A phone's motion photo: what follows the picture is a film, in which any bytes may occur.
    assert decode(saved(page(), "JPEG") + EMPTY_SCAN * 200).pixels.shape == (90, 120, 3)
    film = saved(page(), "JPEG", comment=EMPTY_SCAN * 200)
    assert decode(film).pixels.shape == (90, 120, 3)


PEAK = """
import resource, sys
from concurrent.futures import ThreadPoolExecutor
from model.errors import PhotoError
from model.recognition.decoding.decode import decode

def decoded(path):
    with open(path, "rb") as file:
        try:
            decode(file.read())
        except PhotoError:
            pass

unit = 1 if sys.platform == "darwin" else 1024
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
with ThreadPoolExecutor(2) as threads:
    list(threads.map(decoded, sys.argv[1:]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit - before)
"""


def peak_bytes(*files: bytes, folder: Path) -> int:
    """Return how much memory a process takes to decode these files, two at a time."""
    paths = [folder / str(number) for number in range(len(files))]
    for path, file in zip(paths, files, strict=True):
        path.write_bytes(file)
    command = [sys.executable, "-c", PEAK, *map(str, paths)]
    return int(subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout)


def drawn(mode: str, size: tuple[int, int], kind: str, **options: Any) -> bytes:
    """A file of one shade, which is small however many pixels it has."""
    file = BytesIO()
    Image.new(mode, size).save(file, kind, **options)
    return file.getvalue()


MAX_DECODING_BYTES = 256_000_000


@pytest.mark.parametrize(
    ("mode", "size", "kind", "options"),
    [
        ("RGBA", (50_000, 1_000), "PNG", {"compress_level": 1}),
        ("RGB", (7_140, 7_000), "PNG", {"compress_level": 1}),
        ("RGB", (7_000, 7_000), "JPEG", {"progressive": True, "subsampling": 0}),
        pytest.param(
            *("RGB", (7_000, 5_700), "JPEG", {"progressive": True, "subsampling": 0}),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_no_small_file_takes_much_memory(
    mode: str, size: tuple[int, int], kind: str, options: dict[str, Any], tmp_path: Path
) -> None:
    file = drawn(mode, size, kind, **options)
    assert peak_bytes(file, folder=tmp_path) < MAX_DECODING_BYTES


@pytest.mark.slow
def test_two_large_pictures_are_decoded_one_after_the_other(tmp_path: Path) -> None:
    file = drawn("RGB", (7_140, 7_000), "PNG", compress_level=1)
    # Each takes 225 MB, which is given back before the next.
    assert peak_bytes(file, file, folder=tmp_path) < MAX_DECODING_BYTES


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_orientation_costs_the_turn_and_not_the_photo() -> None:
    data = saved(page(), "JPEG", exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\xff")
    assert decode(data).pixels.shape == (90, 120, 3)


def test_a_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(MAX_PHOTO_BYTES + 1)
    with pytest.raises(FileTooLarge):
        read_file(path)


SEEDS = [
    saved(page(16, 16), kind) for kind in ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "AVIF")
]


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(SEEDS), st.data())
def test_damaged_files_are_read_or_refused(seed: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(seed) - 1))
    damaged = (
        seed[:at] + data.draw(st.binary(max_size=8)) + seed[at + data.draw(st.integers(0, 8)) :]
    )
    try:
        assert decode(damaged).pixels.dtype == np.uint8
    except PhotoError as error:
        assert str(error).startswith("Expected")


@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(PhotoError):
        decode(data)
