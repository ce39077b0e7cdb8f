"""Learn from a teacher: G. Hinton, O. Vinyals & J. Dean, "Distilling the Knowledge in a Neural
Network" (2015), arXiv:1503.02531.

A teacher that is 99.99 % sure of a 7 still says which 7s are a little like a 1. In an ordinary loss
that is lost; at a higher temperature, where small probabilities weigh more, it is what a network of
another kind learns most from.

`keras.distillation.Distiller` asks the teacher at every step. Here `BatchSequence` asks once, and
keeps the answers; and one of two outputs has no teacher.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

MIN_TEACHER_PROBABILITY = 1e-8
"""A softmax can underflow to 0, which has no logarithm."""

MIN_STUDENT_PROBABILITY = 1e-20
"""The same for the student, but so small that its gradient does not vanish before float32 does."""

Teacher = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Takes glyphs (n, 28, 28), uint8, and returns the probability of each digit, (n, 10)."""


# Registered, because `keras.models.clone_model` copies a compiled network with its loss.
@keras.saving.register_keras_serializable(package="inkling")
class Distillation(keras.losses.Loss):  # type: ignore[misc]
    """How far a student is from its teacher at a temperature, and without one.

    Equation:
        KL(t′‖p′) + H(t, p) / T², where t and p are the probabilities of teacher and student, and
        ′ is softmax(log · / T)

    Hinton and others write T² times this, so that its gradients are as large as those of the second
    term alone. Here they would be too large beside those of the other output.

    Args:
        temperature: T, 1 or more.
        reduction, name: as for any Keras loss.
    """

    def __init__(
        self,
        temperature: float,
        reduction: str = "sum_over_batch_size",
        name: str = "distillation",
    ) -> None:
        super().__init__(reduction=reduction, name=name)
        self.temperature = temperature

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        """Return (n,) losses from the probabilities of teacher and student, (n, 10) each."""
        student = ops.log(ops.maximum(y_pred, MIN_STUDENT_PROBABILITY))
        soft = ops.softmax(ops.log(ops.maximum(y_true, MIN_TEACHER_PROBABILITY)) / self.temperature)
        divergence = soft * (ops.log(soft) - ops.log_softmax(student / self.temperature))
        return ops.sum(divergence - y_true * student / self.temperature**2, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return what `__init__` takes."""
        config: dict[str, Any] = super().get_config()
        return config | {"temperature": self.temperature}
