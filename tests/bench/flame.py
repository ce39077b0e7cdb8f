"""What one photo costs part by part, each beside its floor, and a flame graph as a picture."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
from PIL import Image
from rich.console import Group, RenderableType
from rich.table import Table

from bot.messages.answer_card import answer_card
from model.recognition.decoding.decode import decode
from model.recognition.recognizer import Recognizer
from tests.bench.reading import WARM_UP_COUNT, photograph

TITLE = "From a photo of one digit, 1280×960, to its card: CPU milliseconds, on one core"

PHOTO_COUNT = 40
"""Different photos."""

FLAME_GRAPH = Path(tempfile.gettempdir()) / "inkling-flame.svg"
"""Where the picture goes; any browser shows it."""

SAMPLES_A_SECOND = 250
"""Looks that the profiler takes."""


T = TypeVar("T")


def run() -> RenderableType:
    """Time the parts, and have py-spy watch the whole."""
    cv2.setNumThreads(1)
    recognizer = Recognizer.load()
    photos = [photograph(number) for number in range(PHOTO_COUNT)]
    times: dict[str, list[float]] = {}

    def timed(name: str, do: Callable[..., T], *arguments: Any) -> T:
        start = time.thread_time()
        result = do(*arguments)
        times.setdefault(name, []).append(1000 * (time.thread_time() - start))
        return result

    for number, photo in enumerate(photos):
        if number == WARM_UP_COUNT:
            times.clear()
        timed("decode", decode, photo, 640)
        timed("decode, floor", _decoded, photo)
        examined = timed("read", recognizer.examine, photo)
        grey = cv2.cvtColor(examined.picture.pixels, cv2.COLOR_RGB2GRAY)
        timed("find, floor", _components, grey)
        if not examined.reading.digits:
            continue
        glyphs = np.stack([digit.glyph for digit in examined.reading.digits])
        timed("classify", recognizer.classifier.classify, glyphs)
        card = timed("draw", answer_card, examined.reading, examined.picture)
        pixels = np.asarray(Image.open(BytesIO(card)).convert("RGB"))
        timed("draw, floor", cv2.imencode, ".png", pixels)
    return Group(_table(times), "", _flame_graph())


def _table(times: dict[str, list[float]]) -> Table:
    p50, p95 = (
        {name: float(np.percentile(each, share)) for name, each in times.items()}
        for share in (50, 95)
    )
    # What reading takes beyond decoding and classifying the digits is finding them.
    p50["find"] = p50["read"] - p50["decode"] - p50["classify"]
    p50["whole"] = p50["read"] + p50["draw"]
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("part")
    for heading in ("p50", "p95", "floor", "times the floor"):
        table.add_column(heading, justify="right")
    for part in ("decode", "find", "classify", "draw", "whole"):
        floor = p50.get(f"{part}, floor")
        table.add_row(
            part,
            f"{p50[part]:.1f}",
            f"{p95[part]:.1f}" if part in p95 else "",
            f"{floor:.1f}" if floor else "",
            f"{p50[part] / floor:.1f}" if floor else "",
        )
    return table


def _decoded(photo: bytes) -> None:
    """Decode a JPEG straight to half its size, and nothing else."""
    image = Image.open(BytesIO(photo))
    image.draft("RGB", (640, 480))
    image.load()


def _components(grey: cv2.typing.MatLike) -> None:
    """Find components by one threshold, as if light and paper were always the same."""
    _, ink = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    cv2.connectedComponentsWithStats(ink)


def _flame_graph() -> str:
    profiler = Path(sys.executable).with_name("py-spy")
    if not profiler.exists():
        return "No flame graph: py-spy is not installed."
    program = [sys.executable, "-m", "tests.bench._one_photo"]
    options = ["record", "--rate", str(SAMPLES_A_SECOND), "--output", str(FLAME_GRAPH)]
    done = subprocess.run(
        [str(profiler), *options, "--", *program], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return f"No flame graph: py-spy may not watch processes here ({done.stderr.strip()[-80:]})."
    return f"Flame graph: {FLAME_GRAPH}"
