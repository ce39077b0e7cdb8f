"""The picture for people who ask why."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.__main__ import main
from model.datasets import mnist
from model.errors import PhotoError
from model.recognition.explanation import explanation
from model.recognition.recognizer import Recognizer
from tests.model.photo_variants import jpeg, png, sheet


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer.load()


@pytest.mark.slow
def test_an_explanation_is_a_picture_that_fits_a_chat(recognizer: Recognizer) -> None:
    picture = explanation(jpeg(sheet(mnist.test_set().glyphs[0])), recognizer)
    with Image.open(BytesIO(picture)) as image:
        assert image.format == "PNG"
        assert 800 <= image.width <= 1280
        colours = np.unique(np.asarray(image.convert("RGB")).reshape(-1, 3), axis=0)
    assert len(colours) > 100


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
