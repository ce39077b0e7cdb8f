"""What reading the photos that we develop with costs: CPU time by kind, and the slowest ten."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table

from model.errors import PhotoError
from model.evaluation.photos import LabelledPhoto
from model.recognition.decoding.decode import read_file
from model.recognition.recognizer import Recognizer
from tests.bench import development

TITLE = "CPU time of reading one photo, on one core"

PERCENTILES = (50, 95, 99, 100)
"""Of the images of one kind, by time; the last is the slowest."""

SLOWEST_COUNT = 10
"""Images that are listed by name."""


class Timing(NamedTuple):
    """What reading one image took.

    Attributes:
        labelled: the image.
        seconds: of CPU, from bytes to digits.
        text: what was read, "" for nothing.
    """

    labelled: LabelledPhoto
    seconds: float
    text: str


def run() -> RenderableType:
    """Read all photos once, one after the other."""
    cv2.setNumThreads(1)
    recognizer = Recognizer.load()
    photos = development.photos()
    measure(recognizer, photos[0])  # imports what is imported when it is first used
    timings = [measure(recognizer, labelled) for labelled in photos]
    return Group(by_kind(timings), "", slowest(timings))


def measure(recognizer: Recognizer, labelled: LabelledPhoto) -> Timing:
    """Read one image, and take the time."""
    data = read_file(labelled.path)
    start = time.thread_time()
    try:
        text = recognizer.read(data).text
    except PhotoError:
        text = ""
    return Timing(labelled, time.thread_time() - start, text)


def by_kind(timings: Sequence[Timing]) -> Table:
    """Tabulate how many images of each kind are right, and the percentiles of their times."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("milliseconds")
    for heading in ("images", "right", "p50", "p95", "p99", "max"):
        table.add_column(heading, justify="right")
    kinds: dict[str, list[Timing]] = {}
    for timing in timings:
        kinds.setdefault(timing.labelled.kind, []).append(timing)
    for kind, group in (*sorted(kinds.items()), ("all", list(timings))):
        right = sum(timing.text == timing.labelled.label for timing in group)
        times = np.percentile([1000 * timing.seconds for timing in group], PERCENTILES)
        table.add_row(kind, str(len(group)), str(right), *(f"{value:.0f}" for value in times))
    return table


def slowest(timings: Sequence[Timing]) -> Table:
    """Tabulate the images that took longest."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("slowest")
    table.add_column("ms", justify="right")
    table.add_column("read")
    for timing in sorted(timings, key=lambda timing: -timing.seconds)[:SLOWEST_COUNT]:
        name = Path(*timing.labelled.path.parts[-2:])
        table.add_row(str(name), f"{1000 * timing.seconds:.0f}", timing.text or "refused")
    return table
