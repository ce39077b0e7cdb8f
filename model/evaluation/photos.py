"""How well labelled photos are read; anybody can measure it on their own handwriting."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from model.errors import LabelsError
from model.evaluation.metrics import expected_calibration_error
from model.recognition.decoding.photo_files import ReadsPhotos, read_photo_file
from model.types import Reading


class LabelledPhoto(NamedTuple):
    """One row of a file of labels.

    Attributes:
        path: the image.
        label: its digits in reading order, "" for an image without digits.
        kind, author: groups in which it is counted; "" if the file does not say.
    """

    path: Path
    label: str
    kind: str
    author: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of reading one labelled image.

    Attributes:
        labelled: the image and the truth.
        reading: what was read; None if it could not be decoded.
        error: why it could not be decoded.
    """

    labelled: LabelledPhoto
    reading: Reading | None
    error: str | None = None

    @property
    def text(self) -> str:
        """What was read; "" if nothing was."""
        return self.reading.text if self.reading else ""

    @property
    def correct(self) -> bool:
        """Whether the whole number is correct; nothing must be read in an image without digits."""
        return self.text == self.labelled.label

    @property
    def refused(self) -> bool:
        """Whether nothing was read."""
        return not self.text


@dataclass(frozen=True, slots=True)
class Summary:
    """Outcomes counted.

    Attributes:
        n: the number of images.
        correct: images whose whole number is correct.
        refused: images in which nothing was read.
        digit_error_rate: edit distance / length of the label, as a mean over images with digits; 0
            if there are none.
        calibration_error: the expected calibration error over the digits of all readings that have
            as many digits as their label; None if there are none.
    """

    n: int
    correct: int
    refused: int
    digit_error_rate: float
    calibration_error: float | None


def read_labels(path: Path) -> list[LabelledPhoto]:
    """Read a CSV file with at least the columns file, label; kind and author may be there.

    The names of files are relative to the folder of the CSV file.

    Raises:
        LabelsError: it is not such a file.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabelsError(f"Expected a CSV file of labels at {path}, received: {error}.") from error
    if not rows or not {"file", "label"} <= rows[0].keys():
        columns = ", ".join(rows[0]) if rows else "no rows"
        raise LabelsError(f"Expected the columns file and label in {path}, received: {columns}.")
    return [
        LabelledPhoto(
            path.parent / row["file"],
            (row["label"] or "").strip(),
            (row.get("kind") or "").strip(),
            (row.get("author") or "").strip(),
        )
        for row in rows
    ]


def outcomes(recognizer: ReadsPhotos, labels: Sequence[LabelledPhoto]) -> Iterator[Outcome]:
    """Read every image, in order; one that fails in any way does not stop the rest."""
    for labelled in labels:
        result = read_photo_file(recognizer, labelled.path)
        yield Outcome(labelled, result.reading, result.error)


def tally(results: Sequence[Outcome]) -> Summary:
    """Count outcomes."""
    rates = [
        edit_distance(result.text, result.labelled.label) / len(result.labelled.label)
        for result in results
        if result.labelled.label
    ]
    return Summary(
        n=len(results),
        correct=sum(result.correct for result in results),
        refused=sum(result.refused for result in results),
        digit_error_rate=sum(rates) / len(rates) if rates else 0.0,
        calibration_error=_calibration_error(results),
    )


def group_by(results: Sequence[Outcome], key: Callable[[LabelledPhoto], str]) -> dict[str, Summary]:
    """Count outcomes by a key of their labels, in the order in which keys first appear."""
    groups: dict[str, list[Outcome]] = {}
    for result in results:
        groups.setdefault(key(result.labelled), []).append(result)
    return {name: tally(group) for name, group in groups.items()}


def edit_distance(read: str, truth: str) -> int:
    """Return how many digits must be inserted, deleted or changed: the Levenshtein distance."""
    row = list(range(len(truth) + 1))
    for i, seen in enumerate(read, 1):
        previous, row[0] = row[0], i
        for j, real in enumerate(truth, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (seen != real))
    return row[-1]


def _calibration_error(results: Sequence[Outcome]) -> float | None:
    """Measure it on the readings whose digits correspond to the label's one by one."""
    pairs = [
        (digit.probabilities, int(true))
        for result in results
        if result.reading and len(result.text) == len(result.labelled.label)
        for digit, true in zip(result.reading.digits, result.labelled.label, strict=True)
    ]
    if not pairs:
        return None
    probabilities, labels = zip(*pairs, strict=True)
    return expected_calibration_error(np.stack(probabilities), np.array(labels))
