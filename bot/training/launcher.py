"""Entry point of the training process: lowers its priority, ties its life to the bot's, and
then becomes the command.

    python -m bot.training.launcher PARENT COMMAND…

The child yields to the process that answers, and never outlives it. Runs as a module of its own
because between fork and exec a process with threads may not run Python.
"""

from __future__ import annotations

import os
import sys

from bot.serving.child_process import MALLOC_ARENAS, NICENESS, end_with_parent

OOM_SCORE = 800
"""Of 1000. Short of memory, the kernel ends the training and not the conversation."""


def main(parent: int, command: list[str]) -> None:
    """Set up this process, and replace it by the command."""
    os.nice(NICENESS)
    os.environ.setdefault("MALLOC_ARENA_MAX", MALLOC_ARENAS)
    end_with_parent(parent, oom_score=OOM_SCORE)
    os.execv(command[0], command)  # noqa: S606 - the bot's own words, no shell


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
