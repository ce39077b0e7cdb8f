"""The people who send photos while something goes wrong, and what became of their photos."""

from __future__ import annotations

import time
from collections import Counter
from typing import NamedTuple

from model.datasets import mnist
from tests.bot.running import Chat, Message
from tests.model.photo_variants import jpeg, sheet

TOKEN = "4711:chaos"

FIRST_PERSON = 5001
"""The user id of the first of them."""

PEOPLE = range(FIRST_PERSON, FIRST_PERSON + 10)

PHOTOS_EACH = 3

SETTLE_SECONDS = 3.0
"""After the last answer, so that what comes twice has come."""


class Tally(NamedTuple):
    """What became of photos.

    Attributes:
        sent: how many were sent.
        answered: with a card.
        lost: without any answer.
        told: answered in words alone.
        twice: with more than one card.
        both: with a card and words.
    """

    sent: int
    answered: int
    lost: int
    told: int
    twice: int
    both: int


class Senders:
    """Ten people in one Telegram.

    Args:
        url: of the Telegram.
    """

    def __init__(self, url: str) -> None:
        self.chats = [Chat(url, person) for person in PEOPLE]
        examples = mnist.test_set().glyphs[:PHOTOS_EACH]
        self._photos = [jpeg(sheet(glyph)) for glyph in examples]
        self._sent: set[tuple[int, int]] = set()
        self._began = time.monotonic()

    def send_all(self) -> None:
        """Have each of them send their photos."""
        self._began = time.monotonic()
        for photo in self._photos:
            for chat in self.chats:
                self._sent |= {(chat.chat_id, sent["message_id"]) for sent in chat.send(photo)}

    def wait(self, patience_seconds: float) -> float:
        """Wait until everything is answered, or for that long.

        Returns:
            The seconds until everybody but the first person had their last answer.
        """
        seconds, others, missing = 0.0, Counter[tuple[int, int]](), True
        while missing and time.monotonic() - self._began < patience_seconds:
            time.sleep(0.5)
            before, others = others, _count(self.chats[1:])
            if others != before:
                seconds = time.monotonic() - self._began
            missing = len(others) + len(_count(self.chats[:1])) < len(self._sent)
        time.sleep(SETTLE_SECONDS)
        return seconds

    def answered(self) -> int:
        """Return how many photos have been answered so far."""
        return len(_count(self.chats))

    def tally(self) -> Tally:
        """Count what became of the photos."""
        cards, words = _count(self.chats, "photo"), _count(self.chats, "text")
        return Tally(
            sent=len(self._sent),
            answered=len(cards),
            lost=len(self._sent) - len(cards.keys() | words.keys()),
            told=len(words.keys() - cards.keys()),
            twice=sum(times > 1 for times in cards.values()),
            both=len(words.keys() & cards.keys()),
        )


def _count(chats: list[Chat], kind: str = "") -> Counter[tuple[int, int]]:
    """Count how often the bot has answered each message: with any, with cards or with words."""
    return Counter(
        _place(chat, message)
        for chat in chats
        for message in chat.from_bot()
        if not kind or kind in message
    )


def _place(chat: Chat, said: Message) -> tuple[int, int]:
    """Return what a message is about; if it does not show that, itself."""
    return chat.chat_id, said.get("reply_to_message", said)["message_id"]
