"""The command line as a whole: help, version, completion, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from model import __version__
from model.__main__ import main

COMMANDS = ("predict", "score", "explain", "train", "recipes", "evaluate", "tune")
HEAVY = ("numpy", "cv2", "PIL", "matplotlib", "tensorflow", "ai_edge_litert")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"Examples:\n    python -m model {command}" in shown


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {command} " in shown for command in COMMANDS)


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"Inkling {__version__}\n"


@pytest.mark.parametrize("wrong", [[], ["none"], ["predict"], ["predict", "--none", "x.png"]])
def test_wrong_use_ends_with_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(wrong) == 2
    shown, messages = capsys.readouterr()
    assert (shown, "Usage:" in messages) == ("", True)


def test_help_imports_nothing_heavy() -> None:
    code = f"import sys, model.__main__\nprint([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_a_shell_completes_commands_and_recipes() -> None:
    program = "import sys; from model.__main__ import main; sys.argv[0] = 'inkling-model'; main()"

    def completions(words: str) -> list[str]:
        environment = {
            "_INKLING_MODEL_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
        }
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.split()

    assert completions("inkling-model pre") == ["predict"]
    assert completions("inkling-model train --recipe mlp-") == ["mlp-fast"]


def test_an_error_that_was_foreseen_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", "x.png", "--model", str(tmp_path)]) == 1
    shown, messages = capsys.readouterr()
    assert (shown, len(messages.splitlines())) == ("", 1)
    assert messages.startswith("Expected a model folder")


def test_a_reader_who_leaves_ends_it_without_a_traceback() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as nobody:
        done = subprocess.run(
            [sys.executable, "-m", "model", "recipes", "--json"],
            stdout=nobody,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_it_without_a_traceback(tmp_path: Path) -> None:
    pipe = tmp_path / "labels.csv"
    os.mkfifo(pipe)
    with (
        subprocess.Popen(
            [sys.executable, "-m", "model", "score", str(pipe)], stderr=subprocess.PIPE, text=True
        ) as child,
        pipe.open("w"),
    ):  # opened by both sides: it is reading now
        child.send_signal(signal.SIGINT)
        _, messages = child.communicate(timeout=60)
    assert (child.returncode, messages) == (1, "Stopped.\n")
