"""/why: every stage of reading a photo, in one picture."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.conversation.message import Message, Picture
from bot.messages import texts
from bot.messages.language import html
from bot.serving.reader import Reader


async def explain_photo(reader: Reader, fetch: Callable[[], Awaitable[bytes]]) -> Message:
    """Show how a photo is read.

    Raises:
        PhotoError: the photo cannot be read.
        FetchFailed: the bytes could not be had.
    """
    picture = Picture(await reader.explain(await fetch()), "why.png")
    return Message(html(texts.WHY), (picture,), instead=html(texts.NO_PICTURES_HERE))


def ask_for_photo(*, replied: bool) -> Message:
    """Say what to reply to with /why; `replied` is whether the person replied to something."""
    return Message(html(texts.WHY_GONE if replied else texts.WHY_WHAT))
