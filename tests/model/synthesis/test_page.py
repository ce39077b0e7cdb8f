from __future__ import annotations

from itertools import pairwise

import numpy as np

from model.synthesis.page import lay_out


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_reading_order_is_line_by_line() -> None:
    characters = [(number, np.full((20, 12), 255, np.uint8)) for number in range(6)]

    page = lay_out(characters, (200, 200), 3, rng())

    assert page.labels == (0, 1, 2, 3, 4, 5)
    for one, other in pairwise(page.boxes[:3]):
        assert one.x < other.x
    assert page.boxes[0].y + 20 < page.boxes[3].y


def test_cells_stand_around_the_characters() -> None:
    characters = [(number, np.full((20, 12), 255, np.uint8)) for number in range(6)]

    bare = lay_out(characters, (200, 200), 3, rng())
    ruled = lay_out(characters, (200, 200), 3, rng(), max_spacing=1.5, has_cells=True)

    assert ruled.labels == bare.labels
    lines = ruled.ink.copy()
    for box in ruled.boxes:
        lines[box.y : box.y + box.height, box.x : box.x + box.width] = 0
    for row in (ruled.boxes[:3], ruled.boxes[3:]):
        top, bottom = row[0].y - 20, row[0].y + 40
        between = lines[top:bottom, row[0].x + 12 : row[1].x]
        assert between.any(axis=1).sum() > 10  # an upright line
