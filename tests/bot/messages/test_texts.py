from html.parser import HTMLParser

import pytest

from bot.messages import texts
from model.types import Reading, Refusal
from tests.bot.fakes import digit

LONGEST_MESSAGE = 4096
LONGEST_CAPTION = 1024


@pytest.mark.parametrize(
    ("probability", "shown"),
    [
        (1.0, "99.9%"),
        (0.9996, "99.9%"),
        (0.996, "99.6%"),
        (0.99, "99%"),
        (0.5, "50%"),
        (0.01, "1%"),
        (0.004, "under 1%"),
        (0.0, "under 1%"),
    ],
)
def test_percent_is_never_certain(probability: float, shown: str) -> None:
    assert texts.percent(probability) == shown


def test_a_sure_digit_needs_few_words() -> None:
    assert texts.caption(Reading((digit(7, 0.98),))) == "<b>7</b>\nI am 98% sure."


def test_a_doubtful_digit_has_a_second_choice() -> None:
    words = texts.caption(Reading((digit(1, 0.6, second=7),)))
    assert words == "<b>1</b>\nI am 60% sure. It could be 7 instead (40%)."


def test_several_digits_name_the_least_sure() -> None:
    reading = Reading((digit(0), digit(4, 0.7, second=9), digit(2)))
    assert texts.caption(reading) == (
        "<b>042</b>\n3 digits. I am least sure of digit 2: 4 at 70%. It could be 9 instead (30%)."
    )
    assert "at least 97% sure of each" in texts.caption(Reading((digit(0), digit(1))))


def test_a_caption_is_never_too_long() -> None:
    words = texts.caption(Reading((digit(8),) * 900))
    assert len(words) < LONGEST_CAPTION
    assert "8…</b>\n900 digits." in words


@pytest.mark.parametrize("refusal", Refusal)
def test_each_refusal_says_what_to_do(refusal: Refusal) -> None:
    words = texts.caption(Reading((), refusal))
    assert words == texts.REFUSALS[refusal]
    assert words.count(".") >= 2


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", [name for name in vars(texts) if name.isupper()])
def test_every_text_is_html_that_telegram_takes(name: str) -> None:
    value = getattr(texts, name)
    for text in value.values() if isinstance(value, dict) else [value]:
        if isinstance(text, str):
            tags = Tags()
            tags.feed(text)
            tags.close()
            assert not tags.open
            assert tags.seen <= {"b", "i", "code", "a"}
            assert 0 < len(text) <= LONGEST_MESSAGE


def test_descriptions_keep_telegrams_limits() -> None:
    assert len(texts.SHORT_DESCRIPTION) <= 120
    assert len(texts.DESCRIPTION) <= 512
