"""The figures, examples and links in the READMEs are true."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from model.__main__ import main
from model.artifact import DEFAULT_MODEL, ModelFolder
from model.datasets import mnist
from model.evaluation.metrics import measure
from model.evaluation.photo_report import markdown_row
from model.evaluation.photos import outcomes, read_labels
from model.evaluation.report import Report
from model.recognition.classifier import Classifier
from model.recognition.recognizer import Recognizer
from tests.bench import development
from tests.model.photo_variants import jpeg, sheet

README = Path(__file__).parents[1] / "README.md"
"""Has the table of `evaluate --readme`."""

MODEL_README = README.parent / "model" / "README.md"
"""Has the tables of `recipes --readme` and `score --readme`."""

PAGES = (
    README,
    MODEL_README,
    README.parent / "bot" / "README.md",
    README.parent / ".github" / "CONTRIBUTING.md",
    README.parent / "CHANGELOG.md",
)


def test_the_readme_has_the_shipped_models_figures() -> None:
    text = README.read_text(encoding="utf-8")
    folder = ModelFolder.open(DEFAULT_MODEL)
    found = measure(Classifier.load(folder))
    for row in Report(folder.manifest, found, None, {}).markdown().splitlines():
        assert row in text, "run: python -m model evaluate --readme README.md"


def test_the_readme_of_the_model_has_the_recipes_figures(tmp_path: Path) -> None:
    copy = tmp_path / "README.md"
    shutil.copy(MODEL_README, copy)
    assert main(["recipes", "--readme", str(copy)]) == 0
    assert copy.read_text(encoding="utf-8") == MODEL_README.read_text(encoding="utf-8"), (
        "run: python -m model recipes --readme model/README.md"
    )


def test_the_readme_shows_what_predict_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = re.findall(
        r'^    (\{"path": .*)$', README.read_text(encoding="utf-8"), re.MULTILINE
    )
    (tmp_path / "seven.jpg").write_bytes(jpeg(sheet(mnist.test_set().glyphs[0])))
    monkeypatch.chdir(tmp_path)
    assert main(["predict", "seven.jpg", "--json"]) == 0
    parts = [re.escape(part) for part in example.split("…")]
    assert re.fullmatch(".*".join(parts), capsys.readouterr().out.strip())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name + "/" + page.name)
def test_links_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target


@pytest.mark.parametrize("package", ["model", "bot"])
def test_the_contributing_guide_explains_every_module_and_folder(package: str) -> None:
    guide = (README.parent / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    tree = guide.split(f"\n    {package}/ ", 1)[1].split("\n\n", 1)[0]
    explained = re.findall(r"^      (\S+?)/?  ", tree, re.MULTILINE)
    here = {path.name for path in (README.parent / package).iterdir() if path.name[0].isalpha()}
    assert sorted(explained) == sorted(here - {"README.md", "py.typed"})


def test_the_readme_says_of_photos_what_the_table_of_the_model_says() -> None:
    rows = re.findall(
        r"^\| \w+ \| (\d+) \| (\d+) \| ([\d.]+%) \|",
        MODEL_README.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    text = " ".join(README.read_text(encoding="utf-8").split())
    said = re.findall(r"([\d.]+%) of (\d+) [a-z ]+ by (\d+) people", text)
    assert len(said) == 3
    assert {(images, people, right) for right, images, people in said} <= set(rows)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["drawn", "scan"])
def test_the_readme_of_the_model_says_how_well_photos_are_read(kind: str) -> None:
    """These two kinds are read in a minute or two, without coming near the limit of time."""
    labels = development.LABELS
    if not labels.exists():
        pytest.skip("the development photos are not beside this checkout")
    of_kind = [labelled for labelled in read_labels(labels) if labelled.kind == kind]
    row = markdown_row(kind, list(outcomes(Recognizer.load(), of_kind)))
    assert row in MODEL_README.read_text(encoding="utf-8"), (
        "run: python -m model score ../shared/photos/labels.csv --readme model/README.md"
    )


@pytest.mark.slow
def test_the_readme_is_what_the_command_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "README.md"
    shutil.copy(README, copy)
    assert main(["evaluate", "--json", "--readme", str(copy)]) == 0
    if json.loads(capsys.readouterr().out)["other_hands"] is None:
        pytest.skip("synthetic digits could not be made here")
    assert copy.read_text(encoding="utf-8") == README.read_text(encoding="utf-8")
