"""Progress of the training run that this process carries out."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.store.runs import Run
from bot.training.process import Child, Progress


@dataclass(frozen=True, slots=True)
class ProgressSnapshot:
    """How far the run is, for the live message.

    Attributes:
        seconds_left: an estimate, None before the first epoch has ended.
        measuring: whether the epochs are over and the result is being measured.
        busy_with: what the child says that it does before the first epoch.
    """

    run: Run
    seconds_left: float | None = None
    measuring: bool = False
    busy_with: str = ""


class RunProgress:
    """What the tasks of one run share: how far it is, and its process."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.corrections = 0
        self.child: Child | None = None
        self.measuring = False
        self.publishing = False
        self._seconds: list[float] = []
        self._latest: Progress | None = None
        self._at = time.monotonic()

    def advance(self, progress: Progress) -> None:
        """Note that another epoch is over."""
        self._latest = progress
        self._seconds.append(progress.seconds)
        self._at = time.monotonic()
        self.measuring = progress.epoch == progress.epochs

    def figures(self) -> dict[str, Any]:
        """Return the columns of the run's row that have changed."""
        if self._latest is None:
            return {"corrections": self.corrections}
        return {
            "corrections": self.corrections,
            "epoch": self._latest.epoch,
            "epochs": self._latest.epochs,
            "loss": self._latest.loss,
            "accuracy": self._latest.accuracy,
        }

    def snapshot(self) -> ProgressSnapshot:
        """Return how far the run is, for the live message."""
        left = None
        if self._latest is not None:
            mean = sum(self._seconds) / len(self._seconds)
            epochs = self._latest.epochs - self._latest.epoch
            left = max(0.0, mean * epochs - (time.monotonic() - self._at))
        busy_with = self.child.saying if self.child and self._latest is None else ""
        return ProgressSnapshot(
            replace(self.run, **self.figures()), left, self.measuring, busy_with
        )


def pid_namespace() -> str:
    """Identify the PID namespace of this process and its machine's boot.

    A stored process id means something only where both are the same.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot[:18]}/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:  # not Linux
        return socket.gethostname()[:40].replace(":", "-")
