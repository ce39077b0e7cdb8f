"""Every catalogue is whole, in step with the code, and compiled; nothing is said untranslated."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from matplotlib import get_data_path
from matplotlib.ft2font import FT2Font

from bot.messages.language import ENGLISH, LANGUAGES, LANGUAGES_WITHOUT_GLYPHS, LOCALE_FOLDER
from tests.translations import (
    PAGE_FOLDER,
    TEMPLATE,
    collect,
    compiled,
    page_file,
    page_languages,
    page_words,
    po_file,
    read,
)

ROOT = Path(__file__).parents[3]
TRANSLATED = [language for language in LANGUAGES if language != ENGLISH]

ADVICE = "Run `python -m tests.translations`, and translate what is missing."

MARKUP = re.compile(r"</?[a-z]+>|\{[a-z_]+\}|(?<!\w)/[a-z]+")
"""What a translation must keep: tags, placeholders and commands."""

SPOKEN = {"Markup": 0, "Message": 0, "Button": 0, "Reaction": 0, "escape": 0}
"""Calls whose argument at this place is said to a person."""


def texts_of(catalogue: Catalog) -> dict[tuple[str | None, str], Message]:
    return {(m.context, source(m)): m for m in catalogue if m.id}


def source(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def forms_of(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple) else [str(message.string)]


@pytest.fixture(scope="module")
def template() -> Catalog:
    """What the code says now: collecting it reads all of the code."""
    return collect()


def test_the_template_holds_what_the_code_says(template: Catalog) -> None:
    with TEMPLATE.open("rb") as file:
        kept = texts_of(read_po(file))
    assert kept.keys() == texts_of(template).keys(), ADVICE


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_is_missing_unused_or_still_to_be_checked(language: str, template: Catalog) -> None:
    catalogue = read(language)
    texts = texts_of(catalogue)
    assert texts.keys() - texts_of(template).keys() == set(), f"unused. {ADVICE}"
    assert not catalogue.obsolete, ADVICE
    missing = [
        text
        for text in texts_of(template)
        if text not in texts or texts[text].fuzzy or not all(forms_of(texts[text]))
    ]
    assert missing == [], ADVICE


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_plural_form_is_there(language: str) -> None:
    catalogue = read(language)
    for message in catalogue:
        if message.pluralizable:
            assert len(forms_of(message)) == catalogue.num_plurals, message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_placeholders_tags_and_commands(language: str) -> None:
    for message in read(language):
        if not message.id:
            continue
        sources = [message.id] if isinstance(message.id, str) else message.id
        allowed = [Counter(MARKUP.findall(text)) for text in sources]
        for form in forms_of(message):
            assert Counter(MARKUP.findall(form)) in allowed, (sources[0], form)


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_in_step(language: str) -> None:
    assert po_file(language).with_suffix(".mo").read_bytes() == compiled(read(language)), ADVICE


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_pages_words_are_in_step(language: str) -> None:
    assert page_file(language).read_text(encoding="utf-8") == page_words(read(language)), ADVICE


def test_the_page_offers_every_language() -> None:
    offered = (PAGE_FOLDER / "languages.json").read_text(encoding="utf-8")
    assert offered == page_languages(), ADVICE


def test_there_is_a_folder_for_each_language_and_no_other() -> None:
    assert {path.name for path in LOCALE_FOLDER.iterdir()} == set(TRANSLATED)


def test_the_font_of_the_pictures_has_the_letters_of_every_language_but_those_named() -> None:
    font = FT2Font(str(Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"))
    known = set(font.get_charmap())
    lacking = set()
    for language in TRANSLATED:
        letters = {c for m in read(language) if m.id for form in forms_of(m) for c in form}
        if {ord(letter) for letter in letters if letter.isalpha()} - known:
            lacking.add(language)
    assert lacking == LANGUAGES_WITHOUT_GLYPHS


def test_nothing_is_said_that_is_not_translated() -> None:
    said = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for folder in ("conversation", "messages", "telegram", "serving")
        for path in sorted((ROOT / "bot" / folder).rglob("*.py"))
        for line, text in untranslated(ast.parse(path.read_text()))
    ]
    assert said == [], "Say it by `html`, `gettext` or `ngettext` of `bot.messages.language`."


def untranslated(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Find words that are given to what a person sees, without being translated."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id not in SPOKEN or not node.args:
            continue
        said = node.args[SPOKEN[node.func.id]]
        words = "".join(
            part.value
            for part in ast.walk(said)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        )
        plain = re.sub(r"<[^>]*>|\{[^}]*\}|%[A-Za-z]", "", words)
        by_a_call = any(isinstance(part, ast.Call) for part in ast.walk(said))
        if not by_a_call and any(letter.isalpha() for letter in plain):
            yield node.lineno, words
