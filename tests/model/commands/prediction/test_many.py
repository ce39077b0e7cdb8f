"""Many images read in real processes, some of which are killed."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from model.commands.prediction.many import Job, read_in_parts
from model.commands.prediction.output import OutputFormat
from model.datasets import mnist
from model.errors import OutputError
from tests.model.commands.stand_in_recognizers import load_stand_in
from tests.model.photo_variants import png

PROGRAM = """
import sys
from pathlib import Path
from model.commands.prediction.many import Job, read_in_parts
from model.commands.prediction.output import OutputFormat
from tests.model.commands.stand_in_recognizers import load_stand_in

out, *images = map(Path, sys.argv[1:])
read_in_parts(images, Job(out, "abc", OutputFormat.JSONL, out, 2, 10, load_stand_in))
"""
"""Does in a process of its own what the fixture `job` describes."""

Make = Callable[[Sequence[str]], list[Path]]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make files that hold the words given."""

    def files(contents: Sequence[str]) -> list[Path]:
        paths = [tmp_path / "scans" / f"{number:03}.png" for number in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.parent.mkdir(exist_ok=True)
            path.write_text(content)
        return paths

    return files


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """Read in two processes, ten images a part."""
    return Job(
        model=tmp_path,
        version="abc",
        format=OutputFormat.JSONL,
        out=tmp_path / "out",
        processes=2,
        part_size=10,
        load=load_stand_in,
    )


def lines_in(out: Path) -> list[str]:
    """Return the path of each line in all parts, in order."""
    files = sorted(out.glob("part-*"))
    return [json.loads(line)["path"] for file in files for line in file.read_text().splitlines()]


def test_every_image_has_one_line_in_its_order(make: Make, job: Job) -> None:
    images = make(["page"] * 24 + ["broken"])
    progress: list[int] = []
    summary = read_in_parts([*images, images[0]], job, progress.append)
    assert (summary.images, summary.failed, summary.left_out) == (25, 1, ())
    assert lines_in(job.out) == [str(path) for path in images]
    assert [file.name for file in sorted(job.out.glob("part-*"))] == [
        f"part-00000{number}.jsonl" for number in (1, 2, 3)
    ]
    assert progress[-1] == 25


def test_what_is_there_is_not_read_again(make: Make, job: Job) -> None:
    images = make(["page"] * 12)
    read_in_parts(images[:11], job)
    before = {file: file.stat().st_mtime_ns for file in job.out.glob("part-*")}
    images[0].write_text("kill")
    summary = read_in_parts(images, job)
    assert (summary.images, summary.left_out) == (12, ())
    assert lines_in(job.out) == [str(path) for path in images]
    assert {file: file.stat().st_mtime_ns for file in before} == before


def test_a_process_that_is_killed_is_replaced(make: Make, job: Job, tmp_path: Path) -> None:
    images = make(["page"] * 5 + [f"kill once {tmp_path / 'killed'}"] + ["page"] * 14)
    summary = read_in_parts(images, job)
    assert (tmp_path / "killed").exists()
    assert (summary.images, summary.failed, summary.left_out) == (20, 0, ())
    assert sorted(lines_in(job.out)) == [str(path) for path in images]


@pytest.mark.slow
def test_processes_that_are_killed_from_outside_cost_no_image(make: Make, job: Job) -> None:
    images = make(["wait"] * 30)
    killed: list[int] = []
    others = psutil.Process().children()

    def kill_one(done: int) -> None:
        # As the kernel does where memory runs short, whatever is read there.
        children = [child for child in psutil.Process().children() if child not in others]
        if done in (5, 9, 15, 16) and children:
            killed.append(children[-1].pid)
            children[-1].kill()

    summary = read_in_parts(images, job, kill_one)
    assert len(set(killed)) > 1
    assert (summary.images, summary.failed, summary.left_out) == (30, 0, ())
    assert sorted(lines_in(job.out)) == [str(path) for path in images]


@pytest.mark.slow
def test_an_image_that_takes_too_long_gets_a_line_and_holds_up_nobody(make: Make, job: Job) -> None:
    images = make(["page"] * 5 + ["hang"] + ["page"] * 6)
    summary = read_in_parts(images, replace(job, seconds=3))
    assert (summary.images, summary.failed, summary.left_out) == (12, 1, ())
    assert lines_in(job.out) == [str(path) for path in images]
    lines = (job.out / "part-000001.jsonl").read_text().splitlines()
    assert "can be read in 3 s" in json.loads(lines[5])["error"]


@pytest.mark.slow
def test_an_image_that_kills_alone_too_is_left_out_and_tried_again_by_the_next_run(
    make: Make, job: Job
) -> None:
    images = make(["page"] * 10 + ["kill"] + ["page"] * 14)
    summary = read_in_parts(images, job)
    assert summary.left_out == (images[10],)
    assert sorted(lines_in(job.out)) == [str(path) for path in images[:10] + images[11:]]
    images[10].write_text("page")
    assert read_in_parts(images, job).left_out == ()
    assert sorted(lines_in(job.out)) == [str(path) for path in images]


def test_a_table_is_written_for_spreadsheets(make: Make, job: Job) -> None:
    table = replace(job, format=OutputFormat.CSV)
    images = make(["page", "broken"])
    assert read_in_parts(images, table).failed == 1
    assert read_in_parts(images, table).failed == 1
    (file,) = job.out.glob("part-*.csv")
    with file.open(newline="") as lines:
        page, broken = csv.DictReader(lines)
    assert (page["path"], page["refusal"], page["error"]) == (str(images[0]), "no ink", "")
    assert (broken["text"], broken["error"]) == ("", "Expected an image.")


@pytest.mark.parametrize("change", [{"version": "other"}, {"format": OutputFormat.CSV}])
def test_a_folder_does_not_mix_models_or_formats(
    make: Make, job: Job, change: dict[str, object]
) -> None:
    images = make(["page"])
    read_in_parts(images, job)
    with pytest.raises(OutputError, match="Expected model abc and format jsonl"):
        read_in_parts(images, replace(job, **change))  # type: ignore[arg-type]


def test_a_run_that_is_killed_goes_on_where_it_was(make: Make, job: Job) -> None:
    images = make(["wait"] * 60)
    command = [sys.executable, "-c", PROGRAM, str(job.out), *map(str, images)]
    with subprocess.Popen(command) as run:
        first = job.out / "part-000001.jsonl"
        _wait(first.exists)
        children = psutil.Process(run.pid).children(recursive=True)
        run.kill()
    _wait(lambda: not any(_runs(child) for child in children))
    assert 10 <= len(lines_in(job.out)) < 60

    before = first.stat().st_mtime_ns
    assert read_in_parts(images, job).images == 60
    assert first.stat().st_mtime_ns == before
    assert lines_in(job.out) == [str(path) for path in images]
    assert not list(job.out.glob(".*"))


@pytest.mark.slow
@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_all_processes_without_a_traceback(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(png(mnist.test_set().glyphs[0]))
    scans = tmp_path / "scans"
    scans.mkdir()
    for number in range(2_000):
        (scans / f"{number}.png").hardlink_to(photo)
    command = [sys.executable, "-m", "model", "predict", str(scans), "--out", str(tmp_path / "out")]
    with subprocess.Popen(
        [*command, "--jobs", "2"], stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as run:
        _wait(lambda: len(psutil.Process(run.pid).children()) >= 2)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does
        _, messages = run.communicate(timeout=60)
    assert (run.returncode, messages) == (1, "Stopped.\n")


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _wait(condition: Callable[[], bool], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
