"""LiteRT models are loaded ready to run, or refused."""

from __future__ import annotations

import numpy as np
import pytest

from model.artifact import DEFAULT_MODEL, TFLITE
from model.recognition.litert import load_runner


def test_a_loaded_model_takes_batches_of_any_size() -> None:
    runner = load_runner((DEFAULT_MODEL / TFLITE).read_bytes())
    (name,) = runner.get_input_details()
    for count in (3, 1, 5):
        answer = runner(**{name: np.zeros((count, 28, 28), np.float32)})
        assert answer["digits"].shape == (count, 10)


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(ValueError, match="model"):
        load_runner(b"no model")
