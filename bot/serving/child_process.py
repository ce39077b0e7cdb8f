"""What every process that the bot starts has in common: how it ends, and what it is not told."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

SECRETS = (
    "TELEGRAM_BOT_TOKEN",
    "DISCORD_BOT_TOKEN",
    "DATABASE_URL",
    "WEBHOOK_SECRET",
    "API_KEYS",
)
"""Environment variables that no child has a use for."""

PR_SET_PDEATHSIG = 1
"""From <linux/prctl.h>: the signal that this process gets when its parent dies."""


def environment() -> dict[str, str]:
    """Return this process's environment for a child: without secrets."""
    return {name: value for name, value in os.environ.items() if name not in SECRETS}


def end_with_parent(parent: int, *, oom_score: int) -> None:
    """Arrange, in a child, that it ends with the bot and before it.

    Args:
        parent: process id of the bot.
        oom_score: 0 to 1000: the higher, the sooner the kernel ends this process when memory
            runs short. The bot itself has 0.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        Path("/proc/self/oom_score_adj").write_text(str(oom_score))
    if os.getppid() != parent:
        sys.exit("The bot was gone before its child began.")
