"""Albums in groups: which of them are meant for the bot.

An album comes as a message for each photo, and only one of them carries the caption with the
mention. By webhook they may come in any order.
"""

from __future__ import annotations

from collections import deque

from telegram import Message
from telegram.ext import filters

MAX_REMEMBERED_ALBUMS = 100
"""Albums that were addressed to the bot; the photos of one come within seconds."""

MAX_WAITING_PHOTOS = 100
"""Photos of albums that are not addressed to the bot so far, ten albums of ten."""


class Albums:
    """Remembers which albums were addressed to the bot, and photos that came before that."""

    def __init__(self) -> None:
        self._addressed: deque[str] = deque(maxlen=MAX_REMEMBERED_ALBUMS)
        self._waiting: deque[Message] = deque(maxlen=MAX_WAITING_PHOTOS)

    def address(self, message: Message) -> list[Message]:
        """Note that a message's album is meant for the bot.

        Returns:
            The photos of the album that came before, to be answered now.
        """
        album = message.media_group_id
        if album is None or album in self._addressed:
            return []
        self._addressed.append(album)
        return [photo for photo in self._waiting if photo.media_group_id == album]

    def is_addressed(self, message: Message) -> bool:
        """Tell whether a message's album is meant for the bot; if not, the message waits."""
        if message.media_group_id in self._addressed:
            return True
        self._waiting.append(message)
        return False


class _HasAlbum(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        return message.media_group_id is not None


HAS_ALBUM = _HasAlbum()
"""Messages that belong to an album."""
