"""What the conversation says is the same after its way to Discord and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from bot.conversation.buttons.actions import ChooseLanguage, Right
from bot.conversation.message import Button, Picture
from bot.discord.rendering import (
    MAX_CONTENT_LENGTH,
    MAX_UPLOAD_BYTES,
    to_content,
    to_files,
    to_markdown,
    to_markup,
    to_view,
)
from bot.messages import texts

WORDS = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize(
    "text",
    [
        texts.HELP,
        texts.HELP_BY_MENU,
        texts.PRIVACY,
        "<code>3.14</code>\nI am 99% sure.",
        "a &lt; b",
    ],
)
def test_our_texts_come_back(text: str) -> None:
    assert to_markup(to_markdown(Markup(text))) == Markup(text)


@given(WORDS)
def test_what_a_person_wrote_is_never_taken_for_markup(words: str) -> None:
    shown = to_markdown(escape(words))
    assert to_markup(shown) == escape(words)
    for mark in ("**", "__", "~~", "||"):
        assert mark not in shown


def test_a_text_that_is_too_long_is_cut_at_the_end_of_a_line() -> None:
    content = to_content(Markup("\n").join(["a line"] * 1000))
    assert len(content) <= MAX_CONTENT_LENGTH and content.endswith("a line…")


def test_pictures_that_are_too_large_are_left_out() -> None:
    small, large = Picture(b"png", "a.png"), Picture(bytes(MAX_UPLOAD_BYTES + 1), "b.png")
    (file,) = to_files([small], Markup("<b>7</b> it is"))
    assert (file.filename, file.description) == ("a.png", "7 it is")
    assert to_files([large], Markup("")) == []


async def test_buttons_are_put_into_as_many_rows_as_discord_allows() -> None:
    right = Button("✓ right", Right("ANSWER"))
    assert to_view(()) is None
    languages = tuple((Button(str(n), ChooseLanguage("de")),) for n in range(11))
    many = tuple((right,) for _ in range(40))
    for rows, shape in ((((right,) * 3,), [3]), (languages, [5, 5, 1]), (many, [5] * 5)):
        view = to_view(rows)
        assert view is not None
        assert [len(row["components"]) for row in view.to_components()] == shape
