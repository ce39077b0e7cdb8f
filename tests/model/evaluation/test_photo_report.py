from __future__ import annotations

from pathlib import Path

import numpy as np

from model.evaluation.photo_report import markdown, markdown_row
from model.evaluation.photos import LabelledPhoto, Outcome
from model.types import Box, Digit, Reading


def outcome(kind: str, author: str, label: str, read: str) -> Outcome:
    labelled = LabelledPhoto(Path("x.png"), label, kind, author)
    digits = tuple(
        Digit(np.zeros((28, 28), np.uint8), np.eye(10, dtype=np.float32)[int(d)], Box(0, 0, 1, 1))
        for d in read
    )
    return Outcome(labelled, Reading(digits))


def test_a_row_says_images_people_and_how_sure_the_share_is() -> None:
    results = [
        outcome("photo", "ada", "7", "7"),
        outcome("photo", "ada", "12", "13"),
        outcome("photo", "bob", "3", "3"),
        outcome("photo", "bob", "4", ""),
    ]

    row = markdown_row("photo", results)

    assert row == "| photo | 4 | 2 | 50.0% | 15.0% – 85.0% | 37.5% | 1 |"


def test_kinds_are_rows_in_alphabetical_order() -> None:
    results = [outcome("scan", "ada", "1", "1"), outcome("drawn", "bob", "2", "2")]

    heading, line, *rows = markdown(results).splitlines()

    assert heading.count("|") == line.count("|") == rows[0].count("|")
    assert [row.split(" | ")[0] for row in rows] == ["| drawn", "| scan"]
