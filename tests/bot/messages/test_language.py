from __future__ import annotations

import asyncio

import pytest
from markupsafe import Markup

from bot.messages.language import (
    LANGUAGES,
    accepted_language,
    current_language,
    find_language,
    gettext,
    html,
    language_in_pictures,
    ngettext,
    speak,
    speaking,
)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("ru", "ru"),
        ("pt-br", "pt"),
        ("de-AT", "de"),
        ("zh-hans", "zh_Hans"),
        ("zh-hant", "zh_Hans"),
        ("zh", "zh_Hans"),
        ("en-GB", "en"),
        ("tlh", None),
        ("", None),
        (None, None),
    ],
)
def test_a_region_without_a_catalogue_gets_that_of_its_language(
    code: str | None, language: str | None
) -> None:
    assert find_language(code) == language


def test_a_browser_gets_the_first_of_its_languages_that_there_is() -> None:
    assert accepted_language("tlh, uk-UA;q=0.9, ru;q=0.8, en;q=0.5") == "uk"
    assert accepted_language("") == "en"


def test_each_language_says_so_itself() -> None:
    said = {}
    for language in LANGUAGES:
        with speaking(language):
            said[language] = gettext("I speak English now. /language changes it.")
    assert len(set(said.values())) == len(LANGUAGES)
    assert said["de"].startswith("Ich spreche jetzt Deutsch.")
    assert current_language() == "en"


def test_russian_has_three_forms_of_a_number() -> None:
    with speaking("ru"):
        words = [ngettext("{count} person", "{count} people", n) for n in (1, 2, 5, 21)]
    assert words == ["1 человек", "2 человека", "5 человек", "21 человек"]


def test_what_a_person_wrote_is_no_markup() -> None:
    assert html("There is no version {version}.", version="<b>") == "There is no version &lt;b&gt;."
    with speaking("de"):
        words = html("There is no version {version}.", version=Markup("<b>1</b>"))
    assert words == "Es gibt keine Version <b>1</b>."


def test_words_in_pictures_are_english_where_the_font_lacks_the_script() -> None:
    for language, shown in (("ru", "ru"), ("hi", "en"), ("zh_Hans", "en"), ("tr", "tr")):
        with speaking(language):
            assert language_in_pictures() == shown


async def test_the_language_reaches_tasks_and_threads_and_no_other_update() -> None:
    async def answer(language: str) -> tuple[str, str]:
        speak(language)
        in_task = asyncio.create_task(asyncio.sleep(0, gettext("Thank you!")))
        return await in_task, await asyncio.to_thread(gettext, "Thank you!")

    said = await asyncio.gather(*(answer(language) for language in ("de", "ru", "en")))
    assert said == [("Danke!",) * 2, ("Спасибо!",) * 2, ("Thank you!",) * 2]
    assert current_language() == "en"
