"""Which photo each of the last answers is about."""

from __future__ import annotations

from collections import OrderedDict

from telegram import Message

MAX_REMEMBERED_ANSWERS = 1000
"""Answers whose photo can be found again, at about 2 kB each."""


class AnsweredPhotos:
    """Remembers the messages that hold the photos of the last answers.

    It helps where Telegram does not say: an update holds the message that a command replies to,
    but not what that one replied to, and the answer to an album replies to its first photo only.
    """

    def __init__(self) -> None:
        self._photos: OrderedDict[str, Message] = OrderedDict()

    def remember(self, answer: str, photo: Message) -> None:
        """Note which photo an answer is about, by the answer's id, and forget the oldest one."""
        self._photos[answer] = photo
        if len(self._photos) > MAX_REMEMBERED_ANSWERS:
            self._photos.popitem(last=False)

    def find(self, answer: str) -> Message | None:
        """Return the photo that an answer is about; None if it is not remembered."""
        return self._photos.get(answer)
