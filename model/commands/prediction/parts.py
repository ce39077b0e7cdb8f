"""The files of a long run in one folder, each of which holds the lines of a part of the images.

A part is there whole or not at all, so a run that was killed goes on with the images that no part
holds.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from model.commands.prediction.output import (
    CSV_COLUMNS,
    OutputFormat,
    as_csv_cells,
    as_csv_line,
    as_object,
)
from model.errors import OutputError
from model.files import replacing
from model.recognition.decoding.photo_files import FileResult

ImageT = TypeVar("ImageT", Path, str)

ABOUT_FILE = "about.json"
"""Says which model made the parts and in which format, because one folder must not mix them."""


class Line(NamedTuple):
    """One image as it is written.

    Attributes:
        path: of the image.
        text: the line, with its end.
        failed: whether the image could not be read.
    """

    path: str
    text: str
    failed: bool


def line_of(result: FileResult, output_format: OutputFormat) -> Line:
    """Return one image's line."""
    if output_format is OutputFormat.CSV:
        text = as_csv_line(as_csv_cells(result))
    else:
        text = json.dumps(as_object(result)) + "\n"
    return Line(str(result.path), text, result.error is not None)


def text_of(lines: Sequence[Line], output_format: OutputFormat) -> str:
    """Return a part's text."""
    header = as_csv_line(CSV_COLUMNS) if output_format is OutputFormat.CSV else ""
    return header + "".join(line.text for line in lines)


class Files(Protocol):
    """A folder that parts are kept in."""

    def names(self) -> Sequence[str]:
        """Return the names of its files."""
        ...

    def read(self, name: str) -> str:
        """Return a file's text."""
        ...

    def write(self, name: str, text: str) -> None:
        """Write a file that is there whole or not at all."""
        ...

    def clean(self) -> None:
        """Remove what a killed run left half written."""
        ...


class LocalFiles:
    """A folder of this machine.

    Args:
        folder: is made if it does not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __str__(self) -> str:
        """Return its path."""
        return str(self._folder)

    def names(self) -> Sequence[str]:
        """Return the names of its files."""
        return [file.name for file in self._folder.glob("*")]

    def read(self, name: str) -> str:
        """Return a file's text."""
        return (self._folder / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        """Write a file that is there whole or not at all."""
        with replacing(self._folder / name) as partial:
            partial.write_text(text, encoding="utf-8")

    def clean(self) -> None:
        """Remove what a killed run left half written."""
        for partial in self._folder.glob(".*-part-*"):
            partial.unlink()


class Parts:
    """The parts of one run.

    Args:
        files: where they are.
        version: of the model that reads.
        output_format: how lines are written.

    Attributes:
        failed: for each image that has a line, whether it could not be read.

    Raises:
        OutputError: the folder holds parts of another model or in another format.
    """

    def __init__(self, files: Files, version: str, output_format: OutputFormat) -> None:
        self._files = files
        self._format = output_format
        files.clean()
        self._check({"model": version, "format": output_format.value})
        names = sorted(name for name in files.names() if name.startswith("part-"))
        self.failed: dict[str, bool] = {}
        for name in names:
            self.failed |= self._lines_of(name)
        self._next = 1 + max(
            (int(Path(name).stem.removeprefix("part-")) for name in names), default=0
        )

    def missing(self, images: Iterable[ImageT]) -> tuple[list[ImageT], int]:
        """Return the images without a line, each once, and how many of the others there are."""
        named = list(dict.fromkeys(images))
        missing = [image for image in named if str(image) not in self.failed]
        return missing, len(named) - len(missing)

    def next_name(self) -> str:
        """Return the name of a part that is to be written next, each one once."""
        self._next += 1
        return f"part-{self._next - 1:06}.{self._format.value}"

    def add(self, lines: Sequence[Line]) -> None:
        """Write the next part, if it has lines."""
        if lines:
            self._files.write(self.next_name(), text_of(lines, self._format))
            self.failed |= {line.path: line.failed for line in lines}

    def _check(self, about: dict[str, str]) -> None:
        if ABOUT_FILE not in self._files.names():
            self._files.write(ABOUT_FILE, json.dumps(about) + "\n")
            return
        there = json.loads(self._files.read(ABOUT_FILE))
        if there != about:
            raise OutputError(
                f"Expected model {there['model']} and format {there['format']}, as in the parts in "
                f"{self._files}. Received model {about['model']} and format {about['format']}."
            )

    def _lines_of(self, name: str) -> dict[str, bool]:
        lines = self._files.read(name).splitlines()
        rows = csv.DictReader(lines) if self._format is OutputFormat.CSV else map(json.loads, lines)
        return {row["path"]: bool(row["error"]) for row in rows}
