"""How tests wait for what a training run does and says."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from contextlib import suppress

import psutil

from tests.bot.running import BotProcess, Chat, Message

TOKEN = "123456789:AAEtest-token"
"""Of a bot whose Telegram a test plays."""

TRAINING_SECONDS = 300.0
"""For one run of a recipe that takes 20 s on two idle cores."""


def told(chat: Chat, pattern: str, seconds: float = TRAINING_SECONDS) -> Message:
    """Wait until the bot says something, or changes what it said, that fits."""
    return told_in([chat], pattern, seconds)


def told_in(chats: Sequence[Chat], pattern: str, seconds: float = TRAINING_SECONDS) -> Message:
    """Wait until something fits that is said in one of several chats.

    Whichever of two bots claims the report of a run tells it. Here each has a Telegram of its own.
    """
    until = time.monotonic() + seconds
    said: list[str] = []
    while time.monotonic() < until:
        messages = [message for chat in chats for message in chat.from_bot()]
        said = [message.get("text") or message.get("caption") or "" for message in messages]
        for message, words in zip(messages, said, strict=True):
            if re.search(pattern, words, re.S):
                return message
        time.sleep(0.05)
    raise AssertionError(f"Expected {pattern!r}. The bot said: {said}")


def measure(admin: Chat, version: str) -> None:
    """Have the accuracy of the version that is active measured; a slow machine first says so."""
    admin.send(text="/accuracy")
    told(admin, rf"test images right.*Version {version}")


def child_of(bot: BotProcess, seconds: float = 30.0) -> psutil.Process:
    """Wait for the process that carries out a run of a bot, and return it.

    Before there is a run, another process may make what the usual one learns from.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for process in psutil.Process(bot.pid).children():
            with suppress(psutil.NoSuchProcess):  # it has ended since, the one before it, say
                words = process.cmdline()
                if "train" in words and "--prepare" not in words:
                    return process
        time.sleep(0.02)
    raise AssertionError("The bot never started a training process.")
