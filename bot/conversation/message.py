"""What the bot says, before a front end translates it for its platform.

A text is a `Markup`: HTML with `<b>` and `<code>` alone. Its `format` and `join` escape whatever is
put into it, so nothing that a person wrote can be taken for markup.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from bot.conversation.actions import Action

MAX_NOTICE_LENGTH = 200
"""Characters of a notice: as many as Telegram shows after a press."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message."""

    label: str
    action: Action


Buttons = tuple[tuple[Button, ...], ...]
"""The rows of buttons under a message."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a message.

    Attributes:
        content: a PNG file.
        name: what the file is called.
    """

    content: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Message:
    """Something that the bot says.

    Attributes:
        text: stands under the pictures, if there are any.
        pictures: several of them are an album, which has no buttons.
        buttons: under the text.
        instead: what is said where pictures may not be sent; None for the text alone.
    """

    text: Markup
    pictures: tuple[Picture, ...] = ()
    buttons: Buttons = ()
    instead: Markup | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a press of a button brings about.

    Attributes:
        notice: plain words for the person who pressed, and nobody else; may be empty.
        alert: whether that person must close the notice.
        text: replaces the text of the message that was pressed; None leaves it.
        buttons: replace its buttons, `()` takes them away; None leaves them.
        reply: a further message.
    """

    notice: str = ""
    alert: bool = False
    text: Markup | None = None
    buttons: Buttons | None = None
    reply: Message | None = None
