from __future__ import annotations

import numpy as np
import pytest

from model.evaluation.selective_prediction import acceptance, auroc, risk_coverage


def test_withholding_the_unsure_answers_lowers_the_risk() -> None:
    curve = risk_coverage(np.array([0.9, 0.2, 0.8, 0.4]), np.array([True, False, True, True]))
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert curve.risk.tolist() == [0, 0, 0, 0.25]
    assert curve.at(1) == 0.25
    assert curve.at(0.75) == 0
    assert curve.area == pytest.approx(0.0625)


def test_the_area_under_the_curve_is_the_share_of_pairs_in_order() -> None:
    random = np.random.default_rng(5)
    digits, things = random.integers(0, 9, 60) / 9, random.integers(0, 6, 40) / 9
    pairs = digits[:, None] - things[None, :]
    assert auroc(digits, things) == pytest.approx(((pairs > 0) + (pairs == 0) / 2).mean())
    assert auroc(np.array([0.6, 0.7]), np.array([0.1])) == 1
    assert auroc(np.ones(3), np.ones(4)) == 0.5


def test_what_is_accepted_when_one_digit_in_a_hundred_is_refused() -> None:
    digits = np.linspace(0.5, 1, 100)
    things = np.array([0.1, 0.2, 0.502, 0.9])  # the second digit stands at 0.505
    found = acceptance(digits, things, threshold=0.15)
    assert found.images == 4
    assert found.accepted == 0.25
    assert found.accepted_as_shipped == 0.75
