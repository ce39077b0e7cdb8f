"""Photos become JPEGs of several sizes; files stay as they are."""

from __future__ import annotations

import io

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from bot.local.api.errors import ApiError
from bot.local.api.files import FileStore, photo_sizes


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def largest(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(photo_sizes(data)[-1].data))


@pytest.mark.parametrize(
    ("size", "edges"),
    [
        ((4000, 3000), [90, 320, 800, 1280]),
        ((1280, 960), [90, 320, 800, 1280]),
        ((1000, 500), [90, 320, 800, 1000]),
        ((28, 28), [28]),
        ((90, 40), [90]),
    ],
)
def test_a_photo_comes_in_several_sizes(size: tuple[int, int], edges: list[int]) -> None:
    sizes = photo_sizes(encoded(Image.new("RGB", size, "white")))
    assert [max(picture.width, picture.height) for picture in sizes] == edges
    for picture in sizes:
        image = Image.open(io.BytesIO(picture.data))
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert image.size == (picture.width, picture.height)


def test_a_photo_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° to see it
    data = encoded(Image.new("RGB", (200, 100)), "JPEG", exif=exif.tobytes())
    upright = largest(data)
    assert upright.size == (100, 200)
    assert 0x0112 not in upright.getexif()


def test_what_is_transparent_lies_on_white() -> None:
    clear = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    assert largest(encoded(clear)).getpixel((25, 25)) == (255, 255, 255)
    palette = Image.new("P", (50, 50), 0)
    assert largest(encoded(palette, transparency=0)).getpixel((25, 25)) == (255, 255, 255)


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    grey = Image.fromarray(np.full((40, 40), 32_768, np.uint16))
    value = largest(encoded(grey)).getpixel((20, 20))
    assert isinstance(value, tuple)
    assert abs(value[0] - 128) <= 2


def test_pictures_from_an_iphone_are_read() -> None:
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "white")).save(out)
    assert largest(out.getvalue()).size == (64, 48)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "file must be non-empty"),
        (b"%PDF-1.7", "IMAGE_PROCESS_FAILED"),
        (encoded(Image.new("RGB", (300, 300)))[:120], "IMAGE_PROCESS_FAILED"),
        (encoded(Image.new("1", (420, 20))), "PHOTO_INVALID_DIMENSIONS"),
    ],
)
def test_what_is_no_photo_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ApiError) as refusal:
        photo_sizes(data)
    assert refusal.value.description == f"Bad Request: {reason}"


def test_a_bots_photo_has_narrower_limits_than_a_persons() -> None:
    wide = encoded(Image.new("1", (9_000, 2_000)))
    assert photo_sizes(wide)[-1].width == 1280
    with pytest.raises(ApiError, match="PHOTO_INVALID_DIMENSIONS"):
        photo_sizes(wide, by_bot=True)
    with pytest.raises(ApiError, match="Request Entity Too Large"):
        photo_sizes(bytes(10 * 2**20 + 1), by_bot=True)


def test_a_file_keeps_its_name_and_says_its_kind() -> None:
    store = FileStore()
    document = store.keep_document("C:\\photos\\seven.PNG", b"data")
    assert (document.file_name, document.mime_type) == ("seven.PNG", "image/png")
    assert document.file_size == 4
    stored = store.by_id(document.file_id)
    assert stored is not None
    assert store.by_path(stored.path) is stored
    with pytest.raises(ApiError, match="can't use file of type Document as Photo"):
        store.photo(document.file_id)


def test_what_a_bot_draws_stays_as_it_was_drawn() -> None:
    drawn = encoded(Image.new("RGB", (800, 492), "white"), "PNG")

    assert photo_sizes(drawn, by_bot=True)[-1].data == drawn
    assert [size.mime_type for size in photo_sizes(drawn)] == ["image/jpeg"] * 3


def test_the_oldest_files_go_when_memory_is_full_but_for_those_that_are_spared() -> None:
    store = FileStore(max_bytes=8)
    first, second, third = (store.keep_document(f"{n}.bin", b"data") for n in range(3))
    assert store.is_full

    store.drop_oldest(spared={first.file_id})

    kept = [store.by_id(file.file_id) is not None for file in (first, second, third)]
    assert kept == [True, False, True]
    assert not store.is_full
