from __future__ import annotations

import numpy as np
import pytest

from model.synthesis import paper


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("ruling", ["squared", "ruled", "dotted", "margin", "film"])
def test_every_ruling_prints_something(ruling: str) -> None:
    printed = paper.rule(120, 160, ruling, 20, rng())

    assert printed.shape == (120, 160)
    assert 0 < printed.mean() < 0.5


def test_plain_paper_has_no_ruling_and_boards_are_dark() -> None:
    assert not paper.rule(120, 160, "none", 20, rng()).any()
    assert paper.board(60, 80, rng()).mean() < 0.35 < paper.sheet(60, 80, 20, rng()).mean()
