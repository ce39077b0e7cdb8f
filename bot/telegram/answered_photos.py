"""Which photo each of the last answers is about."""

from __future__ import annotations

from collections import OrderedDict

from telegram import Message

MAX_REMEMBERED_ANSWERS = 1000
"""Answers whose photo can be found again, at about 2 kB each."""


class AnsweredPhotos:
    """Remembers the messages that hold the photos of the last answers.

    An update holds the message that a command replies to, but not what that one replied to.
    """

    def __init__(self) -> None:
        self._photos: OrderedDict[tuple[int, int], Message] = OrderedDict()

    def remember(self, answer: Message, photo: Message) -> None:
        """Note which photo an answer that was sent is about, and forget the oldest one for it."""
        self._photos[answer.chat.id, answer.message_id] = photo
        if len(self._photos) > MAX_REMEMBERED_ANSWERS:
            self._photos.popitem(last=False)

    def find(self, answer: Message) -> Message | None:
        """Return the photo that an answer is about; None if it is not remembered."""
        return self._photos.get((answer.chat.id, answer.message_id))
