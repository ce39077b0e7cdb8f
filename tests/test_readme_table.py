"""The README's figures are what a command prints for the model that ships."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from model.__main__ import main
from model.artifact import DEFAULT_MODEL, ModelFolder
from model.evaluation.metrics import measure
from model.evaluation.report import Report
from model.recognition.classifier import Classifier

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture
def text() -> str:
    """The README."""
    return README.read_text(encoding="utf-8")


def test_the_readme_has_the_shipped_models_figures(text: str) -> None:
    folder = ModelFolder.open(DEFAULT_MODEL)
    found = measure(Classifier.load(folder))
    for row in Report(folder.manifest, found, None, {}).markdown().splitlines():
        assert row in text, "run: python -m model evaluate --readme README.md"


def test_the_readme_has_the_recipes_figures(text: str, tmp_path: Path) -> None:
    copy = tmp_path / "README.md"
    shutil.copy(README, copy)
    assert main(["recipes", "--readme", str(copy)]) == 0
    assert copy.read_text(encoding="utf-8") == text, (
        "run: python -m model recipes --readme README.md"
    )


@pytest.mark.slow
def test_the_readme_is_what_the_command_writes(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "README.md"
    shutil.copy(README, copy)
    assert main(["evaluate", "--json", "--readme", str(copy)]) == 0
    if json.loads(capsys.readouterr().out)["other_hands"] is None:
        pytest.skip("other hands and things that are no digits could not be had here")
    assert copy.read_text(encoding="utf-8") == text
