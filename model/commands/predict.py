"""Read the digits in images: files, or folders of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from model.commands.options import JsonOption, ModelOption, examples, print_error

if TYPE_CHECKING:
    from model.recognition.photo_files import FileResult, ReadsPhotos
    from model.types import Reading

EXAMPLES = examples(
    "python -m model predict seven.jpg",
    "python -m model predict scans/ --json > readings.jsonl",
    "python -m model predict seven.jpg --sheet seen.png",
)

GLYPH_SHADES = " .:-=+*#%@"
"""The characters that draw a glyph on a terminal, from paper to ink."""

MIN_FILES_FOR_PROGRESS = 10
"""Fewer files than this are read before a person would look at a progress bar."""


def predict(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Images, or folders of them.")
    ],
    model: ModelOption = None,
    as_json: JsonOption = False,
    show: Annotated[
        bool, typer.Option("--show", help="Open a picture of what the model saw.")
    ] = False,
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="PNG", help="Save a picture of what the model saw."),
    ] = None,
) -> None:
    """Read the digits in images and in folders of images.

    The exit status is 1 if one of the images could not be read; the others are read all the same.
    """
    from model.artifact import DEFAULT_MODEL
    from model.recognition.recognizer import Recognizer

    recognizer = Recognizer.load(model or DEFAULT_MODEL)
    files = list(find_images(paths))
    if not files:
        print_error("Expected images in the folder, received none.")
        raise typer.Exit(1)
    results = []
    for result in read_files(recognizer, files):
        results.append(result)
        _print_result(result, as_json)
    if show or sheet:
        _show(results, sheet)
    if any(result.error for result in results):
        raise typer.Exit(1)


def read_files(recognizer: ReadsPhotos, files: Sequence[Path]) -> Iterator[FileResult]:
    """Read every file, with a progress bar on a terminal where there are many."""
    from rich.console import Console
    from rich.progress import track

    from model.recognition.photo_files import read_photo_file

    console = Console(stderr=True)
    quiet = not console.is_terminal or len(files) < MIN_FILES_FOR_PROGRESS
    for path in track(files, "Reading", console=console, disable=quiet, transient=True):
        yield read_photo_file(recognizer, path)


def find_images(paths: Sequence[Path]) -> Iterator[Path]:
    """Find the files that are named and, in folders, the images by their endings, in order."""
    from model.recognition.decoding import PHOTO_SUFFIXES

    for path in paths:
        if path.is_dir():
            yield from sorted(
                found for found in path.rglob("*") if found.suffix.lower() in PHOTO_SUFFIXES
            )
        else:
            yield path


def as_object(result: FileResult) -> dict[str, Any]:
    """Return the object that `--json` prints for one image."""
    reading = result.reading
    digits = reading.digits if reading else ()
    return {
        "path": str(result.path),
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
        "error": result.error,
        "refusal": str(reading.refusal) if reading and reading.refusal else None,
    }


def as_text(path: Path, reading: Reading) -> str:
    """Return one image's reading in words, with its glyphs as a terminal can show them."""
    if not reading.digits:
        return f"{path}: no digit ({reading.refusal})"
    rows = [
        "  ".join(
            "".join(GLYPH_SHADES[int(value) * len(GLYPH_SHADES) // 256] for value in digit.glyph[y])
            for digit in reading.digits[:4]
        )
        for y in range(1, 28, 2)  # a character is about twice as high as wide
    ]
    confidences = ", ".join(f"{digit.label}: {digit.confidence:.0%}" for digit in reading.digits)
    return "\n".join([*rows, f"{path}: {reading.text} ({confidences})"])


def _print_result(result: FileResult, as_json: bool) -> None:
    if as_json:
        print(json.dumps(as_object(result)), flush=True)
    elif result.reading is None:
        print_error(f"{result.path}: {result.error}")
    else:
        print(as_text(result.path, result.reading), flush=True)


def _show(results: Sequence[FileResult], target: Path | None) -> None:
    """Save or open one picture of every glyph beside its answer."""
    from model.contact_sheet import Tile, contact_sheet

    picture = contact_sheet(
        [
            Tile(digit.glyph, (result.path.name, f"{digit.label}  {digit.confidence:.0%}"))
            for result in results
            for digit in (result.reading.digits if result.reading else ())
        ]
    )
    if target is None:
        picture.show()
    else:
        picture.save(target)
