from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from model.evaluation.metrics import expected_calibration_error
from model.recognition.calibration import (
    NumberScale,
    apply_temperature,
    digits_together,
    fallback_digit_score,
    fit_number_scale,
    fit_temperature,
    negative_log_likelihood,
    number_confidence,
    refusal_threshold,
)


def _honest(images: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Probabilities (images, 10), and labels drawn from just these probabilities."""
    random = np.random.default_rng(7)
    logits = random.normal(scale=2, size=(images, 10))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    drawn = (probabilities.cumsum(axis=1) < random.random((images, 1))).sum(axis=1)
    return probabilities.astype(np.float32), np.minimum(drawn, 9)


@pytest.mark.parametrize("distortion", [0.3, 1.0, 4.0])
def test_the_fitted_temperature_undoes_a_known_distortion(distortion: float) -> None:
    probabilities, labels = _honest(20_000)
    assert fit_temperature(
        apply_temperature(probabilities, 1 / distortion), labels
    ) == pytest.approx(distortion, rel=0.03)


def test_no_other_temperature_is_likelier() -> None:
    probabilities, labels = _honest(500)
    best = fit_temperature(probabilities, labels)
    losses = [
        negative_log_likelihood(apply_temperature(probabilities, best * factor), labels)
        for factor in (0.97, 1.0, 1.03)
    ]
    assert losses[1] == min(losses)


def test_scaling_brings_the_calibration_error_down() -> None:
    probabilities, labels = _honest(20_000)
    overconfident = apply_temperature(probabilities, 0.4)
    calibrated = apply_temperature(overconfident, fit_temperature(overconfident, labels))
    assert expected_calibration_error(overconfident, labels) > 0.1
    assert expected_calibration_error(calibrated, labels) < 0.012


def test_a_temperature_changes_no_answer_and_one_changes_nothing() -> None:
    probabilities, _ = _honest(200)
    hot = apply_temperature(probabilities, 3)
    assert np.array_equal(hot.argmax(axis=1), probabilities.argmax(axis=1))
    assert np.allclose(hot.sum(axis=1), 1, atol=1e-6)
    assert np.allclose(apply_temperature(probabilities, 1), probabilities, atol=1e-6)


def test_a_probability_of_exactly_zero_gives_a_finite_loss() -> None:
    sure = np.eye(10, dtype=np.float32)
    assert np.isfinite(negative_log_likelihood(sure, np.full(10, 3)))
    assert np.isfinite(apply_temperature(sure, 2)).all()


def test_the_refusal_threshold_loses_no_more_than_its_share() -> None:
    likeness = np.random.default_rng(1).random(1000)
    threshold = refusal_threshold(likeness, share=0.01)
    assert (likeness < threshold).sum() == 10
    assert (likeness < np.nextafter(threshold, 1)).sum() == 11


def test_the_refusal_threshold_of_equal_digits_refuses_none() -> None:
    assert refusal_threshold(np.full(50, 0.7), share=0.5) == 0.7
    with pytest.raises(ValueError, match="Received none"):
        refusal_threshold(np.array([]))


def test_who_was_never_asked_whether_it_is_a_digit_splits_its_doubt() -> None:
    probabilities = np.array([[0.81, 0.19], [0.3, 0.7]], np.float32)
    likeness = fallback_digit_score(probabilities)
    assert likeness.dtype == np.float32
    np.testing.assert_allclose(likeness**2, [0.81, 0.7], rtol=1e-6)


def _digits(confidence: float, count: int) -> NDArray[np.float32]:
    """Probabilities (count, 10), the likeliest of which is `confidence`."""
    probabilities = np.full((count, 10), (1 - confidence) / 9, np.float32)
    probabilities[:, 4] = confidence
    return probabilities


def test_digits_together_are_less_sure_the_more_of_them_are_in_doubt() -> None:
    surer = digits_together(np.ones(4), _digits(0.99, 4))
    longer = digits_together(np.ones(8), _digits(0.99, 8))
    doubted = digits_together(np.array([1, 1, 1, 0.5]), _digits(0.99, 4))
    assert surer == pytest.approx(0.99**4)
    assert 1 > surer > longer > doubted > 0
    numbers = number_confidence(np.array([surer, longer, doubted]), np.zeros(3, np.bool_))
    assert (np.diff(numbers) < 0).all()


def test_a_number_of_sure_digits_may_still_lack_one() -> None:
    assert number_confidence(1.0, False) < 0.99


def test_a_number_beside_which_something_is_unread_is_far_less_sure() -> None:
    unread, alone = number_confidence(0.95, True), number_confidence(0.95, False)
    assert 1 - unread > 3 * (1 - alone)  # the risk of an error, 0–1


def test_the_fit_finds_the_scale_that_answers_were_drawn_from() -> None:
    random = np.random.default_rng(3)
    together = random.beta(2, 0.5, 40_000)
    is_part_unread = random.random(40_000) < 0.2
    true = NumberScale(slope=0.6, offset=0.4, unread_penalty=1.5)
    correct = random.random(40_000) < number_confidence(together, is_part_unread, true)
    assert fit_number_scale(together, is_part_unread, correct) == pytest.approx(true, abs=0.08)


def test_answers_that_are_all_right_are_fitted_too() -> None:
    together = np.array([0.9, 0.99])
    scale = fit_number_scale(together, np.zeros(2, np.bool_), np.ones(2, np.bool_))
    assert (number_confidence(together, np.zeros(2, np.bool_), scale) > 0.9).all()
