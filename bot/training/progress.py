"""Progress of the training run that this process carries out."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

from bot.store.runs import Run
from bot.training.process import PhaseProgress, Progress

TYPICAL_SECONDS = {"": 2.0, "data": 1.0, "tensorflow": 10.0, "measuring": 15.0}
"""How long the phases without steps take on two idle cores. Training images that have to be fetched
have steps, of a megabyte each."""

TYPICAL_STEP_SECONDS = 10.0
"""How long the first step of a phase is taken to last. Making handwriting has the longest ones."""

TYPICAL_MEGABYTE_SECONDS = 1.0
"""How long the first step of a download is taken to last: 8 Mbit/s."""

MAX_GUESSED_SHARE = 0.95
"""How far the bar goes by time alone, of a step or of a phase without steps: it is not done before
the next one begins."""


class RunProgress:
    """What the tasks of one run share: how far it is."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.corrections = 0
        self.publishing = False
        self._latest: Progress | None = None
        self._phase = PhaseProgress("", 0, 0)
        self._phase_began = self._step_began = time.monotonic()

    def advance(self, said: Progress | PhaseProgress) -> None:
        """Note what the training process said."""
        if isinstance(said, Progress):
            self._latest = said
            return
        if said.phase != self._phase.phase:
            self._phase_began = self._step_began = time.monotonic()
        elif said.done != self._phase.done:
            self._step_began = time.monotonic()
        self._phase = said

    def figures(self) -> dict[str, Any]:
        """Return the columns of the run's row that may have changed."""
        share, left = self._phase_figures()
        figures: dict[str, Any] = {
            "corrections": self.corrections,
            "phase": self._phase.phase,
            "phase_share": share,
            "seconds_left": left,
        }
        if self._latest is not None:
            figures |= {
                "epoch": self._latest.epoch,
                "epochs": self._latest.epochs,
                "loss": self._latest.loss,
                "accuracy": self._latest.accuracy,
            }
        return figures

    def _phase_figures(self) -> tuple[float | None, float | None]:
        """Return how much of the phase is done and how many seconds are left, as far as known."""
        phase, now = self._phase, time.monotonic()
        seconds = now - self._phase_began
        if phase.of:
            # Long steps would let the bar stand still, so it moves at the pace of those before.
            before = self._step_began - self._phase_began
            first = TYPICAL_MEGABYTE_SECONDS if phase.phase == "data" else TYPICAL_STEP_SECONDS
            pace = before / phase.done if phase.done else first
            # Where the first news are of steps that are done, no pace is known yet.
            begun = min(MAX_GUESSED_SHARE, (now - self._step_began) / pace) if pace else 0.0
            share = min(1.0, (phase.done + begun) / phase.of)
            left = seconds * (1 - share) / share if phase.done else pace * (phase.of - begun)
            return share, left
        typical = TYPICAL_SECONDS.get(phase.phase)  # another version may know other phases
        if typical is None:
            return None, None
        return min(MAX_GUESSED_SHARE, seconds / typical), max(0.0, typical - seconds)


def pid_namespace() -> str:
    """Identify the PID namespace of this process and its machine's boot.

    A stored process id means something only where both are the same.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot[:18]}/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:  # not Linux
        return socket.gethostname()[:40].replace(":", "-")
