"""What a training process is asked to do: its command line, and the file of corrections."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.store.corrections import Accepted


@dataclass(frozen=True, slots=True)
class Job:
    """What to train.

    Attributes:
        recipe: its name.
        out: where the model folder is to be; must not exist.
        epochs: instead of the recipe's.
        start: the model folder to go on from.
        corrections: a file from `write_corrections`.
    """

    recipe: str
    out: Path
    epochs: int | None = None
    start: Path | None = None
    corrections: Path | None = None

    def command(self) -> list[str]:
        """Return the command line to run."""
        words = [sys.executable, "-m", "model", "train", "--json", "--phases"]
        given = {
            "--recipe": self.recipe,
            "--epochs": self.epochs,
            "--from": self.start,
            "--corrections": self.corrections,
            "--out": self.out,
        }
        for option, value in given.items():
            if value is not None:
                words += [option, str(value)]
        return words


def preparation(recipe: str) -> list[str]:
    """Return the command line that makes what a recipe learns from, and nothing else."""
    words = [sys.executable, "-m", "model", "train", "--json", "--phases", "--prepare"]
    return [*words, "--recipe", recipe]


def write_corrections(corrections: Accepted, path: Path) -> int:
    """Write the corrections to train on, for `--corrections`; returns how many there are."""
    training = ~corrections.held_out
    np.savez(path, glyphs=corrections.glyphs[training], labels=corrections.said[training])
    return int(training.sum())
