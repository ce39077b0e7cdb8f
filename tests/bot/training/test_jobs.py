"""The command line of a training process, and what it learns from."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bot.store.corrections import Accepted
from bot.training.jobs import Job, write_corrections
from model.training.training_set import read_corrections
from model.types import NOT_A_DIGIT


def test_only_corrections_that_are_not_held_out_train(tmp_path: Path) -> None:
    glyphs = np.arange(3 * 784, dtype=np.uint32).astype(np.uint8).reshape(3, 28, 28)
    corrections = Accepted(glyphs, np.array([7, NOT_A_DIGIT, 1]), np.array([False, False, True]))
    file = tmp_path / "corrections.npz"
    assert write_corrections(corrections, file) == 2
    read = read_corrections(file)
    assert np.array_equal(read.glyphs, glyphs[:2])
    assert read.labels.tolist() == [7, NOT_A_DIGIT]


def test_the_command_is_what_the_command_line_takes(tmp_path: Path) -> None:
    job = Job("baseline", tmp_path / "out", epochs=2, start=tmp_path / "from")
    words = job.command()[1:]
    assert words[:4] == ["-m", "model", "train", "--json"]
    assert "--corrections" not in words
    assert words[words.index("--epochs") + 1] == "2"
