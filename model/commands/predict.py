"""Read the digits in images: files, or folders of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model.commands.options import JsonOption, ModelOption, examples, print_error
from model.commands.prediction.output import OutputFormat, as_object, as_text

if TYPE_CHECKING:
    from model.commands.prediction.many import Summary
    from model.recognition.decoding.photo_files import FileResult, ReadsPhotos

EXAMPLES = examples(
    "python -m model predict seven.jpg",
    "python -m model predict scans/ --json > readings.jsonl",
    "python -m model predict seven.jpg --sheet seen.png",
    "python -m model predict scans/ --out readings --jobs 8 --format csv",
    "python -m model predict s3://scans --out s3://readings --cluster auto",
)

MAX_NAMED = 20
"""Images that are named of those left out. The same command tries them all again."""

MIN_FILES_FOR_PROGRESS = 10
"""Fewer files than this are read before a person would look at a progress bar."""


def predict(  # noqa: PLR0913 - one argument an option
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Images, or folders of them.")
    ],
    *,
    model: ModelOption = None,
    as_json: JsonOption = False,
    show: Annotated[
        bool, typer.Option("--show", help="Open a picture of what the model saw.")
    ] = False,
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="PNG", help="Save a picture of what the model saw."),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Write one line an image into files in this folder. The same command goes on "
            "where a run was stopped.",
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            min=1,
            metavar="N",
            help="With --out, read in N processes. By default one for each core.",
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="auto|ADDRESS",
            help="With --out, read on a Ray cluster that runs already. Paths may be s3:// and gs://.",
        ),
    ] = None,
    output_format: Annotated[
        OutputFormat | None,
        typer.Option(
            "--format",
            metavar="jsonl|csv",
            help="With --out, write the objects of --json (the default) or a table.",
        ),
    ] = None,
) -> None:
    """Read the digits in images and in folders of images.

    The exit status is 1 if one of the images could not be read; the others are read all the same.
    """
    if out is None and (jobs or cluster or output_format):
        raise typer.BadParameter("Expected --out DIR with --jobs, --cluster or --format.")
    if cluster and jobs:
        raise typer.BadParameter("Expected --jobs or --cluster, not both.")
    if out is not None and (show or sheet or as_json):
        raise typer.BadParameter("Expected no --show, --sheet or --json with --out.")
    output_format = output_format or OutputFormat.JSONL
    if out is not None and cluster:
        if _predict_on_cluster(cluster, out, paths, model, output_format):
            raise typer.Exit(1)
        return
    files = list(find_images([Path(path) for path in paths]))
    if not files:
        print_error("Expected images in the folder, received none.")
        raise typer.Exit(1)
    if out is not None:
        failed = _predict_into(Path(out), files, model, jobs, output_format)
    else:
        failed = _predict_each(files, model, as_json, show, sheet)
    if failed:
        raise typer.Exit(1)


def _predict_each(
    files: Sequence[Path], model: Path | None, as_json: bool, show: bool, sheet: Path | None
) -> bool:
    """Read and print one image after the other; says whether one failed."""
    from model.artifact import DEFAULT_MODEL
    from model.recognition.recognizer import Recognizer

    recognizer = Recognizer.load(model or DEFAULT_MODEL)
    results = []
    for result in read_files(recognizer, files):
        results.append(result)
        _print_result(result, as_json)
    if show or sheet:
        _show(results, sheet)
    return any(result.error for result in results)


def _predict_into(
    out: Path,
    files: Sequence[Path],
    model: Path | None,
    jobs: int | None,
    output_format: OutputFormat,
) -> bool:
    """Read many images into a folder, with a progress bar; says whether one failed."""
    from model.artifact import DEFAULT_MODEL, ModelFolder
    from model.commands.prediction.many import Job, read_in_parts
    from model.commands.prediction.progress import progress_of

    folder = model or DEFAULT_MODEL
    job = Job(
        model=folder,
        version=ModelFolder.open(folder).manifest.version,
        format=output_format,
        out=out,
        processes=min(jobs or os.cpu_count() or 1, len(files)),
    )
    with progress_of(len(set(files))) as on_progress:
        summary = read_in_parts(files, job, on_progress)
    return _print_summary(str(out), summary)


def _predict_on_cluster(
    cluster: str, out: str, paths: Sequence[str], model: Path | None, output_format: OutputFormat
) -> bool:
    """Read many images on a Ray cluster, with a progress bar; says whether one failed."""
    from model.artifact import DEFAULT_MODEL, ModelFolder
    from model.commands.prediction.progress import progress_of

    try:
        from model.commands.prediction import cluster as on_cluster
    except ModuleNotFoundError as missing:
        print_error(
            f"Expected inkling[cluster] to be installed for --cluster. {missing.name} is missing."
        )
        return True
    version = ModelFolder.open(model or DEFAULT_MODEL).manifest.version
    job = on_cluster.ClusterJob(model, version, output_format, out)
    with on_cluster.connected(cluster):
        images = on_cluster.find_images(paths)
        with progress_of(len(images)) as on_progress:
            summary = on_cluster.read_on_cluster(images, job, on_progress)
    return _print_summary(out, summary)


def _print_summary(out: str, summary: Summary) -> bool:
    """Print what a long run came to; says whether an image was not read."""
    print_error(f"{out}: {summary.images:,} images, of which {summary.failed:,} were not read.")
    if summary.left_out:
        print_error(
            f"Left out {len(summary.left_out):,} images, because reading each of them ended its "
            f"process, alone too: {', '.join(map(str, summary.left_out[:MAX_NAMED]))}."
        )
    return bool(summary.failed or summary.left_out)


def read_files(recognizer: ReadsPhotos, files: Sequence[Path]) -> Iterator[FileResult]:
    """Read every file, with a progress bar on a terminal where there are many."""
    from rich.console import Console
    from rich.progress import track

    from model.recognition.decoding.photo_files import read_photo_file

    console = Console(stderr=True)
    quiet = not console.is_terminal or len(files) < MIN_FILES_FOR_PROGRESS
    for path in track(files, "Reading", console=console, disable=quiet, transient=True):
        yield read_photo_file(recognizer, path)


def find_images(paths: Sequence[Path]) -> Iterator[Path]:
    """Find the files that are named and, in folders, the images by their endings, in order."""
    from model.recognition.decoding.accepted import PHOTO_SUFFIXES

    for path in paths:
        if path.is_dir():
            yield from sorted(
                found for found in path.rglob("*") if found.suffix.lower() in PHOTO_SUFFIXES
            )
        else:
            yield path


def _print_result(result: FileResult, as_json: bool) -> None:
    if as_json:
        print(json.dumps(as_object(result)), flush=True)
    elif result.reading is None:
        print_error(f"{result.path}: {result.error}")
    else:
        print(as_text(result.path, result.reading), flush=True)


def _show(results: Sequence[FileResult], target: Path | None) -> None:
    """Save or open one picture of every glyph beside its answer."""
    from model.evaluation.contact_sheet import Tile, contact_sheet

    picture = contact_sheet(
        [
            Tile(digit.glyph, (Path(result.path).name, f"{digit.label}  {digit.confidence:.0%}"))
            for result in results
            for digit in (result.reading.digits if result.reading else ())
        ]
    )
    if target is None:
        picture.show()
    else:
        picture.save(target)
