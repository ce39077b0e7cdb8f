from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from markupsafe import Markup

from bot.conversation.buttons.actions import ChooseLanguage, encode
from bot.conversation.buttons.presses import press
from bot.conversation.message import Reaction, Shown
from bot.conversation.services import Services
from bot.messages import texts
from bot.messages.language import LANGUAGES, current_language, gettext, speaking
from bot.serving.languages import PeoplesLanguages
from bot.store import Database, people
from bot.store.languages import LOOK_UP_SECONDS
from bot.store.people import Person
from bot.telegram.application import add_handlers
from tests.bot.fakes import ADA, FakeTelegram, Json, application, update
from tests.bot.store.samples import ANNA, BORIS


async def told(services: Services, code: str | None, text: str = "/start") -> str:
    """What Ada, whose app speaks this language, is told."""
    fake = FakeTelegram()
    command = {"type": "bot_command", "offset": 0, "length": len(text)}
    async with application(fake, []) as bot:
        add_handlers(bot, services)
        said: Json = {"text": text, "entities": [command]}
        said["from"] = {**ADA, "language_code": code} if code else ADA
        # In a task of its own, as `UpdateTracker` does it.
        await asyncio.create_task(bot.process_update(update(bot, **said)))
    return fake.texts()[0]


async def choose(services: Services, language: str, who: Person = ANNA) -> Reaction:
    return await press(services, encode(ChooseLanguage(language)), Shown(Markup("")), who)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_person_is_answered_in_the_language_of_the_app(
    services: Services, language: str
) -> None:
    with speaking(language):
        expected = gettext(texts.START)
    assert await told(services, language.replace("_", "-").lower()) == expected
    assert current_language() == "en", "of other updates"


async def test_a_language_that_the_bot_does_not_speak_is_english(services: Services) -> None:
    assert await told(services, "tlh") == texts.START
    assert await told(services, None) == texts.START


async def test_a_choice_counts_more_than_the_app_until_it_is_forgotten(services: Services) -> None:
    with speaking("en"):
        reaction = await choose(services, "de")
    assert reaction.text == "Ich spreche jetzt Deutsch. Mit /language kannst du das ändern."
    marked = [button.label for row in reaction.buttons or () for button in row]
    assert [label for label in marked if label.startswith("✓")] == ["✓ Deutsch"]
    assert (await told(services, "ru")).startswith("Hallo!")
    elsewhere = replace(services, languages=PeoplesLanguages(services.database))
    assert (await told(elsewhere, "ru")).startswith("Hallo!"), "another replica"
    await people.forget(services.database, ANNA)
    assert (await told(services, "ru")).startswith("Здравствуйте!")


async def test_a_second_choice_replaces_the_first(services: Services) -> None:
    for language in ("de", "it", "it"):
        with speaking("en"):
            await choose(services, language)
    assert (await told(services, "ru")).startswith("Ciao!")


async def test_a_forged_choice_changes_nothing(services: Services) -> None:
    reaction = await choose(services, "tlh")
    assert (reaction.notice, reaction.alert) == (texts.UNKNOWN_BUTTON, True)


async def test_while_the_database_is_away_the_app_or_what_was_spoken_before_counts() -> None:
    away = Database.at("postgresql://nobody@127.0.0.1:1/nothing")
    languages = PeoplesLanguages(away)
    assert await languages.find(ANNA, "pt-br") == "pt"
    began = time.monotonic()
    assert await languages.find(BORIS, "de") == "de"
    assert time.monotonic() - began < LOOK_UP_SECONDS, "it is not asked again at once"
    await away.close()


async def test_a_message_to_admins_has_the_language_that_was_last_spoken_to_each(
    services: Services,
) -> None:
    await services.languages.find(ANNA, "pt-br")
    assert services.languages.latest(ANNA) == "pt"
    assert services.languages.latest(BORIS) == "en"
