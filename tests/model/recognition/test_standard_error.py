"""What matches is left out of standard error, and nothing else is lost."""

from __future__ import annotations

import os

import pytest

from model.recognition import standard_error


def test_a_greeting_is_left_out_and_all_else_is_kept(capfd: pytest.CaptureFixture[str]) -> None:
    with standard_error.leave_out(rb"hello\n"):
        os.write(2, b"before\nhello\nafter\n")
    assert capfd.readouterr().err == "before\nafter\n"


def test_after_a_failure_everything_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ImportError), standard_error.leave_out(b".*"):
        os.write(2, b"two\nlines\n")
        raise ImportError
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "two\nlines\nafter\n"
