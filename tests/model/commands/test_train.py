"""`python -m model train`: what it refuses before anything is trained."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from model.__main__ import main
from model.artifact import DEFAULT_MODEL, ModelFolder
from model.commands.train import _has_convolutions, _PhaseLines, commands_to_repeat
from model.datasets import mnist
from model.recipes import RECIPES
from model.synthesis import dataset


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


def test_a_phase_is_said_at_once_and_then_once_a_second(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    say = _PhaseLines()
    for step in range(5):
        say("learning", step, 10)
    now[0] += 1.5
    say("learning", 5, 10)
    say("measuring", 0, 0)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["phase"], line["done"], line["of"]) for line in lines] == [
        ("learning", 0, 10),
        ("learning", 5, 10),
        ("measuring", 0, 0),
    ]
    assert {line["event"] for line in lines} == {"phase"}


def test_what_a_recipe_learns_from_is_made_without_tensorflow_and_without_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    images = mnist.cache_file()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    mnist.cache_file().parent.mkdir(parents=True)
    mnist.cache_file().symlink_to(images)
    made = []
    for kind in ("train-digits", "train-negatives", "validation-digits", "validation-negatives"):
        folder = dataset.cache_folder("ink")
        folder.mkdir(exist_ok=True)
        for number in range(10):
            made.append(folder / f"{kind}-without-downloads-0-{number}.npz")
            labels = np.full(dataset.CHUNK_SIZES["ink"], 5 if "digits" in kind else -1)
            glyphs = np.zeros((len(labels), 28, 28), np.uint8)
            np.savez(made[-1], glyphs=glyphs, labels=labels)
    assert main(["train", "--recipe", "fine-tune", "--prepare", "--json", "--phases"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [{"event": "phase", "phase": "data", "done": 0, "of": 0}, {"event": "done"}]


def test_convolutions_are_those_of_the_recipe_its_teacher_and_its_base() -> None:
    shipped = ModelFolder.open(DEFAULT_MODEL)
    assert _has_convolutions(RECIPES["cnn"], None)
    assert not _has_convolutions(RECIPES["mlp-fast"], None)
    assert _has_convolutions(RECIPES["mlp"], None), "its teacher is a cnn"
    assert not _has_convolutions(RECIPES["fine-tune"], shipped), "an mlp, taught no longer"
