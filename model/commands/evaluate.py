"""Measure a model on MNIST's test images, on synthetic digits, and on images of other things.

Prints accuracy, loss, the confusion matrix, calibration and refusal, and draws them into a folder,
whose path it names. With --json, standard output holds one object instead:
{"accuracy", "loss", "errors", "confusion", "calibration", "refusal", …}.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model.commands.options import JsonOption, ModelOption, examples

if TYPE_CHECKING:
    from rich.console import Console

    from model.artifact import ModelFolder
    from model.evaluation.report import Report

EXAMPLES = examples(
    "python -m model evaluate --quick",
    "python -m model evaluate --model my-model --json",
)

PLOTS_FOLDER = Path("data") / "evaluation"
"""The plots go beside the database, because the model folder stays as it was trained."""


def evaluate(
    model: ModelOption = None,
    as_json: JsonOption = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Measure MNIST's test images alone, in a second.")
    ] = False,
    plots: Annotated[
        Path | None,
        typer.Option(
            "--plots",
            metavar="DIR",
            help="Where to draw. By default data/evaluation/VERSION; with --json, nowhere.",
        ),
    ] = None,
    readme: Annotated[
        Path | None,
        typer.Option(
            "--readme", metavar="FILE", help="Put the summary between the two markers in FILE."
        ),
    ] = None,
) -> None:
    """Measure a model on MNIST's test images and beyond."""
    from rich.console import Console

    from model.artifact import DEFAULT_MODEL, ModelFolder
    from model.commands.readme_tables import rewrite

    console = Console(stderr=True, highlight=False)
    folder = ModelFolder.open(model or DEFAULT_MODEL)
    report = _measure(folder, quick, console)
    if as_json:
        print(json.dumps(report.as_json()), flush=True)
    else:
        for table in report.tables():
            Console(highlight=False).print(table, "")
        plots = plots or PLOTS_FOLDER / folder.manifest.version
    if plots:
        _draw(report, plots, console)
    if readme:
        changed = rewrite(readme, "evaluation", report.markdown())
        console.print(f"{readme}: {'rewritten' if changed else 'as it was'}")


def _measure(folder: ModelFolder, quick: bool, console: Console) -> Report:
    """Measure everything that was asked for, and say on the console what is being measured."""
    from model.datasets import mnist
    from model.errors import DatasetUnavailable
    from model.evaluation import out_of_distribution
    from model.evaluation.metrics import measure
    from model.evaluation.report import Report
    from model.recognition.classifier import Classifier

    classifier = Classifier.load(folder)
    test = mnist.test_set()
    with console.status("MNIST's test images") as status:
        found = measure(classifier, test)
        if quick:
            return Report(folder.manifest, found, None, {})
        status.update("synthetic digits, and images that are not digits")
        try:
            beyond = out_of_distribution.load()
        except DatasetUnavailable as error:
            console.print(f"Left out synthetic digits and images of other things: {error}")
            return Report(folder.manifest, found, None, {})
        negatives = {
            kind: classifier.classify(glyphs).digit_score
            for kind, glyphs in beyond.negatives.items()
        }
        return Report(folder.manifest, found, measure(classifier, beyond.digits), negatives)


def _draw(report: Report, folder: Path, console: Console) -> None:
    from model.datasets import mnist
    from model.evaluation import plots

    with console.status("Drawing"):
        drawn = plots.save_evaluation_plots(folder, mnist.test_set().glyphs, report)
    console.print(f"Drawn in {folder}: {', '.join(path.name for path in drawn)}")
