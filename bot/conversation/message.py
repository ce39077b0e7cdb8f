"""What the bot says, before a front end translates it for its platform.

A text is a `Markup`: HTML with `<b>` and `<code>` alone. Its `format` and `join` escape whatever is
put into it, so nothing that a person wrote can be taken for markup.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from bot.conversation.buttons.actions import Action

NOTE_SEPARATOR = "\n\n"
"""Stands between an answer and the note that says what was asked or said of it. An answer itself
has no empty line."""

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
    """

    text: Markup
    pictures: tuple[Picture, ...] = ()
    buttons: Buttons = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the bot's, as a person sees it.

    Attributes:
        text: what it says, with what was added since.
        buttons: under it.
        number: of the message in a person's own chat with the bot; None in a group, or where the
            platform has none.
    """

    text: Markup
    buttons: Buttons = ()
    number: int | None = None

    @property
    def answer(self) -> Markup:
        """What the message says, without the note that was added."""
        return Markup(self.text.partition(NOTE_SEPARATOR)[0])  # noqa: S704 - was Markup before

    @property
    def answers(self) -> tuple[str, ...]:
        """The ids of the answers that its buttons are about, each once, in their order."""
        actions = [button.action for row in self.buttons for button in row]
        return tuple(dict.fromkeys(str(a.answer) for a in actions if hasattr(a, "answer")))

    def with_note(self, note: Markup | None) -> Markup:
        """Return what the message says, with this note in place of the one before."""
        return self.answer if note is None else self.answer + NOTE_SEPARATOR + note


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
