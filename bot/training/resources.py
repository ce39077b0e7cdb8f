"""What a training run was measured to need, and what this machine has left."""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path

import psutil

from model.recipes import RECIPES
from model.training.results import measured

UNMEASURED_FACTOR = 1.1
"""A recipe that nobody has measured is taken to need this times the most that any other did."""

SCRATCH_MB = 200
"""Free disk for a run: MNIST unpacked (55 MB), two model folders and the plots."""

CGROUP_FOLDER = Path("/sys/fs/cgroup")

TENSORFLOW_INSTALLED = importlib.util.find_spec("tensorflow") is not None
"""Whether a child of this process can train; the file is looked for, and nothing is imported."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """What is missing for a run, in words for the admin."""

    text: str


def shortage(recipe: str, folder: Path, cgroup: Path = CGROUP_FOLDER) -> Shortage | None:
    """Return what this process lacks to train a recipe now, or None.

    Args:
        recipe: what would be trained.
        folder: where the run would write.
        cgroup: where the kernel shows a container's limits.
    """
    if not TENSORFLOW_INSTALLED:
        return Shortage("TensorFlow is not installed here; inkling[train] has it.")
    needs = needed_mb(recipe)
    has = available_mb(cgroup)
    if has < needs:
        fits = [name for name in RECIPES if needed_mb(name) <= has]
        instead = f"It would do for {', '.join(fits)}. " if fits else ""
        return Shortage(
            f"Training {recipe} takes about {needs:,.0f} MB of memory, and {has:,.0f} MB are free "
            f"here: {needs - has:,.0f} MB too few. {instead}"
        )
    free = shutil.disk_usage(folder).free / 1e6
    if free < SCRATCH_MB:
        return Shortage(
            f"Training needs about {SCRATCH_MB} MB of disk for a while, and {free:,.0f} MB are "
            f"free under {folder}. Make room and try again."
        )
    return None


def needed_mb(recipe: str) -> float:
    """Return the most memory that training a recipe was measured to take, in MB."""
    known = [run.peak_memory_mb for run in measured(recipe)]
    every = [run.peak_memory_mb for name in RECIPES for run in measured(name)]
    return max(known) if known else UNMEASURED_FACTOR * max(every)


def available_mb(cgroup: Path = CGROUP_FOLDER) -> float:
    """Return the memory that a new process may take, in MB: the machine's or the container's."""
    free = float(psutil.virtual_memory().available)
    for limit, used, cache in (
        # Version 2, as it looks from inside a container; then version 1.
        ("memory.max", "memory.current", "memory.stat"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
    ):
        try:
            left = float(_number(cgroup / limit)) - _number(cgroup / used)
            # Cached files count as used, and are given up when memory is asked for.
            free = min(free, left + _inactive(cgroup / cache))
        except (OSError, ValueError):  # no such file, or "max": no limit of that kind
            continue
    return free / 1e6


def out_of_memory_kills(cgroup: Path = CGROUP_FOLDER) -> int:
    """Count the processes of this container that the kernel ended for want of memory."""
    for events in (cgroup / "memory.events", cgroup / "memory/memory.oom_control"):
        try:
            counts = dict(line.split() for line in events.read_text().splitlines())
            return int(counts["oom_kill"])
        except (OSError, ValueError, KeyError):
            continue
    return 0


def _number(file: Path) -> int:
    return int(file.read_text())


def _inactive(file: Path) -> int:
    counts = dict(line.split() for line in file.read_text().splitlines())
    return int(counts.get("total_inactive_file", counts.get("inactive_file", 0)))
