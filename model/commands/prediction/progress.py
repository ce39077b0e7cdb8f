"""How far a long `predict --out` is: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TimeRemainingColumn,
)
from rich.text import Text

LOG_SECONDS = 30.0
"""Seconds between two lines where standard error is a file or a pipe."""


class _RateColumn(ProgressColumn):
    """Images a second."""

    def render(self, task: Task) -> Text:
        """Return the speed of the last seconds, or nothing before there is one."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f} images/s")


@contextmanager
def progress_of(images: int) -> Iterator[Callable[[int], None]]:
    """Show how many images are done, how fast, and how much time is left.

    Args:
        images: how many there are in all.
    """
    console = Console(stderr=True, highlight=False)
    columns = (BarColumn(), MofNCompleteColumn(), _RateColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Reading", total=images)
        printed = time.monotonic()

        def show(done: int) -> None:
            nonlocal printed
            progress.update(task, completed=done)
            if not console.is_terminal and time.monotonic() - printed > LOG_SECONDS:
                printed = time.monotonic()
                console.print(f"{done:,} of {images:,} images")

        yield show
