from __future__ import annotations

import pytest
from markupsafe import Markup

from bot.conversation.message import NOTE_SEPARATOR
from bot.messages import captions, texts
from bot.messages.captions import album_caption, caption
from model.types import Box, Digit, Reading, Refusal, Sign
from tests.bot.fakes import digit

LONGEST_CAPTION = 1024


def on_line(line: int, label: int) -> Digit:
    one = digit(label)
    return Digit(one.glyph, one.probabilities, one.box, line)


def test_a_sure_digit_needs_few_words() -> None:
    assert caption(Reading((digit(7, 0.98),))) == "<code>7</code>\nI am 98% sure."


def test_a_doubtful_digit_has_a_second_choice() -> None:
    words = caption(Reading((digit(1, 0.6, second=7),)))
    assert words == "<code>1</code>\nI am 60% sure. It could be 7 instead (40%)."


def test_several_digits_name_the_least_sure() -> None:
    reading = Reading((digit(0), digit(4, 0.7, second=9), digit(2)), confidence=0.8)
    assert caption(reading) == (
        "<code>042</code>\n3 digits. I am least sure of digit 2: 4 at 70%. It could be 9 "
        "instead (30%)."
    )
    assert "at least 97% sure of each" in caption(Reading((digit(0), digit(1)), confidence=0.8))


def test_a_number_that_is_doubtful_as_a_whole_says_so_however_clear_its_digits_are() -> None:
    reading = Reading((digit(0), digit(1)), confidence=0.62)
    assert caption(reading).endswith(
        "\n2 digits. I am at least 97% sure of each."
        "\nI am not sure of the whole: it is 62% likely that all of it is right."
    )
    assert album_caption([reading]) == "1. <code>01</code> (I am not sure)"


def test_a_caption_is_never_too_long() -> None:
    words = caption(Reading((digit(8),) * 900))
    assert len(words) < LONGEST_CAPTION
    assert "8…</code>\n900 digits." in words


@pytest.mark.parametrize("refusal", Refusal)
def test_each_refusal_says_what_to_do(refusal: Refusal) -> None:
    words = caption(Reading((), refusal))
    assert words == texts.REFUSALS[refusal]
    assert words.count(".") >= 2


def test_each_line_of_a_page_is_a_number_of_its_own() -> None:
    digits = tuple(on_line(line, label) for line, label in [(0, 1), (0, 5), (1, 2), (1, 0)])
    reading = Reading(digits, signs=(Sign(".", 0, 1, Box(0, 0, 2, 2)),), confidence=0.8)
    first, second, words = caption(reading).split("\n")
    assert (first, second) == ("<code>1.5</code>", "<code>20</code>")
    assert words == "4 digits. I am at least 97% sure of each."


def test_what_could_not_be_read_is_said() -> None:
    words = caption(Reading((digit(7),), unread=(Box(0, 0, 5, 9),)))
    assert words.endswith("\nIn one place there is something that I could not read.")
    several = caption(Reading((digit(7),), unread=(Box(0, 0, 5, 9), Box(9, 0, 5, 9))))
    assert several.endswith("\nIn 2 places there is something that I could not read.")


def test_a_page_of_many_lines_is_cut_where_telegram_would_refuse_it() -> None:
    reading = Reading(tuple(on_line(line, 7) for line in range(captions.MAX_LINES + 5)))
    assert caption(reading).split("\n")[captions.MAX_LINES] == "…"


def test_a_note_can_be_told_from_an_answer() -> None:
    for reading in (Reading((digit(7, 0.5),)), Reading((), Refusal.TOO_BUSY)):
        assert NOTE_SEPARATOR not in caption(reading)
        assert NOTE_SEPARATOR not in album_caption([reading, Markup("That is too large.")])
