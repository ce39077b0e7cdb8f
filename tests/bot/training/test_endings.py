"""How a training process ended is found out from its status and its last words."""

from __future__ import annotations

import signal

from bot.errors import Ending
from bot.training.endings import explain, explain_stall


def test_the_kernels_own_kill_is_told_from_another() -> None:
    assert explain(-signal.SIGKILL, [], out_of_memory=True).ending is Ending.OUT_OF_MEMORY


def test_what_hung_is_told_with_its_last_words() -> None:
    hung = explain_stall(["Loading", ""])
    assert (hung.ending, hung.detail) == (Ending.HUNG, "Loading")
    assert explain_stall(["RESOURCE_EXHAUSTED: OOM"]).ending is Ending.OUT_OF_MEMORY
