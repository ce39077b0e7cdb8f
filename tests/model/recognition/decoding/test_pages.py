"""The pages of a TIFF file become one picture."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from model.errors import BrokenImage, TooManyPages, TooManyPixels
from model.recognition.decoding.decode import WORKING_SIDE, decode

WHITE = Image.new("RGB", (120, 90), (230, 230, 230))
BLACK = Image.new("RGB", (100, 60), (20, 20, 20))


def tiff(*pages: Image.Image, kind: str = "TIFF", **options: object) -> bytes:
    """A file of these pages."""
    file = BytesIO()
    pages[0].save(file, kind, save_all=True, append_images=pages[1:], **options)
    return file.getvalue()


def test_pages_stand_one_below_the_other() -> None:
    photo = decode(tiff(WHITE, BLACK))
    assert photo.pixels.shape == (150, 120, 3)
    assert photo.scale == 1
    assert photo.pixels[:90].min() == 230
    assert photo.pixels[90:].max() == 20  # and so is what is free beside the narrower page


def test_pages_are_reduced_alike() -> None:
    photo = decode(tiff(WHITE.resize((2400, 1800)), BLACK.resize((2000, 1200))))
    assert photo.pixels.shape == pytest.approx((1600 * 3000 / 3000, 1280, 3), abs=2)
    assert max(photo.pixels.shape) <= WORKING_SIDE
    assert photo.scale == pytest.approx(3000 / 1600, rel=0.01)
    assert (photo.pixels[:, 10, 0] > 200).mean() == pytest.approx(1800 / 3000, abs=0.01)


def test_a_small_copy_of_a_page_is_no_page() -> None:
    file = BytesIO()
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[254] = 1  # a reduced copy
    copy = WHITE.resize((12, 9))
    copy.encoderinfo = {"tiffinfo": tags}
    WHITE.save(file, "TIFF", save_all=True, append_images=[copy])
    assert decode(file.getvalue()).pixels.shape == (90, 120, 3)


def test_more_pages_than_can_be_read_are_refused() -> None:
    assert decode(tiff(*[WHITE] * 4)).pixels.shape == (360, 120, 3)
    with pytest.raises(TooManyPages, match="at most 4 pages"):
        decode(tiff(*[WHITE] * 5))


def test_all_pages_together_have_a_limit() -> None:
    page = Image.new("1", (6000, 6000))
    with pytest.raises(TooManyPixels, match="received 72 million"):
        decode(tiff(page, page, compression="group4"))


def test_a_page_that_is_cut_short_is_an_error() -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 120, 3), np.uint8))
    with pytest.raises(BrokenImage):
        decode(tiff(WHITE, noise)[:-9000])


def test_frames_of_a_film_are_no_pages() -> None:
    assert decode(tiff(WHITE, WHITE, kind="GIF")).pixels.shape == (90, 120, 3)
