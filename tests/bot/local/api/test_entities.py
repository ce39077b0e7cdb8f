"""HTML becomes text and entities, or the error that Telegram words so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import MessageEntity

from bot.local.api.entities import formatted, utf16_length
from bot.local.api.errors import ApiError


def marks(text: str, parse_mode: str | None = "HTML") -> list[tuple[str, str]]:
    """The kinds of the entities, with the text that each covers."""
    shown, entities = formatted(text, parse_mode)
    units = shown.encode("utf-16-le")
    return [
        (e.type, units[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le"))
        for e in entities
    ]


@pytest.mark.parametrize(
    ("html", "text", "expected"),
    [
        ("<b>7</b> &lt; 8 &amp; 9", "7 < 8 & 9", [("bold", "7")]),
        ("a <i>b <u>c</u></i>", "a b c", [("italic", "b c"), ("underline", "c")]),
        ("😀 <b>bold</b>", "😀 bold", [("bold", "bold")]),
        ('<a href="https://e.org?a=1&amp;b">x</a>', "x", [("text_link", "x")]),
        ('<pre><code class="language-py">x</code></pre>', "x", [("pre", "x")]),
        ('<span class="tg-spoiler">s</span>', "s", [("spoiler", "s")]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", "q")]),
        ("  <b> 7 </b>  ", "7", [("bold", "7")]),
        ("<b></b>x", "x", []),
        ("&nbsp;&copy; &#55;", "&nbsp;&copy; 7", []),
    ],
)
def test_html_is_shown_as_telegram_shows_it(
    html: str, text: str, expected: list[tuple[str, str]]
) -> None:
    assert formatted(html, "html")[0] == text
    assert marks(html) == expected


def test_details_of_links_and_code_are_kept() -> None:
    _, (link, code) = formatted(
        '<a href="https://e.org">x</a> <pre><code class="language-py">y</code></pre>', "HTML"
    )
    assert link.url == "https://e.org"
    assert code.language == "py"


@pytest.mark.parametrize(
    ("html", "error"),
    [
        ("<b>x", """Can't find end tag corresponding to start tag "b\""""),
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("é <b>x</i>", 'Unmatched end tag at byte offset 7, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<span>x</span>", 'Unsupported start tag "span" at byte offset 0'),
    ],
)
def test_html_that_is_not_well_formed_is_refused(html: str, error: str) -> None:
    with pytest.raises(ApiError) as refusal:
        formatted(html, "HTML")
    assert refusal.value.description == f"Bad Request: can't parse entities: {error}"


def test_other_parse_modes_are_refused() -> None:
    with pytest.raises(ApiError, match="unsupported parse_mode"):
        formatted("*x*", "Markdown")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start now", [("bot_command", "/start")]),
        ("/train@inkling_bot mlp", [("bot_command", "/train@inkling_bot")]),
        ("7/8 and /path/to", []),
        ("see https://e.org/a?b=1.", [("url", "https://e.org/a?b=1")]),
        ("ask @grace or a@b.org", [("mention", "@grace")]),
        ("#digits #7", [("hashtag", "#digits")]),
    ],
)
def test_some_things_are_marked_by_themselves(text: str, expected: list[tuple[str, str]]) -> None:
    assert marks(text, None) == expected


def test_nothing_is_marked_inside_code() -> None:
    assert marks("<code>/start</code>") == [("code", "/start")]


def test_entities_given_by_the_sender_move_with_the_text() -> None:
    bold, moved = (MessageEntity(type="bold", offset=offset, length=1) for offset in (2, 0))
    assert formatted("  7", None, [bold]) == ("7", [moved])


@given(st.text())
def test_any_text_survives_escaping(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown, entities = formatted(f"x<b>{escaped}</b>x", "HTML")
    assert shown == f"x{text}x"
    assert all(e.offset + e.length <= utf16_length(shown) for e in entities)


@given(st.text(alphabet="<>/ab&;\"'= "))
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        shown, entities = formatted(text, "HTML")
    except ApiError as error:
        assert error.description.startswith("Bad Request: can't parse entities: ")
    else:
        assert all(e.offset >= 0 and e.offset + e.length <= len(shown) for e in entities)
