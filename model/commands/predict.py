"""Read the digits in images: files, or folders of them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from model.artifact import DEFAULT_MODEL
from model.commands.contact_sheet import Tile, sheet
from model.errors import InklingError, PhotoError
from model.recognition.decoding import PHOTO_SUFFIXES, read_file
from model.recognition.recognizer import Recognizer
from model.types import Reading

SUMMARY = "read the digits in images and folders of images"

SHADES = " .:-=+*#%@"
"""From paper to ink, for a glyph on a terminal."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `run` needs."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="an image or a folder")
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL, metavar="DIR")
    parser.add_argument("--json", action="store_true", help="one JSON object an image")
    parser.add_argument(
        "--show",
        nargs="?",
        type=Path,
        const=Path("-"),
        metavar="PNG",
        help="a picture of what the model saw: saved as PNG, or opened if no name is given",
    )


def run(options: argparse.Namespace) -> int:
    """Read every image; 1 if one of them could not be read."""
    recognizer = Recognizer.load(options.model)
    paths = list(images(options.paths))
    if not paths:
        sys.stderr.write("Expected images in the folder, received none.\n")
        return 1
    readings: list[tuple[Path, Reading]] = []
    failed = False
    errors = Console(stderr=True)
    quiet = not errors.is_terminal or len(paths) < 10
    for path in track(paths, "Reading", console=errors, disable=quiet, transient=True):
        try:
            reading = recognizer.read(read_file(path))
        except (PhotoError, OSError) as error:
            failed = True
            why = str(error) if isinstance(error, InklingError) else _plain(error)
            if options.json:
                _print(json.dumps(described(path, None, why)))
            else:
                errors.print(f"{path}: {why}", markup=False, highlight=False, soft_wrap=True)
            continue
        readings.append((path, reading))
        _print(json.dumps(described(path, reading, None)) if options.json else drawn(path, reading))
    if options.show is not None:
        _show(readings, options.show)
    return int(failed)


def images(paths: list[Path]) -> Iterator[Path]:
    """The files that are named, and in folders everything that looks like an image, by name."""
    for path in paths:
        if path.is_dir():
            yield from sorted(
                found for found in path.rglob("*") if found.suffix.lower() in PHOTO_SUFFIXES
            )
        else:
            yield path


def described(path: Path, reading: Reading | None, error: str | None) -> dict[str, Any]:
    """The object that `--json` prints for one image."""
    digits = reading.digits if reading else ()
    return {
        "path": str(path),
        "text": reading.text if reading else "",
        "digits": [
            {
                "digit": digit.label,
                "confidence": round(digit.confidence, 6),
                "probabilities": [round(float(value), 6) for value in digit.probabilities],
                "box": list(digit.box),
            }
            for digit in digits
        ],
        "error": error,
        "refusal": str(reading.refusal) if reading and reading.refusal else None,
    }


def drawn(path: Path, reading: Reading) -> str:
    """One image in words, with its glyphs as a terminal can show them."""
    if not reading.digits:
        return f"{path}: no digit ({reading.refusal})"
    rows = [
        "  ".join(
            "".join(SHADES[int(value) * len(SHADES) // 256] for value in digit.glyph[y])
            for digit in reading.digits[:4]
        )
        for y in range(1, 28, 2)  # a character is about twice as high as wide
    ]
    confidences = ", ".join(f"{digit.label}: {digit.confidence:.0%}" for digit in reading.digits)
    return "\n".join([*rows, f"{path}: {reading.text} ({confidences})"])


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


def _plain(error: OSError) -> str:
    return f"Expected a file that can be read, received: {error.strerror or error}."


def _show(readings: list[tuple[Path, Reading]], target: Path) -> None:
    """Save or open one picture of every glyph beside its answer."""
    picture = sheet(
        [
            Tile(digit.glyph, (path.name, f"{digit.label}  {digit.confidence:.0%}"))
            for path, reading in readings
            for digit in reading.digits
        ]
    )
    if target == Path("-"):
        picture.show()
    else:
        picture.save(target)
