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
