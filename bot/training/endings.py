"""Why a training process ended that made no model."""

from __future__ import annotations

import signal
from collections.abc import Sequence

from bot.errors import Ending, TrainingFailed

MAX_LAST_WORDS = 300
"""Characters of its last line that an admin is shown."""


def explain(status: int, said: Sequence[str], *, out_of_memory: bool = False) -> TrainingFailed:
    """Find out how a child ended that made no model.

    Args:
        status: its exit status; negative for the signal that ended it.
        said: the last lines of its standard error.
        out_of_memory: whether the kernel ended a process of this container meanwhile.
    """
    words = "\n".join(said)
    if "No space left on device" in words or "Errno 28" in words:
        return TrainingFailed(Ending.DISK_FULL)
    if out_of_memory or _ran_out_of_memory(words):
        return TrainingFailed(Ending.OUT_OF_MEMORY)
    if status == -signal.SIGKILL:
        return TrainingFailed(Ending.KILLED)
    if status < 0:
        return TrainingFailed(Ending.SIGNAL, signal.Signals(-status).name)
    return TrainingFailed(Ending.GAVE_UP, _last_words(said))


def explain_stall(said: Sequence[str]) -> TrainingFailed:
    """Find out why a child hung that was ended for it.

    TensorFlow can hang after it could not get memory, when it has already written why.

    Args:
        said: the last lines of its standard error.
    """
    if _ran_out_of_memory("\n".join(said)):
        return TrainingFailed(Ending.OUT_OF_MEMORY)
    return TrainingFailed(Ending.HUNG, _last_words(said))


def _last_words(said: Sequence[str]) -> str:
    """Return the last line that is not empty, or "" if there is none."""
    last = next((line.strip() for line in reversed(said) if line.strip()), "")
    return last[:MAX_LAST_WORDS]


def _ran_out_of_memory(words: str) -> bool:
    return "MemoryError" in words or "RESOURCE_EXHAUSTED" in words
