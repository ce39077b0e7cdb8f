"""Why a photo was read as it was: /why, and the button under an answer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, NamedTuple, TypeVar

from bot.conversation.message import Message, Picture
from bot.messages import texts
from bot.messages.language import gettext, html
from bot.serving.reading.reader import Reader
from bot.store.people import Person

MAX_REMEMBERED_ANSWERS = 1000
"""Answers whose photo can be found again, at about 2 kB each."""

Photo = TypeVar("Photo")


class AnsweredPhoto(NamedTuple, Generic[Photo]):
    """A photo, and whose it is."""

    owner: Person
    photo: Photo


class AnsweredPhotos(Generic[Photo]):
    """Remembers which photo each of the last answers is about.

    It helps where the platform does not say: Telegram tells which message a command replies to, but
    not what that one replied to, and the answer to an album replies to its first photo only.
    """

    def __init__(self) -> None:
        self._photos: OrderedDict[str, AnsweredPhoto[Photo]] = OrderedDict()

    def remember(self, answer: str, owner: Person, photo: Photo) -> None:
        """Note which photo an answer is about, and forget the oldest one.

        Args:
            answer: its id.
            owner: the person whose photo it is.
            photo: the photo.
        """
        self._photos[answer] = AnsweredPhoto(owner, photo)
        if len(self._photos) > MAX_REMEMBERED_ANSWERS:
            self._photos.popitem(last=False)

    def find(self, answer: str) -> Photo | None:
        """Return the photo that an answer is about; None if it is not remembered."""
        found = self._photos.get(answer)
        return found.photo if found else None

    async def forget(self, person: Person) -> None:
        """Forget all photos of a person who asks to be forgotten."""
        for answer in [key for key, (owner, _) in self._photos.items() if owner == person]:
            del self._photos[answer]


async def explain_photo(reader: Reader, fetch: Callable[[], Awaitable[bytes]]) -> Message:
    """Say and show why a photo is read as it is.

    Raises:
        PhotoError: the photo cannot be read.
        FetchFailed: the bytes could not be had.
    """
    explained = await reader.explain(await fetch())
    return Message(explained.text, (Picture(explained.picture, "why.png"),))


def ask_for_photo(*, replied: bool) -> Message:
    """Say what to reply to with /why; `replied` is whether the person replied to something."""
    return Message(html(texts.WHY_GONE if replied else texts.WHY_WHAT))


def photo_gone(*, by_menu: bool = False) -> str:
    """Say that the photo can no longer be had.

    Args:
        by_menu: whether commands about a picture stand in the menu of its message, as on Discord.
    """
    return gettext(texts.PHOTO_GONE_BY_MENU if by_menu else texts.PHOTO_GONE_BY_REPLY)
