"""`python -m model train`: what it refuses before anything is trained."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from model.__main__ import main
from model.recipes import RECIPES


def test_an_existing_folder_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--out", str(tmp_path)]) == 2
    assert "Expected --out to be a new folder" in capsys.readouterr().err


def test_fine_tuning_nothing_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--recipe", "fine-tune", "--out", str(tmp_path / "new")]) == 2
    assert "Expected --from DIR" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong", [["--recipe", "none"], ["--epochs", "0"], ["--epochs", "x"], ["--seed", "-"], []]
)
def test_wrong_options_end_with_2(tmp_path: Path, wrong: list[str]) -> None:
    out = ["--out", str(tmp_path / "new")] if wrong else []
    with pytest.raises(SystemExit) as ended:
        main(["train", *wrong, *out])
    assert ended.value.code == 2


def test_a_folder_that_is_no_model_is_said_to_be_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--from", str(tmp_path), "--out", str(tmp_path / "new")]) == 1
    assert "Expected a model folder" in capsys.readouterr().err


def test_corrections_that_are_none_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "c.npz", glyphs=np.zeros((2, 28, 28)), labels=np.zeros(2, np.int64))
    command = ["train", "--corrections", str(tmp_path / "c.npz"), "--out", str(tmp_path / "new")]
    assert main(command) == 1
    assert "Expected glyphs (n, 28, 28) uint8" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["c.npz"]


def test_recipes_are_listed_for_people_and_for_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["recipes"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in RECIPES)
    assert main(["recipes", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["name"] for line in lines] == list(RECIPES)
    assert all({"purpose", "epochs", "measured"} <= line.keys() for line in lines)
