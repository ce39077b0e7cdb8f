"""The picture for people who ask why."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib.patches import Polygon
from PIL import Image

from model.__main__ import main
from model.datasets import mnist
from model.errors import PhotoError
from model.recognition.coordinates import from_above
from model.recognition.decoding import decode
from model.recognition.explanation import draw, explanation
from model.recognition.recognizer import Recognizer
from model.vision.pipeline import pages
from tests.model.photo_variants import jpeg, png, sheet


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer.load()


def test_an_explanation_is_a_picture_that_fits_a_chat(recognizer: Recognizer) -> None:
    picture = explanation(jpeg(sheet(mnist.test_set().glyphs[0])), recognizer)
    with Image.open(BytesIO(picture)) as image:
        assert image.format == "PNG"
        assert 800 <= image.width <= 1280
        colours = np.unique(np.asarray(image.convert("RGB")).reshape(-1, 3), axis=0)
    assert len(colours) > 100


def test_a_sheet_seen_from_above_is_outlined_in_the_photo(recognizer: Recognizer) -> None:
    square = np.array([[0, 0], [400, 0], [400, 400], [0, 400]], np.float32)
    seen = np.array([[150, 60], [510, 80], [590, 430], [60, 400]], np.float32)
    page = cv2.resize(sheet(mnist.test_set().glyphs[0]), (400, 400))
    matrix = cv2.getPerspectiveTransform(square, seen)
    table = np.asarray(cv2.warpPerspective(page, matrix, (640, 480), borderValue=(60,)), np.uint8)
    flat = from_above(decode(png(table)))
    assert flat is not None
    looks = recognizer._looks(flat, list(pages(flat.pixels, 0)))
    examined = recognizer._examination(flat, looks)
    outline = draw(examined).subfigs[0].axes[0].patches[0]
    assert isinstance(outline, Polygon)
    assert np.abs(outline.get_xy()[:4] - seen).max() < 16


def test_an_empty_page_is_explained_too(recognizer: Recognizer) -> None:
    page = png(np.full((100, 100), 230, np.uint8))
    assert explanation(page, recognizer).startswith(b"\x89PNG")


def test_what_is_no_image_is_a_photo_error(recognizer: Recognizer) -> None:
    with pytest.raises(PhotoError):
        explanation(b"hello", recognizer)


def test_the_command_saves_the_picture(tmp_path: Path) -> None:
    photo, target = tmp_path / "seven.png", tmp_path / "why.png"
    photo.write_bytes(png(sheet(mnist.test_set().glyphs[0])))
    assert main(["explain", str(photo), "--out", str(target)]) == 0
    with Image.open(target) as image:
        assert image.width > 800
    assert main(["explain", str(tmp_path / "gone.png"), "--out", str(target)]) == 1
