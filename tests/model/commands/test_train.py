"""`python -m model train`: what it refuses before anything is trained."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from model.__main__ import main
from model.artifact import DEFAULT_MODEL, ModelFolder
from model.commands.train import commands_to_repeat
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


def test_a_teacher_for_a_recipe_without_one_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "--recipe", "baseline", "--teacher", str(DEFAULT_MODEL)]
    assert main([*command, "--out", str(tmp_path / "new")]) == 2
    assert "Expected no --teacher" in capsys.readouterr().err


def test_a_teacher_that_knows_what_is_held_out_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "--recipe", "mlp", "--validation", "--teacher", str(DEFAULT_MODEL)]
    assert main([*command, "--out", str(tmp_path / "new")]) == 2
    assert "trained with --validation too" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong", [["--recipe", "none"], ["--epochs", "0"], ["--epochs", "x"], ["--seed", "-"], []]
)
def test_wrong_options_end_with_2(tmp_path: Path, wrong: list[str]) -> None:
    out = ["--out", str(tmp_path / "new")] if wrong else []
    assert main(["train", *wrong, *out]) == 2


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


def test_the_commands_that_led_to_a_model_count_their_folders_through() -> None:
    shipped = ModelFolder.open(DEFAULT_MODEL)
    before = len(shipped.manifest.command.splitlines())
    options = ["--epochs", "3", "--seed", "5"]
    *lines, last = commands_to_repeat("mlp", shipped, shipped, options).splitlines()
    assert [line.rsplit(" ", 1)[1] for line in lines] == [
        f"DIR{number}" for number in range(1, 2 * before + 1)
    ]
    assert last == (
        f"python -m model train --recipe mlp --from DIR{before} --teacher DIR{2 * before} "
        f"--epochs 3 --seed 5 --out DIR{2 * before + 1}"
    )
