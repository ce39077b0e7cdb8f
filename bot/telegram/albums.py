"""Albums: which of them are meant for the bot, and when all their photos are here.

An album comes as a message for each photo, and only one of them carries the caption, in a group
the mention. By webhook they may come in any order. Nothing says how many there are.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager

from telegram import Message
from telegram.ext import filters

from bot.conversation.answers import ReadPhoto
from bot.store.answers import new_id

MAX_REMEMBERED_ALBUMS = 100
"""Albums that were addressed to the bot; the photos of one come within seconds."""

MAX_WAITING_PHOTOS = 100
"""Photos of albums that are not addressed to the bot so far, ten albums of ten."""

QUIET_SECONDS = 0.8
"""Time after the last photo of an album from which it is taken to be whole. Telegram sends its
photos at once, in one answer to getUpdates or in webhooks that follow each other."""


class Album:
    """The photos of one album, as they come and are read.

    Attributes:
        id: begins the names of its answers.
        photos: those that are read, each with its message.
        answer: the message that answers them; None until it is sent.
        said: how many photos it tells of.
        has_notice: whether somebody sees to it that a slow answer is announced.
        sending: is held while the answer is sent or changed.
    """

    def __init__(self) -> None:
        self.id = new_id()
        self.photos: list[tuple[Message, ReadPhoto]] = []
        self.answer: Message | None = None
        self.said = 0
        self.has_notice = False
        self.sending = asyncio.Lock()
        self._reading = 0
        self._all_read = asyncio.Event()
        self._last_came = 0.0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold up the answer while a photo is being read."""
        self._reading += 1
        self._last_came = asyncio.get_running_loop().time()
        self._all_read.clear()
        try:
            yield
        finally:
            self._reading -= 1
            if not self._reading:
                self._all_read.set()

    async def wait_whole(self, quiet_seconds: float) -> None:
        """Wait until the album seems to be whole, and all of it is read.

        Where the webhook brings one photo after the other, and the next only when the one before
        is answered, the first answer tells of one photo, and changes with each that follows.
        """
        clock = asyncio.get_running_loop().time
        while self.answer is None:
            await self._all_read.wait()
            seconds = self._last_came + quiet_seconds - clock()
            if seconds <= 0 and not self._reading:
                return
            await asyncio.sleep(max(seconds, 0))

    def add(self, message: Message, photo: ReadPhoto) -> None:
        """Take a photo that was read; those that are not answered yet stand in their order."""
        self.photos.append((message, photo))
        self.photos[self.said :] = sorted(
            self.photos[self.said :], key=lambda item: item[0].message_id
        )


class Albums:
    """Remembers which albums were addressed to the bot, and the photos of each."""

    def __init__(self) -> None:
        self._addressed: deque[str] = deque(maxlen=MAX_REMEMBERED_ALBUMS)
        self._waiting: deque[Message] = deque(maxlen=MAX_WAITING_PHOTOS)
        self._albums: OrderedDict[str, Album] = OrderedDict()

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

    def of(self, message: Message) -> Album:
        """Return the album that a message belongs to."""
        name = str(message.media_group_id)
        album = self._albums.setdefault(name, Album())
        self._albums.move_to_end(name)
        if len(self._albums) > MAX_REMEMBERED_ALBUMS:
            self._albums.popitem(last=False)
        return album


class _HasAlbum(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        return message.media_group_id is not None


HAS_ALBUM = _HasAlbum()
"""Messages that belong to an album."""
