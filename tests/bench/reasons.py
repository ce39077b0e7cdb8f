"""Whether the reasons that are given for refusing a photo are right, by halves of the authors.

Somebody looked at each photo without digits that we develop with, and wrote into `reasons.csv` what
may be said of it: "too busy" for more than twenty letters or things, "not handwriting" for things
and drawings of them. Where nothing is written, the only right answer claims nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
from rich.console import RenderableType
from rich.table import Table

from model.errors import LabelsError
from model.evaluation.photo_calibration import author_half
from model.evaluation.photos import outcomes
from model.recognition.recognizer import Recognizer
from model.types import Refusal
from tests.bench import development

TITLE = "Reasons for refusing photos without digits"

REASONS = Path(__file__).with_name("reasons.csv")
"""The reasons that are right, by the name of a photo under the folder of the photos' labels."""


class Refused(NamedTuple):
    """A photo without digits in which nothing was read.

    Attributes:
        author: who made it.
        given: the reason that was given.
        right: the reasons that a person would call right; none where the photo gives no reason.
    """

    author: str
    given: Refusal
    right: frozenset[Refusal]


def run() -> RenderableType:
    """Read all photos without digits once."""
    cv2.setNumThreads(1)
    negatives = [labelled for labelled in development.photos() if labelled.kind == "negative"]
    folder, right = development.LABELS.parent, right_reasons()
    names = [labelled.path.relative_to(folder).as_posix() for labelled in negatives]
    if unlabelled := sorted(set(names) - right.keys()):
        raise LabelsError(
            f"Expected a row for each photo without digits in {REASONS}. Received none for "
            f"{', '.join(unlabelled)}."
        )
    results = outcomes(Recognizer.load(), negatives)
    return tabulate(
        [
            Refused(result.labelled.author, result.reading.refusal, right[name])
            for name, result in zip(names, results, strict=True)
            if result.reading is not None and result.reading.refusal is not None
        ]
    )


def right_reasons() -> dict[str, frozenset[Refusal]]:
    """Return the reasons that are right for each photo without digits, by its name."""
    with REASONS.open(newline="", encoding="utf-8") as lines:
        return {
            row["file"]: frozenset(map(Refusal, filter(None, row["reasons"].split("; "))))
            for row in csv.DictReader(lines)
        }


def tabulate(refused: Sequence[Refused]) -> Table:
    """Tabulate how often each reason is given, and how often it is right."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("reason")
    for heading in ("images", "people", "right", "first half", "second half"):
        table.add_column(heading, justify="right")
    for reason in Refusal:
        given = [each for each in refused if each.given is reason]
        halves = [[each for each in given if author_half(each.author) == half] for half in (0, 1)]
        people = len({each.author for each in given})
        rights = (_right(reason, part) for part in (given, *halves))
        table.add_row(reason.value, str(len(given)), str(people), *rights)
    return table


def _right(reason: Refusal, given: Sequence[Refused]) -> str:
    """Write how often a reason is right where it is given; `UNSURE` claims nothing."""
    if reason is Refusal.UNSURE:
        return "claims nothing"
    return f"{sum(reason in each.right for each in given)} of {len(given)}"
