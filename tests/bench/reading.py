"""The time that a photo takes from bytes to digits, and the memory that the largest ones take."""

from __future__ import annotations

import tempfile
import time
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from rich.console import Group, RenderableType
from rich.table import Table

from model.datasets import mnist
from model.recognition.decoding.decode import MAX_PIXELS, MAX_PIXELS_OF, decode
from model.recognition.recognizer import Recognizer
from tests.bench import measuring
from tests.model.photo_variants import sheet

TITLE = "One photo of one digit, 1280×960, JPEG, on one core"

PHOTO_COUNT = 60
"""Photos that are timed: enough for a 95th percentile."""

WARM_UP_COUNT = 5
"""Photos that are read before, so that what is loaded on demand is not timed."""

LARGEST_PHOTO_OPTIONS = {
    "JPEG": {"quality": 85},
    "JPEG, progressive": {"quality": 85, "progressive": True, "subsampling": 0},
    "PNG": {"compress_level": 1},
    "PNG, transparent": {"compress_level": 1},
    "WEBP": {"method": 0},
    "AVIF": {"speed": 10},
}
"""The formats of the largest photos, and Pillow's options to save each."""


def run() -> RenderableType:
    """Read photos of different digits, each in uneven light and with noise."""
    cv2.setNumThreads(1)
    recognizer = Recognizer.load()
    photos = [photograph(number) for number in range(PHOTO_COUNT)]
    for photo in photos[:WARM_UP_COUNT]:
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
    return Group(table, "", memory())


def memory() -> Table:
    """Measure the peak memory of a process that reads one image of the largest size we accept."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("largest image")
    table.add_column("million pixels", justify="right")
    table.add_column("peak", justify="right")
    for name, options in LARGEST_PHOTO_OPTIONS.items():
        form = name.split(",")[0]
        pixels = MAX_PIXELS_OF.get(form, MAX_PIXELS)
        height = int((pixels * 3 / 4) ** 0.5)
        page = np.full((height, pixels // height), 220, np.uint8)
        cv2.line(page, (height // 2, height // 4), (height // 2, height // 2), 30, height // 40)
        mode = "RGBA" if "transparent" in name else "RGB"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "large")
            Image.fromarray(page).convert(mode).save(path, form, **options)
            cost = measuring.process(["-m", "model", "predict", str(path)])
        table.add_row(name, f"{pixels / 1e6:.0f}", f"{cost.peak_mib:.0f} MiB")
    return table


def photograph(number: int) -> bytes:
    """Return a JPEG of 1280×960 pixels that shows a digit of MNIST on a sheet in uneven light."""
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
