"""Which differences chance explains."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from model.evaluation.significance import binomial_tail, mcnemar, mean_interval, wilson


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
    assert (comparison.images, comparison.lost, comparison.gained) == (1014, 9, 5)


def test_a_loss_beyond_chance_fails() -> None:
    comparison = mcnemar(*_outcomes(15, 4))
    assert not comparison
    assert comparison.p_value == pytest.approx(0.0096, abs=1e-4)


def test_26_lost_of_40_different_answers_are_too_many() -> None:
    assert mcnemar(*_outcomes(25, 15))
    assert not mcnemar(*_outcomes(26, 14))


def test_a_gain_always_passes() -> None:
    assert mcnemar(*_outcomes(4, 40))


def test_equally_good_models_fail_no_more_often_than_alpha() -> None:
    rng = np.random.default_rng(3)
    failed = sum(
        not mcnemar(*_outcomes(int(lost), 30 - int(lost), 0))
        for lost in rng.binomial(30, 0.5, size=2000)
    )
    assert failed / 2000 <= 0.05


def test_outcomes_of_different_images_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        mcnemar(np.ones(3, bool), np.ones(4, bool))


def test_the_interval_is_that_of_the_textbook() -> None:
    # Newcombe (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_a_perfect_score_has_an_interval_too() -> None:
    low, high = wilson(100, 100)
    assert high == 1
    assert low == pytest.approx(0.963, abs=5e-4)
    assert wilson(0, 0) == (0, 1)


def test_one_value_has_no_interval_and_three_have_a_wide_one() -> None:
    assert mean_interval([0.99]) == (0.99, None)
    mean, half = mean_interval([0.990, 0.992, 0.994])
    assert mean == pytest.approx(0.992)
    assert half == pytest.approx(4.303 * 0.002 / 3**0.5)
