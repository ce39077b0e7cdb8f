"""Photos that take long let others go first, for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from bot.serving.reading import worker
from bot.serving.reading.worker import LONG_SECONDS, Turns


def work(seconds: float) -> None:
    """Take processor time."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def started(function: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=function)
    thread.start()
    return thread


def test_a_long_photo_lets_new_ones_go_first() -> None:
    turns, order, others_came = Turns(at_once=1), list[str](), threading.Event()

    def long() -> None:
        with turns.photo() as on_step:
            work(1.5 * LONG_SECONDS)
            others_came.wait()
            on_step()
            order.append("long")

    def short() -> None:
        with turns.photo() as on_step:
            on_step()
            order.append("short")

    threads = [started(long)]
    while turns._free:
        time.sleep(0.001)
    threads += [started(short), started(short)]
    while turns._new < 2:
        time.sleep(0.001)
    others_came.set()
    for thread in threads:
        thread.join()
    assert order == ["short", "short", "long"]


def test_it_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MAX_ASIDE_SECONDS", 0.05)
    turns, done, given = Turns(at_once=1), threading.Event(), list[int]()

    def new_ones() -> None:
        """Always have another one waiting."""
        while not done.is_set():
            with turns.photo():
                given.append(threading.get_ident())
                time.sleep(0.01)

    with turns.photo() as on_step:
        threads = [started(new_ones) for _ in range(3)]
        while turns._new < 3:
            time.sleep(0.001)
        work(1.5 * LONG_SECONDS)
        began = time.monotonic()
        on_step()
        assert time.monotonic() - began >= 0.05
        assert given, "it let others go first"
        count = len(given)
        on_step()
        assert len(given) == count, "it keeps its turn now"
    done.set()
    for thread in threads:
        thread.join()
