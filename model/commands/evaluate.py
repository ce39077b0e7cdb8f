"""Measure a model on MNIST's test images, on synthetic digits, and on images of other things.

Prints accuracy, loss, the confusion matrix, calibration and refusal, and draws them into a folder,
whose path it names. With --json, standard output holds one object instead:
{"accuracy", "loss", "errors", "confusion", "calibration", "refusal", …}.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rich.console import Console

from model.artifact import DEFAULT_MODEL, ModelFolder
from model.errors import DatasetUnavailable

PLOTS = Path("data") / "evaluation"
"""Beside the database, where whatever this installation makes goes; the model folder stays as it
was trained."""

SUMMARY = "measure a model on MNIST's test images"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--model", type=Path, metavar="DIR", help="model folder (default: shipped)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument(
        "--quick", action="store_true", help="MNIST's test images alone, in a second"
    )
    parser.add_argument(
        "--plots",
        type=Path,
        metavar="DIR",
        help="where to draw (default: data/evaluation/VERSION; with --json: nowhere)",
    )
    parser.add_argument(
        "--readme", type=Path, metavar="FILE", help="put the summary between FILE's two markers"
    )


def run(options: argparse.Namespace) -> int:
    """Measure, print, draw."""
    from model.commands.readme_tables import rewrite  # noqa: PLC0415
    from model.datasets import mnist  # noqa: PLC0415 - other commands are quick
    from model.evaluation import out_of_distribution, plots  # noqa: PLC0415
    from model.evaluation.metrics import measure  # noqa: PLC0415
    from model.evaluation.report import Report  # noqa: PLC0415
    from model.recognition.classifier import Classifier  # noqa: PLC0415

    console = Console(stderr=True, highlight=False)
    folder = ModelFolder.open(options.model or DEFAULT_MODEL)
    classifier = Classifier.load(folder)
    test = mnist.test_set()
    with console.status("MNIST's test images") as status:
        found = measure(classifier, test)
        synthetic, negatives = None, {}
        if not options.quick:
            status.update("synthetic digits, and images that are not digits")
            try:
                beyond = out_of_distribution.load()
            except DatasetUnavailable as error:
                console.print(f"Left out synthetic digits and images of other things: {error}")
            else:
                synthetic = measure(classifier, beyond.digits)
                negatives = {
                    kind: classifier.classify(glyphs).digit_score
                    for kind, glyphs in beyond.negatives.items()
                }
        report = Report(folder.manifest, found, synthetic, negatives)
        drawn = []
        if out := options.plots or (None if options.json else PLOTS / folder.manifest.version):
            status.update("drawing")
            drawn = plots.save_evaluation_plots(out, test.glyphs, report)
    if options.json:
        print(json.dumps(report.as_json()))
    else:
        for table in report.tables():
            Console(highlight=False).print(table, "")
    if drawn:
        console.print(f"Drawn in {out}: {', '.join(path.name for path in drawn)}")
    if options.readme:
        changed = rewrite(options.readme, "evaluation", report.markdown())
        console.print(f"{options.readme}: {'rewritten' if changed else 'as it was'}")
    return 0
