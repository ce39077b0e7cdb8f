"""What was read in photos with known digits, as a table and as a sheet of the errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.table import Table

from model.errors import PhotoError
from model.evaluation.contact_sheet import TILE_SIDE, Tile, contact_sheet
from model.evaluation.photos import Outcome, Summary, tally
from model.evaluation.significance import wilson
from model.recognition.decoding.decode import decode, read_file

MAX_GLYPHS_PER_PHOTO = 24
"""Glyphs of one photo on the sheet of errors: two rows, enough to see what went wrong."""

COLUMNS = ("", "images", "right", "95 % interval", "digit errors", "refused", "calibration")


def summary_table(
    title: str, summaries: Mapping[str, Summary], results: Sequence[Outcome]
) -> Table:
    """Return groups of photos as rows with 95 % intervals, and all photos in a last row."""
    table = Table(title=title, title_justify="left")
    for column in COLUMNS:
        table.add_column(column, justify="right" if column else "left")
    for name, summary in [*summaries.items(), ("all", tally(results))]:
        low, high = wilson(summary.correct, summary.n)
        error = summary.calibration_error
        table.add_row(
            name or "–",
            str(summary.n),
            f"{summary.correct / summary.n:.1%}",
            f"{low:.1%} – {high:.1%}",
            f"{summary.digit_error_rate:.1%}",
            str(summary.refused),
            "" if error is None else f"{error:.1%}",
            end_section=name == list(summaries)[-1],
        )
    return table


def markdown(results: Sequence[Outcome]) -> str:
    """Return photos by kind as a table of a README, with images and people beside each figure."""
    rows = [
        "| kind | images | people | right | 95 % interval | digit error rate | refused |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind in sorted({result.labelled.kind for result in results}):
        of_kind = [result for result in results if result.labelled.kind == kind]
        rows.append(markdown_row(kind, of_kind))
    return "\n".join(rows)


def markdown_row(kind: str, results: Sequence[Outcome]) -> str:
    """Return one kind of photos as a row of the table in a README."""
    summary = tally(results)
    people = len({result.labelled.author for result in results})
    low, high = wilson(summary.correct, summary.n)
    cells = (
        kind or "–",
        str(summary.n),
        str(people),
        f"{summary.correct / summary.n:.1%}",
        f"{low:.1%} – {high:.1%}",
        f"{summary.digit_error_rate:.1%}",
        str(summary.refused),
    )
    return f"| {' | '.join(cells)} |"


def error_sheet(results: Sequence[Outcome]) -> Image.Image:
    """Draw each photo that was read wrong, followed by the glyphs that were read in it."""
    tiles: list[Tile] = []
    for result in results:
        if not result.correct:
            tiles += _tiles(result)
    return contact_sheet(tiles, columns=12)


def _tiles(result: Outcome) -> list[Tile]:
    path, label = result.labelled.path, result.labelled.label
    lines = [path.name, f"is {label or 'no digit'}"]
    digits = result.reading.digits if result.reading else ()
    if not digits:
        lines.append(str(result.reading.refusal) if result.reading else "not decoded")
    glyphs = [
        Tile(digit.glyph, (f"read {digit.label}", f"{digit.confidence:.0%}"))
        for digit in digits[:MAX_GLYPHS_PER_PHOTO]
    ]
    return [Tile(_thumbnail(path), lines), *glyphs]


def _thumbnail(path: Path) -> NDArray[np.uint8]:
    """Return the photo upright and small, (h, w, 3); one grey pixel if it cannot be decoded."""
    try:
        pixels = decode(read_file(path)).pixels
    except (PhotoError, OSError):
        return np.full((1, 1), 128, np.uint8)
    scale = min(1.0, 2 * TILE_SIDE / max(pixels.shape[:2]))
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
