"""TensorFlow as the commands that train want it: fast on any processor, silent when it starts."""

from __future__ import annotations

import importlib
import os

from model.errors import TrainingUnavailable
from model.recognition import standard_error


def load(*, convolutions: bool = True) -> None:
    """Import TensorFlow, before anything else does.

    It leaves oneDNN's kernels out on processors without AVX-512, where they are the faster ones
    for convolutions, too (`python -m tests.bench kernels`). For fully connected layers they are no
    faster there, and take 35 MB. What stands in the environment wins.

    Args:
        convolutions: whether a network is to be trained that has any.

    Raises:
        TrainingUnavailable: it is not installed.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    if convolutions:
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    # It greets before it minds TF_CPP_MIN_LOG_LEVEL (tensorflow/tensorflow#100442).
    try:
        with standard_error.leave_out(b".*"):
            importlib.import_module("tensorflow")
    except ModuleNotFoundError as error:
        if error.name != "tensorflow":
            raise
        raise TrainingUnavailable(
            "Expected TensorFlow, which training needs. It is not installed here: install "
            "requirements.txt, or the package with its extra, inkling[train]."
        ) from error
