"""TensorFlow as the commands that train want it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

PROGRAM = """
import os, sys
from model.commands import tensorflow_setup
tensorflow_setup.load()
print("tensorflow" in sys.modules, os.environ["TF_ENABLE_ONEDNN_OPTS"])
"""


def _load(**environment: str) -> subprocess.CompletedProcess[str]:
    usual = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=usual | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_it_is_loaded_with_one_dnn_and_without_a_word() -> None:
    loaded = _load()
    assert (loaded.stdout, loaded.stderr) == ("True 1\n", "")


def test_the_environment_says_whether_with_one_dnn(tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").touch()
    loaded = _load(TF_ENABLE_ONEDNN_OPTS="0", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert loaded.stdout == "True 0\n"


def test_what_was_said_is_let_out_where_loading_fails(tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text(
        "import os\nos.write(2, b'Needs AVX.\\n')\nraise ImportError('not on this machine')\n"
    )
    failed = _load(PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert failed.returncode == 1
    assert failed.stderr.startswith("Needs AVX.\n")
    assert failed.stderr.endswith("ImportError: not on this machine\n")


def test_where_it_is_not_installed_a_sentence_says_so(tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text("raise ModuleNotFoundError(name='tensorflow')\n")
    train = [sys.executable, "-m", "model", "train", "--recipe", "baseline", "--out", "trained"]
    failed = subprocess.run(
        train,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert failed.returncode == 1
    assert failed.stderr.startswith("Expected TensorFlow, which training needs.")
    assert len(failed.stderr.splitlines()) == 1
