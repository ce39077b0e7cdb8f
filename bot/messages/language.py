"""The languages that the bot speaks, and how each text is translated.

Every text stands in English in the code, in the call that says it:

    gettext("Thank you!")                            plain words: a button, a notice, a picture
    html("<b>{number}</b> is gone.", number=7)       HTML: a message; it escapes its values
    ngettext("{count} photo", "{count} photos", 3)   as many forms as the language needs
    nhtml("<b>{count}</b> photo", …)                 the same as HTML
    pgettext("on a button", "Back")                  a text whose meaning needs an explanation
    N_("What is kept of what you send")              a constant; `gettext` translates it later

A text is always a whole sentence, its values have names, and a number that changes its words goes
through `ngettext`. Never join parts of a sentence: other languages have another word order.
`python -m tests.translations` collects all texts for the translators (see CONTRIBUTING.md).

The language is a context variable, so that no function has to pass it on. Each update sets it once,
for the person who wrote it; asyncio gives every task and every `to_thread` a copy. Where nobody
wrote, as in a message to all admins, `speaking` sets it. The reading process has no context of the
person, so each request to it carries the language.
"""

from __future__ import annotations

import gettext as stdlib_gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from markupsafe import Markup

ENGLISH = "en"
"""The language of the texts in the code. It needs no catalogue."""

LANGUAGES = {
    ENGLISH: "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "it": "Italiano",
    "pt": "Português",
    "tr": "Türkçe",
    "ru": "Русский",
    "uk": "Українська",
    "hi": "हिन्दी",
    "zh_Hans": "简体中文",
}
"""What each language calls itself, by the name of its catalogue."""

LANGUAGES_WITHOUT_GLYPHS = frozenset({"hi", "zh_Hans"})
"""Languages whose script the font of the pictures lacks. Pictures speak English to their people."""

DOMAIN = "inkling"
"""The name of the catalogues' files."""

LOCALE_FOLDER = Path(__file__).parent / "locale"
"""Holds a folder for each language, as gettext expects it."""

_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


def gettext(message: str, /, **values: object) -> str:
    """Translate plain words, and put values into their placeholders.

    >>> gettext("What is digit {number}?", number=3)
    'What is digit 3?'
    """
    return _filled(_catalogue().gettext(message), values)


def ngettext(one: str, several: str, count: int, /, **values: object) -> str:
    """Translate plain words about a number, which stands in them as `{count}`.

    >>> ngettext("{count} photo", "{count} photos", 1200)
    '1,200 photos'
    """
    text = _catalogue().ngettext(one, several, count)
    return _filled(text, {"count": grouped(count), **values})


def pgettext(meaning: str, message: str, /, **values: object) -> str:
    """Translate plain words whose meaning the translator would not know without an explanation."""
    return _filled(_catalogue().pgettext(meaning, message), values)


def html(message: str, /, **values: object) -> Markup:
    """Translate a text with markup, and put escaped values into its placeholders.

    >>> html("<b>{name}</b> reads photos.", name="a<b")
    Markup('<b>a&lt;b</b> reads photos.')
    """
    return _filled_markup(_catalogue().gettext(message), values)


def nhtml(one: str, several: str, count: int, /, **values: object) -> Markup:
    """Translate a text with markup about a number, which stands in it as `{count}`."""
    text = _catalogue().ngettext(one, several, count)
    return _filled_markup(text, {"count": grouped(count), **values})


def N_(message: str) -> str:
    """Mark a constant for translation, and return it as it is."""
    return message


def grouped(number: int) -> str:
    """Write a whole number with the language's separator between thousands."""
    return f"{number:,}".replace(",", pgettext("separator of thousands: 1,200", ","))


def decimal(number: float, places: int) -> str:
    """Write a number with so many decimal places, with the language's decimal mark.

    >>> decimal(99.94, 1)
    '99.9'
    """
    return f"{number:.{places}f}".replace(".", pgettext("decimal mark: 99.9", "."))


def current_language() -> str:
    """Return the language in which texts are said now: a key of `LANGUAGES`."""
    return _language.get()


def speak(language: str) -> None:
    """Say texts in a language from now on, in this task and those that it starts."""
    _language.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say texts in a language, for as long as the block lasts."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def language_in_pictures() -> str:
    """Return the language for words in a picture: English where the font lacks the script."""
    language = current_language()
    return ENGLISH if language in LANGUAGES_WITHOUT_GLYPHS else language


def find_language(code: str | None) -> str | None:
    """Find the language for an IETF tag, such as Telegram's `language_code`; None if it is unknown.

    A region or script that has no catalogue of its own gets the language's.

    >>> find_language("pt-br"), find_language("zh-hans"), find_language("zh-TW")
    ('pt', 'zh_Hans', 'zh_Hans')
    """
    wanted = (code or "").lower().replace("-", "_")
    for language in LANGUAGES:
        if language.lower() == wanted:
            return language
    for language in LANGUAGES:
        if two_letter_code(language) == wanted.partition("_")[0]:
            return language
    return None


def accepted_language(header: str) -> str:
    """Return the language for a browser's `Accept-Language`, which names the best first.

    >>> accepted_language("fr-CH, fr;q=0.9, en;q=0.8"), accepted_language("xx")
    ('fr', 'en')
    """
    tags = [tag.partition(";")[0].strip() for tag in header.split(",")]
    return next((found for tag in tags if (found := find_language(tag))), ENGLISH)


def two_letter_code(language: str) -> str:
    """Return the ISO 639-1 code of a language: all that Telegram's menus know."""
    return language.partition("_")[0]


def _catalogue() -> stdlib_gettext.NullTranslations:
    return _load(_language.get())


@cache
def _load(language: str) -> stdlib_gettext.NullTranslations:
    if language == ENGLISH:
        return stdlib_gettext.NullTranslations()
    return stdlib_gettext.translation(DOMAIN, LOCALE_FOLDER, [language], fallback=True)


def _filled(text: str, values: dict[str, object]) -> str:
    return text.format(**values) if values else text


def _filled_markup(text: str, values: dict[str, object]) -> Markup:
    markup = Markup(text)  # noqa: S704 - our own text or a translator's, whose tags a test compares
    return markup.format(**values) if values else markup
