"""`python -m model score` on a handful of MNIST images written out as photos."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.__main__ import main
from model.datasets import mnist
from model.evaluation.photo_calibration import author_half
from tests.model.photo_variants import jpeg, sheet


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Labels of a 7, a 2 that is called a 3, an empty page, and a file that is not there."""
    glyphs = mnist.test_set().glyphs
    (tmp_path / "seven.jpg").write_bytes(jpeg(sheet(glyphs[0])))
    (tmp_path / "two.jpg").write_bytes(jpeg(sheet(glyphs[1])))
    Image.new("L", (200, 200), 240).save(tmp_path / "empty.png")
    path = tmp_path / "labels.csv"
    path.write_text(
        "file,label,kind,author\nseven.jpg,7,photo,a\ntwo.jpg,3,photo,b\n"
        "empty.png,,negative,a\ngone.png,1,photo,b\n"
    )
    return path


def test_json_counts_by_kind(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(labels), "--json"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    kinds = json.loads(line)["kinds"]
    assert list(kinds) == ["photo", "negative"]
    photo, negative = kinds.values()
    assert (photo["n"], photo["correct"], photo["refused"]) == (3, 1, 1)
    assert photo["digit_error_rate"] == pytest.approx(2 / 3)
    assert (negative["n"], negative["correct"], negative["refused"]) == (1, 1, 1)


def test_people_get_tables_and_a_sheet_of_the_errors(
    labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "errors.png"
    assert main(["score", str(labels), "--errors", str(target)]) == 1
    shown, messages = capsys.readouterr()
    assert "gone.png: Expected a file that can be read" in messages
    assert "by kind" in shown
    assert "by author" in shown
    assert "33.3%" in shown
    with Image.open(target) as picture:
        assert picture.width > 100


def test_a_missing_file_of_labels_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(tmp_path / "none.csv")]) == 1
    assert "Expected a CSV file of labels" in capsys.readouterr().err


@pytest.mark.slow
def test_the_confidence_of_numbers_is_set_against_what_is_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    glyphs = mnist.test_set().glyphs
    page = np.hstack([sheet(glyphs[0]), sheet(glyphs[1])])
    (tmp_path / "number.jpg").write_bytes(jpeg(page))
    (tmp_path / "labels.csv").write_text("file,label,kind,author\nnumber.jpg,72,multi,a\n")
    target = tmp_path / "numbers.png"
    command = ["score", str(tmp_path / "labels.csv"), "--halves", "--calibration", str(target)]
    assert main([*command, "--json"]) == 0
    numbers = json.loads(capsys.readouterr().out)["numbers"]
    assert (numbers["all"]["answers"], numbers["all"]["correct"]) == (1, 1)
    assert numbers["all"]["risk"]["1"] == 0
    assert sum(name.startswith("half") for name in numbers) == 1
    with Image.open(target) as picture:
        assert picture.width > 1000
    assert main(command) == 0
    assert "answers of several digits" in capsys.readouterr().out


@pytest.mark.slow
def test_the_confidence_of_numbers_is_fitted_by_halves_of_the_authors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    glyphs = mnist.test_set().glyphs
    for first in (0, 2):
        page = np.hstack([sheet(glyphs[first]), sheet(glyphs[first + 1])])
        (tmp_path / f"{first}.jpg").write_bytes(jpeg(page))
    rows = "file,label,kind,author\n0.jpg,72,multi,a1\n2.jpg,10,multi,{}\n"
    labels = tmp_path / "labels.csv"
    command = ["score", str(labels), "--fit-confidence"]
    other = next(name for name in map(str, range(99)) if author_half(name) != author_half("a1"))
    labels.write_text(rows.format(other))
    assert main([*command, "--json"]) == 0
    fits = json.loads(capsys.readouterr().out)["fits"]
    assert [fit["answers"] for fit in fits] == [1, 1, 2, 2]
    assert fits[-1]["scale"].keys() == {"slope", "offset", "unread_penalty"}
    labels.write_text(rows.format("a1"))
    assert main(command) == 0
    assert "nothing is fitted" in capsys.readouterr().err
