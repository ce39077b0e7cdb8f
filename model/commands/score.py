"""Read photos whose digits are known, and say how many were read right."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from rich.progress import track
from rich.table import Table

from model.artifact import DEFAULT_MODEL
from model.commands.contact_sheet import SIDE, Tile, sheet
from model.errors import PhotoError
from model.evaluation.photos import Outcome, Summary, group_by, outcomes, read_labels, tally
from model.evaluation.significance import wilson
from model.recognition.decoding import decode, read_file
from model.recognition.recognizer import Recognizer

SUMMARY = "measure on photos whose digits are known"

MAX_GLYPHS = 24
"""Glyphs of one photo on the sheet of errors."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `run` needs."""
    parser.add_argument(
        "labels",
        type=Path,
        metavar="LABELS.csv",
        help="columns file, label (digits in reading order, empty: no digit), kind, author",
    )
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument(
        "--errors", type=Path, metavar="PNG", help="save a sheet of the errors as this file"
    )


def run(options: argparse.Namespace) -> int:
    """Read, count, print."""
    labels = read_labels(options.labels)
    recognizer = Recognizer.load(options.model)
    console = Console(stderr=True)
    results = list(
        track(
            outcomes(recognizer, labels),
            "Reading",
            total=len(labels),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
    )
    if options.json:
        kinds = group_by(results, lambda labelled: labelled.kind)
        found = {"kinds": {kind: asdict(counted) for kind, counted in kinds.items()}}
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        Console().print(
            table("by kind", group_by(results, lambda labelled: labelled.kind), results)
        )
        Console().print(
            table("by author", group_by(results, lambda labelled: labelled.author), results)
        )
    if options.errors:
        error_sheet(results).save(options.errors)
    return 0


def table(title: str, tallies: dict[str, Summary], results: Sequence[Outcome]) -> Table:
    """Tallies as a table with 95 % intervals, and all of them together below."""
    shown = Table(title=title, title_justify="left")
    for column in (
        "",
        "images",
        "right",
        "95 % interval",
        "digit errors",
        "refused",
        "calibration",
    ):
        shown.add_column(column, justify="left" if not column else "right")
    for name, counted in [*tallies.items(), ("all", tally(results))]:
        low, high = wilson(counted.correct, counted.n)
        shown.add_row(
            name or "–",
            str(counted.n),
            f"{counted.correct / counted.n:.1%}",
            f"{low:.1%} – {high:.1%}",
            f"{counted.digit_error_rate:.1%}",
            str(counted.refused),
            "" if counted.calibration_error is None else f"{counted.calibration_error:.1%}",
            end_section=name == list(tallies)[-1],
        )
    return shown


def error_sheet(results: Sequence[Outcome]) -> Image.Image:
    """Each wrong photo, followed by what the model saw in it."""
    tiles: list[Tile] = []
    for result in results:
        if result.correct:
            continue
        truth, name = result.labelled.label or "no digit", result.labelled.path.name
        tiles.append(Tile(thumbnail(result.labelled.path), (name, f"is {truth}")))
        digits = result.reading.digits if result.reading else ()
        tiles += [
            Tile(digit.glyph, (f"read {digit.label}", f"{digit.confidence:.0%}"))
            for digit in digits[:MAX_GLYPHS]
        ]
        if not digits:
            why = str(result.reading.refusal) if result.reading else "not decoded"
            tiles[-1] = Tile(tiles[-1].picture, (name, f"is {truth}", why))
    return sheet(tiles, columns=12)


def thumbnail(path: Path) -> NDArray[np.uint8]:
    """The photo, upright and small; one grey pixel where it cannot be decoded."""
    try:
        pixels = decode(read_file(path)).pixels
    except (PhotoError, OSError):
        return np.full((1, 1), 128, np.uint8)
    scale = min(1.0, 2 * SIDE / max(pixels.shape[:2]))
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
