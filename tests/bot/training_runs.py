"""How tests wait for what a training run does and says."""

from __future__ import annotations

import re
import time

import psutil

from tests.bot.running import BotProcess, Chat, Message

TOKEN = "123456789:AAEtest-token"
"""Of a bot whose Telegram a test plays."""

TRAINING_SECONDS = 300.0
"""For one run of a recipe that takes 20 s on two idle cores."""


def told(chat: Chat, pattern: str, seconds: float = TRAINING_SECONDS) -> Message:
    """Wait until the bot says something, or changes what it said, that fits."""
    return chat.wait_for(
        lambda m: re.search(pattern, m.get("text") or m.get("caption") or "", re.S) is not None,
        seconds,
    )


def child_of(bot: BotProcess, seconds: float = 30.0) -> psutil.Process:
    """Wait for the training process of a bot, and return it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for process in psutil.Process(bot.pid).children():
            if "train" in process.cmdline():
                return process
        time.sleep(0.02)
    raise AssertionError("The bot never started a training process.")
