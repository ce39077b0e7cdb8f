from __future__ import annotations

import gc

from bot.serving import memory


def test_a_process_that_has_started_collects_what_comes_after() -> None:
    gc.disable()
    try:
        memory.settle()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.enable()
        gc.unfreeze()
