from html.parser import HTMLParser

import pytest

from bot.messages import texts

LONGEST_MESSAGE = 4096


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
