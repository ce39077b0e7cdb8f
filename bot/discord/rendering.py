"""What the conversation says, as Discord shows it: Markdown, attachments, rows of buttons."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from html import unescape
from typing import Any

import discord
from markupsafe import Markup, escape

from bot.conversation.buttons.actions import decode, encode
from bot.conversation.message import Button, Buttons, Message, Picture, Shown
from bot.messages.language import gettext
from bot.store.answers import photo_number

MAX_CONTENT_LENGTH = 2000
"""Characters of a message."""

MAX_DESCRIPTION_LENGTH = 1024
"""Characters of what is said of a picture to people who do not see it."""

MAX_UPLOAD_BYTES = 10 * 1024 * 1024
"""Of all pictures in a message; more is allowed in some servers only."""

ROWS, BUTTONS_PER_ROW = 5, 5
"""Rows of buttons under a message, and buttons in a row."""

FORM = "say:"
"""What the name of a form begins with; the id of the answer follows."""

FIELD = "number"
"""The name of the field in it."""

MAX_FIELD_LENGTH = 120
"""Characters that can be typed."""

MAX_TITLE_LENGTH = 45
"""Characters of a form's title, and of what stands at its field."""

_TAG = re.compile(r"(</?(?:b|code)>)")
_MARKED = re.compile(r"\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`]+)`|\\(?P<escaped>.)", re.DOTALL)


def to_markdown(text: Markup) -> str:
    """Write a text with `<b>` and `<code>` as Discord's Markdown.

    >>> to_markdown(Markup("<b>2 * 3</b> &lt; <code>7*</code>"))
    '**2 \\\\* 3** < `7*`'
    """
    parts, in_code = [], False
    for part in _TAG.split(str(text)):
        if part in ("<b>", "</b>"):
            parts.append("**")
        elif part in ("<code>", "</code>"):
            parts.append("`")
            in_code = part == "<code>"
        else:
            plain = unescape(part)
            # Inside code nothing can be escaped.
            parts.append(plain.replace("`", "ˋ") if in_code else escape_markdown(plain))
    return "".join(parts)


def escape_markdown(text: str) -> str:
    """Keep words from being taken for markup."""
    return re.sub(r"([*_`~|\\>#\[\]<])", r"\\\1", text) if text.strip() else text


def to_markup(content: str) -> Markup:
    """Read back what `to_markdown` wrote."""
    parts, end = [], 0
    for found in _MARKED.finditer(content):
        parts.append(escape(content[end : found.start()]))
        if found["bold"] is not None:
            parts.append(Markup("<b>{}</b>").format(to_markup(found["bold"])))
        elif found["code"] is not None:
            parts.append(Markup("<code>{}</code>").format(found["code"]))
        else:
            parts.append(escape(found["escaped"]))
        end = found.end()
    return Markup("").join([*parts, escape(content[end:])])


def to_content(text: Markup) -> str:
    """Write a text as the content of one message; what does not fit is left out."""
    content = to_markdown(text)
    if len(content) <= MAX_CONTENT_LENGTH:
        return content
    return content[: MAX_CONTENT_LENGTH - 1].rpartition("\n")[0] + "…"


def to_files(pictures: Sequence[Picture], text: Markup) -> list[discord.File]:
    """Make attachments of pictures; the words that go with them describe them to the blind."""
    if sum(len(picture.content) for picture in pictures) > MAX_UPLOAD_BYTES:
        return []
    description = text.striptags()[:MAX_DESCRIPTION_LENGTH] or None
    return [
        discord.File(io.BytesIO(picture.content), picture.name, description=description)
        for picture in pictures
    ]


class ActionButton(discord.ui.Button[Any]):
    """A button that holds an action; `bot.discord.buttons` says what becomes of a press."""

    def __init__(self, button: Button, row: int) -> None:
        super().__init__(label=button.label[:80], custom_id=encode(button.action), row=row)


def to_view(buttons: Buttons) -> discord.ui.View | None:
    """Turn rows of buttons into Discord's; None if there are no buttons."""
    rows: Sequence[Sequence[Button]] = buttons
    if len(rows) > ROWS or any(len(row) > BUTTONS_PER_ROW for row in rows):
        every = [button for row in buttons for button in row][: ROWS * BUTTONS_PER_ROW]
        rows = [every[n : n + BUTTONS_PER_ROW] for n in range(0, len(every), BUTTONS_PER_ROW)]
    if not rows:
        return None
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for button in row:
            view.add_item(ActionButton(button, number))
    # Nobody waits for a press: whatever process is there takes it.
    view.stop()
    return view


def to_parts(message: Message) -> dict[str, Any]:
    """Return the parts of a message, as discord.py's methods that send take them."""
    parts: dict[str, Any] = {"content": to_content(message.text)}
    if files := to_files(message.pictures, message.text):
        parts["files"] = files
    if (view := to_view(message.buttons)) is not None:
        parts["view"] = view
    return parts


def shown_in(message: discord.Message) -> Shown:
    """Read back what a message of the bot's says; what is none of ours is left out."""
    rows: list[tuple[Button, ...]] = []
    for row in message.components:
        if isinstance(row, discord.ActionRow):
            held = [each for each in row.children if isinstance(each, discord.Button)]
            actions = [(each.label or "", decode(each.custom_id or "")) for each in held]
            rows.append(tuple(Button(text, act) for text, act in actions if act is not None))
    return Shown(to_markup(message.content), tuple(rows))


def to_form(identity: str) -> discord.ui.Modal:
    """Make the form in which one types what the photo of an answer says."""
    number = photo_number(identity)
    title = gettext("What does it say?")
    if number is not None:
        title = gettext("What does photo {number} say?", number=number)
    form = discord.ui.Modal(title=title[:MAX_TITLE_LENGTH], custom_id=FORM + identity)
    label = gettext("The number, as it is written")[:MAX_TITLE_LENGTH]
    form.add_item(discord.ui.TextInput(label=label, custom_id=FIELD, max_length=MAX_FIELD_LENGTH))
    # `bot.discord.buttons` takes it, whichever process shows it.
    form.stop()
    return form


def typed_in(interaction: discord.Interaction[Any]) -> str:
    """Find what was typed in a form, wherever Discord nests its field."""
    sent: Any = interaction.data
    waiting = list(sent["components"])
    while waiting:
        part = waiting.pop()
        if part.get("custom_id") == FIELD:
            return str(part.get("value", ""))
        waiting += part.get("components", [])
        if "component" in part:
            waiting.append(part["component"])
    return ""
