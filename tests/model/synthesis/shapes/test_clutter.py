from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from model.synthesis.shapes import clutter

Maker = Callable[[int, np.random.Generator], np.ndarray]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    "make",
    [clutter.texture, clutter.silhouette, clutter.lines, clutter.box_piece, clutter.disc],
)
def test_what_is_no_writing_is_neither_blank_nor_full(make: Maker) -> None:
    for seed in range(20):
        made = make(60, rng(seed))
        assert made.dtype == np.uint8
        assert 0 < made.mean() < 255


def test_a_row_of_cells_has_a_line_at_each_edge_and_below() -> None:
    for seed in range(20):
        row = np.zeros((60, 200), np.uint8)

        clutter.rule_row(row, np.array([10.0, 70, 130, 190]), 2, rng(seed))

        assert (row[55, [10, 70, 130, 190]] > 128).all()
        assert (row[-2, 10:190] > 128).all()
        assert not row[:, 100].all()  # a cell is empty inside


def test_framed_writing_is_glued_to_sides_that_reach_beyond_it() -> None:
    written = np.full((40, 20), 255, np.uint8)
    for seed in range(20):
        made = clutter.framed(written, rng(seed))

        assert made.shape[0] >= 40
        assert made.shape[1] >= 20
        assert (made > 0).sum() > written.size
