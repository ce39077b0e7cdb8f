"""A function can be called in a process that gives everything back by ending."""

from __future__ import annotations

import asyncio
import os
import sys
import time

import psutil
import pytest

from bot.serving.child_process import SECRETS, ChildFailed, call_in_child
from model.errors import ModelError


def told(word: str, *, times: int) -> tuple[str, int, int, list[str]]:
    sys.stdout.write("This is not part of the answer.")
    return word * times, os.getpid(), os.nice(0), sorted(os.environ.keys() & set(SECRETS))


def refuse() -> None:
    raise ModelError("Expected a model. Received none.")


def stumble() -> None:
    raise ZeroDivisionError("by nothing")


def end() -> None:
    os._exit(3)


async def test_it_returns_what_the_function_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRETS[0], "1:token")
    words, process, niceness, secrets = await call_in_child(told, "ab", times=2)
    assert (words, secrets) == ("abab", [])
    assert process != os.getpid() and not psutil.pid_exists(process)
    assert niceness > os.nice(0) or niceness == 19


async def test_it_raises_what_is_foreseen_and_tells_of_the_rest() -> None:
    with pytest.raises(ModelError, match="Received none"):
        await call_in_child(refuse)
    with pytest.raises(ChildFailed, match="ZeroDivisionError: by nothing"):
        await call_in_child(stumble)
    with pytest.raises(ChildFailed, match="status 3"):
        await call_in_child(end)


async def test_nothing_is_left_of_a_call_that_is_cancelled() -> None:
    others = set(psutil.Process().children())
    call = asyncio.create_task(call_in_child(time.sleep, 60))
    while not (children := set(psutil.Process().children()) - others):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert not any(child.is_running() for child in children)
