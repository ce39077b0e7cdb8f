"""TensorFlow as the commands that train want it: fast on any processor, silent when it starts."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


def load() -> None:
    """Import TensorFlow, before anything else does.

    It leaves oneDNN's kernels out on processors without AVX-512, where they are the faster ones
    for convolutions, too (`python -m tests.bench kernels`). What stands in the environment wins.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    with _silent():
        importlib.import_module("tensorflow")


@contextmanager
def _silent() -> Iterator[None]:
    """Hold back what is written on standard error, and let it out only if there was an error.

    TensorFlow greets before it minds TF_CPP_MIN_LOG_LEVEL (tensorflow/tensorflow#100442), and from
    C++, so it has to be done to the file descriptor.
    """
    sys.stderr.flush()
    standard_error = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        failed = True
        try:
            yield
            failed = False
        finally:
            os.dup2(standard_error, 2)
            os.close(standard_error)
            if failed:
                said.seek(0)
                os.write(2, said.read())
