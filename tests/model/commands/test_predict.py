"""`python -m model predict` as people and programs use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from model.__main__ import main
from model.datasets import mnist
from tests.model.photo_variants import jpeg, png, sheet


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three photos (7, 2, 1), a text that claims to be a photo, and a note."""
    glyphs = mnist.test_set().glyphs
    digits = tmp_path / "digits"
    (digits / "more").mkdir(parents=True)
    (digits / "a.png").write_bytes(png(sheet(glyphs[0])))
    (digits / "b.jpg").write_bytes(b"not a photo at all")
    (digits / "c.jpg").write_bytes(jpeg(sheet(glyphs[1])))
    (digits / "more" / "d.png").write_bytes(png(glyphs[2]))
    (digits / "note.txt").write_text("passed over")
    return digits


def test_json_has_one_object_an_image(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(folder), "--json"]) == 1
    a, b, c, d = map(json.loads, capsys.readouterr().out.splitlines())
    assert [a["path"], a["text"], a["error"]] == [str(folder / "a.png"), "7", None]
    assert [a["written"], a["lines"], a["unread"]] == ["7", ["7"], []]
    (digit,) = a["digits"]
    assert (a["confidence"], b["confidence"]) == (digit["confidence"], 0)
    assert digit["digit"] == 7
    assert len(digit["probabilities"]) == 10
    assert sum(digit["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert digit["confidence"] == max(digit["probabilities"])
    assert len(digit["box"]) == 4
    assert (b["text"], b["digits"], b["written"], b["lines"], b["unread"]) == ("", [], "", [], [])
    assert "some other file" in b["error"]
    assert [c["text"], d["text"]] == ["2", "1"]


def test_a_missing_file_does_not_stop_the_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["predict", str(folder / "gone.png"), str(folder / "a.png"), "--json"])
    gone, found = map(json.loads, capsys.readouterr().out.splitlines())
    assert status == 1
    assert "No such file" in gone["error"]
    assert found["text"] == "7"


def test_people_see_the_digit_and_what_the_model_saw(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(folder / "a.png")]) == 0
    shown = capsys.readouterr().out
    assert "a.png: 7 (7: " in shown
    assert "@" in shown


def test_what_the_model_saw_is_saved_as_a_picture(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "seen.png"
    assert main(["predict", str(folder / "a.png"), "--sheet", str(target)]) == 0
    with Image.open(target) as picture:
        assert picture.width > 100


def test_an_empty_folder_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(tmp_path)]) == 1
    assert "Expected images" in capsys.readouterr().err


def test_nothing_readable_is_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "empty.png"
    Image.new("L", (200, 200), 240).save(page)
    assert main(["predict", str(page), "--json"]) == 0
    (read,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (read["text"], read["digits"], read["error"]) == ("", [], None)
    assert read["refusal"] == "no ink"


def test_many_images_are_written_into_a_folder(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["predict", str(folder), "--out", str(out), "--jobs", "1"]) == 1
    lines = [json.loads(line) for line in (out / "part-000001.jsonl").read_text().splitlines()]
    assert [line["text"] for line in lines] == ["7", "", "2", "1"]
    assert lines[1]["error"]


@pytest.mark.parametrize("wrong", [["--jobs", "2"], ["--format", "csv"], ["--out", "x", "--json"]])
def test_options_that_do_not_go_together_are_wrong_use(folder: Path, wrong: list[str]) -> None:
    assert main(["predict", str(folder), *wrong]) == 2
