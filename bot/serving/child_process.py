"""What every process that the bot starts has in common: how it ends, and what it is not told.

    python -m bot.serving.child_process PARENT

calls one function, which comes pickled on standard input, see `call_in_child`.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from model.errors import InklingError

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

P = ParamSpec("P")
T = TypeVar("T")

NICENESS = 10
"""Of what is not about a photo. The process that answers goes first for the processor; alone on a
machine this costs nothing."""

MALLOC_ARENAS = "2"
"""How many pools of memory glibc keeps in a child, eight for each core by default. Its threads
would leave holes in all of them."""

CALL_OOM_SCORE = 600
"""The kernel ends a call after a training run, which has 800, and before reading, which has 400."""


class ChildFailed(Exception):
    """A function in a child raised what nobody foresaw, or the child was ended."""


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


async def call_in_child(function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """Call a function in a process of its own, which gives all its memory back by ending.

    Libraries and data sets that the bot needs once in a while would stay in it for good otherwise.

    Args:
        function: one that can be imported by its name; it and all else has to be picklable.
        arguments: what it is called with.
        options: likewise, by name.

    Raises:
        InklingError: as the function raises it.
        ChildFailed: anything else went wrong; the message is its traceback.
    """
    import asyncio  # noqa: PLC0415 - 2.5 MB that a child has no use for

    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.serving.child_process", str(os.getpid())),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment(),
    )
    try:
        answer, _ = await process.communicate(pickle.dumps((function, arguments, options)))
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        status = await process.wait()
    if not answer:
        raise ChildFailed(f"Expected an answer of a child. It ended with status {status}.")
    result, error, trace = pickle.loads(answer)  # noqa: S301 - our own process's
    if trace:
        raise ChildFailed(trace)
    if error is not None:
        raise error
    return cast(T, result)


def main(parent: int) -> None:
    """Call what comes on standard input, and write what it returns or raises."""
    # Terminals and platforms signal the whole group. The bot decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(NICENESS)
    end_with_parent(parent, oom_score=CALL_OOM_SCORE)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answer:
        # What libraries print must not come into it.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        pickle.dump(_outcome(sys.stdin.buffer.read()), answer)


def _outcome(call: bytes) -> tuple[object, InklingError | None, str]:
    """Return what a pickled call returns, what it raises, and the traceback of anything else."""
    try:
        function, arguments, options = pickle.loads(call)  # noqa: S301 - the bot's
        return function(*arguments, **options), None, ""
    except InklingError as error:
        return None, error, ""
    except Exception:
        return None, None, traceback.format_exc()


if __name__ == "__main__":
    main(int(sys.argv[1]))
