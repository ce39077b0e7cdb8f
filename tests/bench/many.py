"""What reading very many scans takes: from a measured rate to a million and a hundred million."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table

from model.artifact import DEFAULT_MODEL, ModelFolder
from model.commands.prediction.many import Job, read_in_parts
from model.commands.prediction.output import OutputFormat
from tests.bench.reading import photograph

TITLE = "Reading very many scans: python -m model predict SCANS --out DIR"

SCANS = 300
"""Scans that are read, of 1280×960 pixels with one digit each: enough that the start, which takes a
second, does not count for much."""

AMOUNTS = (1_000_000, 100_000_000)

DOLLARS_A_CORE_HOUR = 0.04
"""About what an hour of one core costs to rent, as part of a large machine."""

CORES = (2, 64, 1_000)
"""Cores of one machine, and of a cluster."""


def run() -> RenderableType:
    """Read some scans in one process, and scale that up."""
    with tempfile.TemporaryDirectory() as folder:
        scans = [Path(folder, f"{number:04}.jpg") for number in range(SCANS)]
        for number, scan in enumerate(scans):
            scan.write_bytes(photograph(number))
        version = ModelFolder.open(DEFAULT_MODEL).manifest.version
        job = Job(DEFAULT_MODEL, version, OutputFormat.JSONL, Path(folder, "out"), processes=1)
        began, before = time.monotonic(), _cpu_seconds()
        summary = read_in_parts(scans, job)
        took, cpu = time.monotonic() - began, _cpu_seconds() - before
        written = sum(file.stat().st_size for file in Path(folder, "out").iterdir())
    if summary.images != SCANS or summary.failed:
        raise RuntimeError(f"Expected {SCANS} lines. Received {summary}.")
    kept = _memory_each(str(scans[0]))
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("scans", "core hours", "dollars", *(f"on {cores:,} cores" for cores in CORES)):
        table.add_column(heading, justify="right")
    for amount in AMOUNTS:
        hours = cpu / SCANS * amount / 3600
        table.add_row(
            f"{amount:,}",
            f"{hours:,.0f}",
            f"{hours * DOLLARS_A_CORE_HOUR:,.2f}",
            *(_duration(hours / cores) for cores in CORES),
        )
    return Group(
        table,
        "",
        f"Measured: {1000 * cpu / SCANS:.0f} ms of processor time a scan (start included), "
        f"{SCANS / took:.0f} scans a second in one process, {written / SCANS:.0f} bytes of results "
        f"each, about {kept:.0f} bytes of memory each in the program that hands out the work. "
        f"A core hour is taken to cost {DOLLARS_A_CORE_HOUR} dollars.",
    )


def _memory_each(path: str) -> float:
    """Return the bytes that the program keeps of an image: its path, and whether it was read."""
    many = dict.fromkeys(range(10_000), False)
    return sys.getsizeof(path) + sys.getsizeof(many) / len(many)


def _cpu_seconds() -> float:
    """Return the processor time of this process and of the children that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _duration(hours: float) -> str:
    if hours < 1:
        return f"{60 * hours:.0f} min" if 60 * hours >= 1 else f"{3600 * hours:.0f} s"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"
