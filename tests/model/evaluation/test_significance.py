from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from model.evaluation.significance import binomial_tail, mcnemar


def _outcomes(
    lost: int, gained: int, both: int = 1000
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    before = np.r_[np.ones(both, bool), np.ones(lost, bool), np.zeros(gained, bool)]
    after = np.r_[np.ones(both, bool), np.zeros(lost, bool), np.ones(gained, bool)]
    return before, after


def test_the_probability_is_the_exact_binomial_tail() -> None:
    assert binomial_tail(0, 0) == 1
    assert binomial_tail(3, 3) == 1 / 8
    assert binomial_tail(8, 10) == (45 + 10 + 1) / 1024
    assert binomial_tail(600, 1000) == pytest.approx(1.364e-10, rel=1e-3)


def test_a_model_is_no_worse_than_itself() -> None:
    comparison = mcnemar(*_outcomes(0, 0))
    assert comparison
    assert (comparison.lost, comparison.gained, comparison.p_value) == (0, 0, 1)


def test_a_loss_that_chance_explains_passes() -> None:
    comparison = mcnemar(*_outcomes(9, 5))
    assert comparison.no_worse
    assert str(comparison).startswith("no worse than chance explains: of 1,014 images 9 lost")


def test_a_loss_beyond_chance_fails_and_says_so() -> None:
    comparison = mcnemar(*_outcomes(15, 4))
    assert not comparison
    assert comparison.p_value == pytest.approx(0.0096, abs=1e-4)
    assert str(comparison).startswith("worse beyond chance")


def test_of_forty_images_twenty_six_lost_are_too_many() -> None:
    assert mcnemar(*_outcomes(25, 15))
    assert not mcnemar(*_outcomes(26, 14))


def test_a_gain_always_passes() -> None:
    assert mcnemar(*_outcomes(4, 40))


def test_equally_good_models_fail_no_more_often_than_alpha() -> None:
    random = np.random.default_rng(3)
    failed = sum(
        not mcnemar(*_outcomes(int(lost), 30 - int(lost), 0))
        for lost in random.binomial(30, 0.5, size=2000)
    )
    assert failed / 2000 <= 0.05


def test_outcomes_of_different_images_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        mcnemar(np.ones(3, bool), np.ones(4, bool))
