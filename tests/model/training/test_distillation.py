"""Learning from a teacher at a temperature."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from model.training.distillation import Distillation

TEMPERATURE = 4.0


def _probabilities(count: int) -> np.ndarray:
    drawn = np.random.default_rng(count).dirichlet(np.full(10, 0.3), count)
    return np.clip(drawn, 1e-6, 1).astype(np.float32)


def _softened(probabilities: np.ndarray) -> np.ndarray:
    powers: np.ndarray = probabilities.astype(float) ** (1 / TEMPERATURE)
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


def test_it_is_the_loss_of_the_paper_but_for_a_factor_and_a_constant() -> None:
    teacher, student = _probabilities(20), _probabilities(21)[:20]
    soft = -(_softened(teacher) * np.log(_softened(student))).sum(axis=1)
    hard = -(teacher * np.log(student)).sum(axis=1)
    paper = soft * TEMPERATURE**2 + hard
    constant = -(_softened(teacher) * np.log(_softened(teacher))).sum(axis=1)
    received = np.asarray(Distillation(TEMPERATURE, reduction="none")(teacher, student))
    np.testing.assert_allclose(received, paper / TEMPERATURE**2 - constant, rtol=1e-4, atol=1e-5)


def test_nothing_is_better_than_what_the_teacher_says() -> None:
    teacher = _probabilities(20)
    best = Distillation(TEMPERATURE, reduction="none")(teacher, teacher)
    for share in (0.01, 0.3):
        student = (1 - share) * teacher + share * _probabilities(21)[:20]
        others = Distillation(TEMPERATURE, reduction="none")(teacher, student)
        assert (np.asarray(others) > np.asarray(best)).all()


def test_the_loss_is_finite_for_a_student_that_is_sure_of_another_digit() -> None:
    label, other = np.eye(10, dtype=np.float32)[[7]], np.eye(10, dtype=np.float32)[[1]]
    loss = float(Distillation(TEMPERATURE)(label, other))
    assert np.isfinite(loss)
    assert loss > float(Distillation(TEMPERATURE)(label, label))


def test_it_is_copied_with_the_network_that_learns_by_it() -> None:
    config = keras.saving.serialize_keras_object(Distillation(TEMPERATURE))
    copy = keras.saving.deserialize_keras_object(config)
    assert isinstance(copy, Distillation)
    assert copy.temperature == pytest.approx(TEMPERATURE)
