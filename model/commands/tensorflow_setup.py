"""TensorFlow as the commands that train want it: fast on any processor, silent when it starts."""

from __future__ import annotations

import importlib
import os

from model.errors import TrainingUnavailable
from model.recognition import standard_error


def load() -> None:
    """Import TensorFlow, before anything else does.

    It leaves oneDNN's kernels out on processors without AVX-512, where they are the faster ones
    for convolutions, too (`python -m tests.bench kernels`). What stands in the environment wins.

    Raises:
        TrainingUnavailable: it is not installed.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
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
