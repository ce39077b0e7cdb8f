"""Why a photo was read as it was: /why, and the button under an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.conversation.message import Message, Picture
from bot.messages import texts
from bot.messages.language import gettext, html
from bot.serving.reader import Reader


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


def photo_gone() -> str:
    """Say that the photo can no longer be had."""
    return gettext(
        "I can no longer get that photo from here. Reply to the photo itself with /why, or send "
        "it again."
    )
