"""Formatted text: HTML in, plain text with entities out, and what Telegram marks by itself.

Offsets and lengths count UTF-16 code units, as everywhere in the Bot API; the offsets in error
messages count bytes of UTF-8.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import MessageEntity

from bot.local.api.errors import ApiError, bad_request

TAG_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
"""The type of entity that each of Telegram's HTML tags becomes."""

TOKEN_PATTERN = re.compile(r"<(/?)([^\s>]*)([^>]*)(>?)|&(#?\w+);")
"""A tag, closed or not, or a character reference."""

ATTRIBUTE_PATTERN = re.compile(r"""([\w-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
"""An attribute of a tag, with its value if it has one."""

NAMED_CHARACTERS = {"lt", "gt", "amp", "quot"}
"""The only character references by name that Telegram knows."""

AUTOMATIC_ENTITIES = {
    "bot_command": re.compile(r"(?<![\w/@])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/])"),
    "url": re.compile(r"(?<!\w)https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]"),
    "mention": re.compile(r"(?<![\w@/])@[a-zA-Z][a-zA-Z0-9_]{3,31}\b"),
    "hashtag": re.compile(r"(?<![\w#&])#(?=\w*[^\W\d])\w{1,255}"),
}
"""What Telegram marks in a text by itself."""


def utf16_length(text: str) -> int:
    """Count the UTF-16 code units of a text, as Telegram does."""
    return len(text.encode("utf-16-le")) // 2


def _is_unicode(text: str) -> bool:
    """Tell whether UTF-8 can carry a text: it cannot carry half a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def formatted(
    text: str, parse_mode: str | None, entities: Sequence[MessageEntity] | None = None
) -> tuple[str, list[MessageEntity]]:
    """Return the text that is shown, without surrounding space, and its entities.

    Args:
        text: as the sender wrote it.
        parse_mode: None or "" for plain text, or "HTML" in any case.
        entities: given by the sender in place of a parse mode.

    Raises:
        ApiError: for HTML that is not well formed.
    """
    if not _is_unicode(text):
        raise bad_request("strings must be encoded in UTF-8")
    marked: list[MessageEntity] = list(entities or [])
    if parse_mode:
        if parse_mode.lower() != "html":
            raise bad_request("unsupported parse_mode")
        text, marked = _parse_html(text)
    lead = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    end = utf16_length(text)
    kept = []
    for mark in marked:
        start, stop = max(mark.offset - lead, 0), min(mark.offset - lead + mark.length, end)
        if start < stop:
            moved = mark.to_dict() | {"offset": start, "length": stop - start}
            kept.append(MessageEntity.de_json(moved, None))
    return text, sorted(kept + _found(text, kept), key=lambda m: (m.offset, -m.length))


def _found(text: str, taken: list[MessageEntity]) -> list[MessageEntity]:
    """Find commands, addresses, mentions and hashtags outside of code and links."""
    closed = [m for m in taken if m.type in {"code", "pre", "text_link"}]
    found: list[MessageEntity] = []
    for kind, pattern in AUTOMATIC_ENTITIES.items():
        for match in pattern.finditer(text):
            start = utf16_length(text[: match.start()])
            length = utf16_length(match[0])
            if all(start + length <= m.offset or start >= m.offset + m.length for m in closed):
                found.append(MessageEntity(type=kind, offset=start, length=length))
    return found


@dataclass
class _Open:
    tag: str
    kind: str
    start: int  # characters of the text so far
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None


def _parse_html(source: str) -> tuple[str, list[MessageEntity]]:
    out = ""
    done: list[MessageEntity] = []
    stack: list[_Open] = []
    position = 0
    for token in TOKEN_PATTERN.finditer(source):
        out += source[position : token.start()]
        position = token.end()
        at = len(source[: token.start()].encode())
        if token[5] is not None:
            known = token[5] in NAMED_CHARACTERS or token[5].startswith("#")
            out += html.unescape(token[0]) if known else token[0]
        elif token[1]:
            opened = _closed_by(token[2].lower(), stack, at)
            mark = _entity(opened, out)
            if mark is not None:
                done.append(mark)
        else:
            stack.append(_opened(token, len(out), at, stack))
    out += source[position:]
    if stack:
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{stack[-1].tag}"')
    return out, done


def _opened(token: re.Match[str], start: int, at: int, stack: list[_Open]) -> _Open:
    tag = token[2].lower()
    unclosed = _unparsable(f"Unclosed start tag at byte offset {at}")
    if not (token[3] or token[4]):
        raise unclosed
    attributes = {
        name.lower(): html.unescape(value[1:-1] if value[:1] in {'"', "'"} else value)
        for name, value in ATTRIBUTE_PATTERN.findall(token[3])
    }
    if tag not in TAG_TYPES or (tag == "span" and attributes.get("class") != "tg-spoiler"):
        raise _unparsable(f'Unsupported start tag "{tag}" at byte offset {at}')
    if not token[4]:
        raise unclosed
    opened = _Open(tag, TAG_TYPES[tag], start)
    if tag == "a":
        opened.url = attributes.get("href")
    elif tag == "blockquote" and "expandable" in attributes:
        opened.kind = "expandable_blockquote"
    elif tag == "tg-emoji":
        opened.custom_emoji_id = attributes.get("emoji-id")
    elif tag == "code" and stack and stack[-1].tag == "pre":
        language = attributes.get("class", "").removeprefix("language-")
        stack[-1].language = language or None
        opened.kind = ""
    return opened


def _closed_by(tag: str, stack: list[_Open], at: int) -> _Open:
    if not stack:
        raise _unparsable(f"Unexpected end tag at byte offset {at}")
    opened = stack.pop()
    if tag and tag != opened.tag:
        raise _unparsable(
            f'Unmatched end tag at byte offset {at}, expected "</{opened.tag}>", found "</{tag}>"'
        )
    return opened


def _entity(opened: _Open, out: str) -> MessageEntity | None:
    """Make an entity of an element; None where it is empty or says nothing by itself."""
    length = utf16_length(out[opened.start :])
    if not length or not opened.kind or (opened.tag == "a" and not opened.url):
        return None
    return MessageEntity(
        type=opened.kind,
        offset=utf16_length(out[: opened.start]),
        length=length,
        url=opened.url,
        language=opened.language,
        custom_emoji_id=opened.custom_emoji_id,
    )


def _unparsable(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")
