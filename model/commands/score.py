"""Read photos whose digits are known, and say how many were read right."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model.commands.options import JsonOption, ModelOption, examples, print_error

if TYPE_CHECKING:
    from model.evaluation.photos import LabelledPhoto, Outcome
    from model.recognition.recognizer import Recognizer

EXAMPLES = examples(
    "python -m model score photos/labels.csv",
    "python -m model score photos/labels.csv --errors errors.png",
    "python -m model score photos/labels.csv --halves --calibration numbers.png",
    "python -m model score photos/labels.csv --fit-confidence",
    "python -m model score photos/labels.csv --readme model/README.md",
)


def score(  # noqa: PLR0913 - one argument an option
    labels: Annotated[
        Path,
        typer.Argument(
            metavar="LABELS.csv",
            help="Columns file, label (digits in reading order; empty: no digit), kind, author.",
        ),
    ],
    *,
    model: ModelOption = None,
    as_json: JsonOption = False,
    errors: Annotated[
        Path | None,
        typer.Option("--errors", metavar="PNG", help="Save a sheet of the photos read wrong."),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(
            "--calibration",
            metavar="PNG",
            help="Save a plot of the confidence of answers of several digits.",
        ),
    ] = None,
    halves: Annotated[
        bool,
        typer.Option("--halves", help="Count answers of several digits by halves of the authors."),
    ] = False,
    fit_confidence: Annotated[
        bool,
        typer.Option(
            "--fit-confidence",
            help="Fit the confidence of several digits on each half of the authors and on all.",
        ),
    ] = False,
    readme: Annotated[
        Path | None,
        typer.Option("--readme", metavar="FILE", help="Write the table by kind into a README."),
    ] = None,
) -> None:
    """Measure a model on photos whose digits are known.

    The exit status is 1 if one of the photos could not be read; it counts as read wrong.
    """
    from model.artifact import DEFAULT_MODEL
    from model.commands.readme_tables import rewrite
    from model.evaluation import photo_report, photos
    from model.recognition.recognizer import Recognizer

    labelled = photos.read_labels(labels)
    results = _read(Recognizer.load(model or DEFAULT_MODEL), labelled)
    _print_results(results, as_json, by_halves=halves, fit_confidence=fit_confidence)
    if errors:
        photo_report.error_sheet(results).save(errors)
    if calibration:
        _save_calibration(results, calibration)
    if readme:
        rewrite(readme, "photos", photo_report.markdown(results))
    for result in results:
        if result.error:
            print_error(f"{result.labelled.path}: {result.error}")
    if any(result.error for result in results):
        raise typer.Exit(1)


def _read(recognizer: Recognizer, labelled: Sequence[LabelledPhoto]) -> list[Outcome]:
    """Read all photos, with a progress bar on a terminal."""
    from rich.console import Console
    from rich.progress import track

    from model.evaluation.photos import outcomes

    console = Console(stderr=True)
    reading = outcomes(recognizer, labelled)
    quiet = not console.is_terminal
    return list(
        track(reading, "Reading", len(labelled), console=console, disable=quiet, transient=True)
    )


def _save_calibration(results: Sequence[Outcome], target: Path) -> None:
    from model.evaluation.photo_calibration import calibration_figure, number_calibration

    found = number_calibration(results)
    if found is None:
        print_error("No answer has several digits, so there is no plot of their confidence.")
        return
    calibration_figure(found).savefig(target, dpi=160)


def _print_results(
    results: Sequence[Outcome], as_json: bool, *, by_halves: bool, fit_confidence: bool
) -> None:
    from rich.console import Console

    from model.evaluation.confidence_fit import fits_table, scale_fits
    from model.evaluation.photo_calibration import (
        author_half,
        calibration_table,
        number_calibration,
    )
    from model.evaluation.photo_report import summary_table
    from model.evaluation.photos import group_by

    by_kind = group_by(results, lambda labelled: labelled.kind)
    groups = {"all": results}
    if by_halves:
        for half in (0, 1):
            groups[f"half {half}"] = [
                result for result in results if author_half(result.labelled.author) == half
            ]
    fits = scale_fits(results) if fit_confidence else []
    if fit_confidence and not fits:
        print_error("A half of the authors has no answer of several digits, so nothing is fitted.")
    if as_json:
        counts = {kind: asdict(summary) for kind, summary in by_kind.items()}
        numbers = {
            name: found.as_object()
            for name, group in groups.items()
            if (found := number_calibration(group))
        }
        shown: dict[str, object] = {"kinds": counts, "numbers": numbers}
        if fit_confidence:
            shown["fits"] = [fit.as_object() for fit in fits]
        print(json.dumps(shown), flush=True)
        return
    by_author = group_by(results, lambda labelled: labelled.author)
    console = Console()
    console.print(summary_table("by kind", by_kind, results))
    console.print(summary_table("by author", by_author, results))
    if number_calibration(results):
        console.print(calibration_table(groups))
    if fits:
        console.print(fits_table(fits))
