"""Learning from a teacher: G. Hinton, O. Vinyals & J. Dean, "Distilling the Knowledge in a Neural
Network" (2015), arXiv:1503.02531.

A teacher that is 99.99 % sure of a 7 has still to say which 7s are a bit like a 1. At its own
temperature that is lost in the loss; at a higher one, where small probabilities weigh more, it is
what a network of another kind learns most from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from model.artifact import ModelFolder
from model.training import networks
from model.training.networks import outputs

LEAST = 1e-8
"""What a teacher says at least: a softmax that underflows to 0 has no logarithm."""

TINY = 1e-20
"""The same for the pupil, whose gradient shall not end before float32 does."""

Teacher = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Takes glyphs (n, 28, 28) and says how probable each digit is, (n, 10), rows sum to 1."""


def teacher(model: ModelFolder, *, bfloat16: bool) -> Teacher:
    """Ask a trained network, which computes its products in bfloat16 or in float32."""
    network = networks.cast(keras.models.load_model(model.keras_file), bfloat16=bfloat16)
    return lambda glyphs: outputs(network, glyphs)["digits"]


# Registered, because `keras.models.clone_model` copies a compiled network with its loss.
@keras.saving.register_keras_serializable(package="inkling")
class Distillation(keras.losses.Loss):  # type: ignore[misc]
    """How far a pupil is from its teacher at a temperature, and at none.

    KL(t′‖p′) + H(t, p) / T², where t and p are the probabilities of teacher and pupil, and ′ is
    softmax(log · / T). Hinton and others write T² times this, which keeps gradients as large as
    those of the second term alone; undone here, or they drown what other outputs learn.

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

    def call(self, said: keras.KerasTensor, says: keras.KerasTensor) -> keras.KerasTensor:
        """Return (n,) losses of what teacher and pupil say, (n, 10) probabilities each."""
        pupil = ops.log(ops.maximum(says, TINY))
        soft = ops.softmax(ops.log(ops.maximum(said, LEAST)) / self.temperature)
        apart = soft * (ops.log(soft) - ops.log_softmax(pupil / self.temperature))
        return ops.sum(apart - said * pupil / self.temperature**2, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return what `__init__` takes."""
        config: dict[str, Any] = super().get_config()
        return config | {"temperature": self.temperature}
