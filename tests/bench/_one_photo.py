"""Reads one photo again and again, from its bytes to the card, for a profiler to watch."""

from __future__ import annotations

import time

import cv2

from bot.messages.answer_card import answer_card
from model.recognition.recognizer import Recognizer
from tests.bench.reading import photograph

SECONDS = 10.0


def main() -> None:
    """Read until the time is over."""
    cv2.setNumThreads(1)
    recognizer = Recognizer.load()
    photo = photograph(0)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        examined = recognizer.examine(photo)
        answer_card(examined.reading, examined.picture)


if __name__ == "__main__":
    main()
