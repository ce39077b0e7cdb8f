"""Bring the catalogues of the languages up to date: `python -m tests.translations`.

Collects every text from the code into `bot/messages/inkling.pot`, merges it into the `.po`
file of each language, and compiles these into the `.mo` files that the bot reads. The compiled
files are committed too, so that neither a clone nor a wheel needs a step of its own for them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from gettext import c2py
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bot.messages.language import DOMAIN, ENGLISH, LANGUAGES, LOCALE_FOLDER

ROOT = Path(__file__).parents[1]

TEMPLATE = LOCALE_FOLDER.parent / f"{DOMAIN}.pot"
"""All texts, from which each language's file is made."""

PAGE_FOLDER = ROOT / "bot" / "local" / "page" / "words"
"""What the chat page says in each language."""

PLURALS_TOLD = 200
"""Numbers whose plural form the page is told. By every language's rules, it repeats after that."""

KEYWORDS: dict[str, Any] = {
    "gettext": None,
    "html": None,
    "N_": None,
    "ngettext": (1, 2),
    "nhtml": (1, 2),
    "pgettext": ((1, "c"), 2),
}
"""The functions that translate, and which of their arguments are texts."""

TRANSLATED_ATTRIBUTES = ("aria-label", "placeholder", "title", "alt")
"""Attributes of HTML that people read or hear."""

CREATED = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands in every file instead of the day, so that only texts make a difference."""

LINE_WIDTH = 100
"""Characters of a line in the files."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Bring template and catalogues up to date."""
    argparse.ArgumentParser(prog="python -m tests.translations", description=__doc__).parse_args(
        arguments
    )
    template = collect()
    TEMPLATE.write_bytes(_written(template))
    PAGE_FOLDER.mkdir(exist_ok=True)
    (PAGE_FOLDER / "languages.json").write_text(page_languages(), encoding="utf-8")
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        path = po_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = read(language) if path.exists() else Catalog(language, DOMAIN)
        catalogue.update(template)
        path.write_bytes(_written(catalogue))
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        page_file(language).write_text(page_words(catalogue), encoding="utf-8")
        done = sum(bool(message.id and message.string) for message in catalogue)
        fuzzy = sum(message.fuzzy for message in catalogue if message.id)
        print(f"{language}: {done} of {len(catalogue)} texts, {fuzzy} of them to be checked")  # noqa: T201


def collect() -> Catalog:
    """Collect every text of the bot from its Python, JavaScript and HTML."""
    catalogue = Catalog(domain=DOMAIN, charset="utf-8")
    found = extract_from_dir(
        ROOT / "bot",
        method_map=[("**.py", "python"), ("**.js", "javascript")],
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for name, line, message, comments, context in found:
        place = (f"bot/{name}", line)
        catalogue.add(message, None, [place], auto_comments=comments, context=context)
    for path in sorted((ROOT / "bot" / "local").rglob("*.html")):
        page = _PageTexts()
        page.feed(path.read_text(encoding="utf-8"))
        for line, text in page.found:
            catalogue.add(text, None, [(path.relative_to(ROOT).as_posix(), line)])
    return catalogue


def read(language: str) -> Catalog:
    """Read the `.po` file of a language."""
    with po_file(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def compiled(catalogue: Catalog) -> bytes:
    """Compile a catalogue; texts that a translator has still to check are left out."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def page_words(catalogue: Catalog) -> str:
    """Return as JSON what the chat page says in a language, and its plural forms."""
    said = {
        message.id if isinstance(message.id, str) else message.id[0]: message.string
        for message in catalogue
        if message.id
        and not message.fuzzy
        and any(place.startswith("bot/local/page/") for place, _ in message.locations)
    }
    rule = c2py(catalogue.plural_expr)
    forms = [rule(number) for number in range(PLURALS_TOLD)]
    translated = {text: words for text, words in said.items() if words and all(words)}
    return json.dumps({"texts": translated, "forms": forms}, ensure_ascii=False) + "\n"


def page_languages() -> str:
    """Return as JSON the languages that the chat page offers, by Telegram's names of them."""
    languages = [{"code": _page_code(code), "name": name} for code, name in LANGUAGES.items()]
    return json.dumps(languages, ensure_ascii=False) + "\n"


def page_file(language: str) -> Path:
    """Return where the chat page's words of a language are."""
    return PAGE_FOLDER / f"{_page_code(language)}.json"


def _page_code(language: str) -> str:
    return language.replace("_", "-").lower()


def po_file(language: str) -> Path:
    """Return where the texts of a language are."""
    return LOCALE_FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def _written(catalogue: Catalog) -> bytes:
    language = str(catalogue.locale) if catalogue.locale else ENGLISH
    catalogue.header_comment = f"# What Inkling says, in {LANGUAGES[language]}."
    catalogue.project, catalogue.version, catalogue.fuzzy = "Inkling", "", False
    catalogue.last_translator = catalogue.language_team = catalogue.msgid_bugs_address = ""
    catalogue.creation_date = catalogue.revision_date = CREATED
    file = BytesIO()
    write_po(file, catalogue, LINE_WIDTH, ignore_obsolete=True, include_lineno=False)
    return file.getvalue()


class _PageTexts(HTMLParser):
    """Finds what people read on a page; `words.js` translates the same when the page opens."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._hidden = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"style", "script"}:
            self._hidden = tag
        for name, value in attrs:
            if name in TRANSLATED_ATTRIBUTES and value:
                self._add(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._add(data)

    def _add(self, text: str) -> None:
        words = " ".join(text.split())
        if any(character.isalpha() for character in words):
            self.found.append((self.getpos()[0], words))


if __name__ == "__main__":
    main()
