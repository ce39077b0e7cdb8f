from __future__ import annotations

import numpy as np

from model.synthesis import camera


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_light_is_never_dark_or_negative() -> None:
    for seed in range(12):
        lit = camera.light(60, 80, rng(seed))
        assert lit.shape == (60, 80, 3)
        assert lit.dtype == np.float32
        assert lit.min() > 0
