"""What several tests of the recogniser share."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import cv2
import matplotlib
import numpy as np
import pytest
from PIL import ImageFont

from model.datasets import fonts
from model.datasets.fonts import FontFace
from model.synthesis.writer import Writer


@pytest.fixture(scope="session")
def writer() -> Writer:
    """A writer that needs nothing fetched: Matplotlib's font, and drawn stand-ins for MNIST."""
    path = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    font = ImageFont.truetype(path, fonts.FONT_SIZE)
    images = []
    for label in range(10):
        image = np.zeros((28, 28), np.uint8)
        cv2.putText(image, str(label), (6, 23), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2)
        images.append(image[None])
    clothes = np.random.default_rng(0).integers(0, 256, (3, 28, 28)).astype(np.uint8)
    faces = (FontFace(font, "0123456789", fonts.LETTERS["latin"]),)
    return Writer(faces, faces, fonts.load_symbols("train"), tuple(images), clothes)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let children hear Ctrl-C, also where a shell has started the tests in the background."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)
