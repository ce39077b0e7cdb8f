"""How long one photo takes from bytes to digits, and how much memory, on one core."""

from __future__ import annotations

import time
from io import BytesIO

import cv2
import numpy as np
from PIL import Image
from rich.console import RenderableType
from rich.table import Table

from model import mnist
from model.photo import decode
from model.recognizer import Recognizer
from tests.model.photographs import sheet

TITLE = "One photo of one digit, 1280×960, JPEG, on one core"

PHOTOS = 60


def run() -> RenderableType:
    """Read photos of different digits, each in uneven light with noise."""
    cv2.setNumThreads(1)
    recognizer = Recognizer.load()
    photos = [photograph(number) for number in range(PHOTOS)]
    for photo in photos[:5]:
        recognizer.read(photo)
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("milliseconds")
    for heading in ("p50", "p95"):
        table.add_column(heading, justify="right")
    for name, do in (("decode alone", lambda photo: decode(photo, 640)), ("read", recognizer.read)):
        times = []
        for photo in photos:
            start = time.thread_time()
            do(photo)
            times.append(1000 * (time.thread_time() - start))
        table.add_row(name, *(f"{np.percentile(times, share):.1f}" for share in (50, 95)))
    return table


def photograph(number: int) -> bytes:
    """A digit of MNIST's test set on a sheet, 1280×960, as a phone would have it."""
    random = np.random.default_rng(number)
    page = np.full((960, 1280), 225, np.float32)
    digit = sheet(np.asarray(mnist.test_set().glyphs[number]), scale=16, margin=0)
    top, left = random.integers(100, 400), random.integers(100, 700)
    page[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    page *= np.linspace(1, random.uniform(0.6, 0.9), 1280, dtype=np.float32)
    page += random.normal(0, 3, page.shape)
    pixels = np.repeat(page.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=85)
    return file.getvalue()
