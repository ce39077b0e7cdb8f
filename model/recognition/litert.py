"""LiteRT models, loaded without a word on the terminal."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.recognition import standard_error

GREETING = rb"INFO: Created TensorFlow Lite XNNPACK delegate for CPU\.\n"
"""What LiteRT writes when a process runs its first model."""


def load_runner(model: bytes) -> Any:
    """Load a model and run it once, so that its memory is allocated and its greeting is over.

    The model runs on one thread: a photo's glyphs take less time than waking a second one.

    Args:
        model: the content of a .tflite file with one signature.

    Returns:
        An `ai_edge_litert.interpreter.SignatureRunner`.

    Raises:
        ValueError, RuntimeError: it is no such model.
    """
    # A process that only looks at model folders starts half a second earlier without it.
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415

    runner = Interpreter(model_content=model, num_threads=1).get_signature_runner()
    blank = {
        name: np.zeros(details["shape"], details["dtype"])
        for name, details in runner.get_input_details().items()
    }
    with standard_error.leave_out(GREETING):
        runner(**blank)
    return runner
