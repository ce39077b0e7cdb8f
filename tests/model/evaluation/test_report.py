"""The evaluation of a model in words and pictures."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from rich.console import Console

from model.__main__ import main
from model.artifact import DEFAULT_MODEL, ModelFolder
from model.evaluation.metrics import Evaluation
from model.evaluation.plots import save_evaluation_plots
from model.evaluation.report import Report


def _report(*, full: bool) -> Report:
    rng = np.random.default_rng(2)
    labels = np.arange(400) % 10
    probabilities = rng.dirichlet(np.full(10, 0.1), 400).astype(np.float32)
    probabilities[np.arange(400), labels] += 3
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    probabilities[:12] = np.roll(probabilities[:12], 1, axis=1)  # twelve errors
    evaluation = Evaluation(labels, probabilities, rng.beta(9, 1, 400).astype(np.float32))
    manifest = dataclasses.replace(
        ModelFolder.open(DEFAULT_MODEL).manifest, temperature=1.5, refusal_threshold=0.4
    )
    if not full:
        return Report(manifest, evaluation, None, {})
    negatives = {"letters": rng.beta(1, 9, 50), "clothing": rng.beta(1, 5, 70)}
    return Report(
        manifest,
        evaluation,
        evaluation,
        {kind: scores.astype(np.float32) for kind, scores in negatives.items()},
    )


def test_json_holds_every_figure() -> None:
    report = _report(full=True)
    printed = json.loads(json.dumps(report.as_json()))
    assert printed["accuracy"] == pytest.approx(0.97)
    assert printed["errors"] == 12
    assert np.array(printed["confusion"]).shape == (10, 10)
    assert sum(printed["errors_by_digit"]) == 12
    assert printed["calibration"]["temperature"] == 1.5
    assert printed["calibration"]["error"] != printed["calibration"]["error_before"]
    assert set(printed["refusal"]["not_digits"]) == {"letters", "clothing", "all"}
    assert printed["refusal"]["not_digits"]["all"]["images"] == 120
    assert printed["other_hands"]["images"] == 400


def test_what_was_not_measured_is_null() -> None:
    printed = json.loads(json.dumps(_report(full=False).as_json()))
    assert printed["other_hands"] is None
    assert printed["refusal"]["not_digits"] == {}


def test_the_tables_fit_a_terminal() -> None:
    console = Console(width=110, record=True, file=io.StringIO())
    for table in _report(full=True).tables():
        console.print(table)
    text = console.export_text()
    assert "97.00% (95 % interval 94.83% to 98.28%), 12 errors in 400" in text
    assert "clothing" in text


@pytest.mark.slow
def test_every_picture_is_drawn(tmp_path: Path) -> None:
    glyphs = np.random.default_rng(0).integers(0, 256, (400, 28, 28), dtype=np.uint8)
    paths = save_evaluation_plots(tmp_path / "new" / "plots", glyphs, _report(full=True))
    assert [path.stem for path in paths] == [
        "confusion",
        "calibration",
        "refusal",
        "errors",
    ]
    for path in paths:
        picture = cv2.imread(str(path))
        assert picture is not None
        assert min(picture.shape[:2]) > 300
        assert picture.std() > 5


@pytest.mark.slow
def test_a_model_without_errors_can_be_drawn_too(tmp_path: Path) -> None:
    labels = np.arange(20) % 10
    perfect = Evaluation(labels, np.eye(10, dtype=np.float32)[labels], np.ones(20, np.float32))
    report = dataclasses.replace(_report(full=False), mnist=perfect)
    assert len(save_evaluation_plots(tmp_path, np.zeros((20, 28, 28), np.uint8), report)) == 4


def test_the_command_keeps_its_contract(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["evaluate", "--quick", "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    printed = json.loads(line)
    assert {"accuracy", "loss", "errors", "confusion"} <= printed.keys()
    assert np.trace(printed["confusion"]) == 10_000 - printed["errors"]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_model_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "--model", str(tmp_path)]) == 1
    assert "Expected a model folder" in capsys.readouterr().err
