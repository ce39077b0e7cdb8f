"""From a photo's bytes to what the bot answers, off the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol

from bot.messages.answer_card import answer_card
from model.recognition.explanation import explanation
from model.recognition.recognizer import Examination
from model.types import Reading

CPU_THREADS = 2
"""Photos worked on at the same time: OpenCV, LiteRT and Matplotlib's drawing let go of the
interpreter's lock for part of their time only, so more threads than that bring nothing."""


class Recognizes(Protocol):
    """What the bot needs of `model.Recognizer`; safe to call from several threads."""

    @property
    def version(self) -> str:
        """Names the model version."""

    def read(self, photo: bytes) -> Reading:
        """Read a photo; raises `PhotoError`."""

    def examine(self, photo: bytes) -> Examination:
        """Read a photo and keep all that was looked at; raises `PhotoError`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one photo gives.

    Attributes:
        reading: what was read.
        card: the answer card, PNG; None if nothing was read.
        version: of the model that read it.
    """

    reading: Reading
    card: bytes | None
    version: str


class Reader:
    """Reads photos in threads.

    Attributes:
        recognizer: what reads from now on. Assign another one to change the model version; a
            photo that is being read is finished by the one that began it.
    """

    def __init__(self, recognizer: Recognizes, threads: Executor) -> None:
        self.recognizer = recognizer
        self._threads = threads

    async def read(self, photo: bytes) -> Answer:
        """Read one photo and draw its card.

        Raises:
            PhotoError: if the bytes are not a photo that can be read.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _read, self.recognizer, photo)

    async def explain(self, photo: bytes) -> bytes:
        """Draw every stage of reading a photo: a PNG file.

        Raises:
            PhotoError: if the bytes are not a photo that can be read.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, explanation, photo, self.recognizer)


def _read(recognizer: Recognizes, photo: bytes) -> Answer:
    reading = recognizer.read(photo)
    card = answer_card(reading) if reading.digits else None
    return Answer(reading, card, recognizer.version)
