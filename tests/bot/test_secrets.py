"""Secrets stay in the process that needs them."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from bot.config.settings import Settings
from bot.serving.child_process import SECRETS
from tests.bot.running import BotProcess


@pytest.mark.skipif(sys.platform != "linux", reason="/proc shows the limits of another process")
def test_neither_the_bot_nor_a_child_can_leave_a_core_dump(bot: BotProcess) -> None:
    assert bot.url  # it has started, and its reading process with it
    processes = [psutil.Process(bot.pid), *psutil.Process(bot.pid).children()]
    assert len(processes) > 1
    for process in processes:
        limits = Path(f"/proc/{process.pid}/limits").read_text().splitlines()
        (line,) = (line for line in limits if line.startswith("Max core file size"))
        assert line.split()[4:6] == ["0", "0"]


def test_every_secret_setting_is_kept_from_children() -> None:
    secret = {
        name.upper()
        for name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation)
    }
    assert secret == set(SECRETS)
