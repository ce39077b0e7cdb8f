"""One image's result as `predict` writes it: an object, a row, or words for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.recognition.decoding.photo_files import FileResult
    from model.types import Reading


class OutputFormat(StrEnum):
    """How the files of `predict --out` are written; the value is their ending."""

    JSONL = "jsonl"
    CSV = "csv"


CSV_COLUMNS = ("path", "text", "confidence", "refusal", "error")
"""The columns for spreadsheets. The confidence is that of the least confident digit."""

GLYPH_SHADES = " .:-=+*#%@"
"""The characters that draw a glyph on a terminal, from paper to ink."""


def as_object(result: FileResult) -> dict[str, Any]:
    """Return the object that `--json` prints for one image."""
    reading = result.reading
    digits = reading.digits if reading else ()
    return {
        "path": str(result.path),
        "text": reading.text if reading else "",
        "written": reading.written if reading else "",
        "lines": list(reading.lines) if reading else [],
        "confidence": round(reading.confidence, 6) if reading else 0.0,
        "digits": [
            {
                "digit": digit.label,
                "confidence": round(digit.confidence, 6),
                "probabilities": [round(float(value), 6) for value in digit.probabilities],
                "box": list(digit.box),
            }
            for digit in digits
        ],
        "unread": [list(box) for box in reading.unread] if reading else [],
        "error": result.error,
        "refusal": str(reading.refusal) if reading and reading.refusal else None,
    }


def as_text(path: Path | str, reading: Reading) -> str:
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


def as_csv_cells(result: FileResult) -> Sequence[str]:
    """Return the cells of one image, in the order of `CSV_COLUMNS`."""
    reading = result.reading
    digits = reading.digits if reading else ()
    return (
        str(result.path),
        reading.text if reading else "",
        f"{min(digit.confidence for digit in digits):.6f}" if digits else "",
        str(reading.refusal) if reading and reading.refusal else "",
        result.error or "",
    )


def as_csv_line(cells: Sequence[str]) -> str:
    """Return cells as one line, quoted where CSV asks for it."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
