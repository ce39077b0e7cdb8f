from __future__ import annotations

from typing import Any

import pytest

from bot.conversation.commands import FOR_ADMINS, FOR_EVERYBODY, FOR_GROUPS
from bot.messages import texts
from bot.messages.language import LANGUAGES, gettext, speaking
from bot.telegram import menu
from tests.bot.fakes import FakeTelegram, application, refused


def know_menus(fake: FakeTelegram) -> None:
    """Have the fake know menus and descriptions in every language."""
    for language in LANGUAGES:
        with speaking(language):
            for commands in (FOR_EVERYBODY, FOR_GROUPS, (*FOR_EVERYBODY, *FOR_ADMINS)):
                know(
                    fake,
                    "getMyCommands",
                    [{"command": c.name, "description": gettext(c.purpose)} for c in commands],
                )
            know(fake, "getMyDescription", {"description": gettext(texts.DESCRIPTION)})
            short = {"short_description": gettext(texts.SHORT_DESCRIPTION)}
            know(fake, "getMyShortDescription", short)


def know(fake: FakeTelegram, method: str, result: Any) -> None:
    fake.answers[method].append({"ok": True, "result": result})


async def test_only_what_differs_is_set() -> None:
    fake = FakeTelegram()
    know_menus(fake)
    fake.answers["getMyDescription"][0] = {"ok": True, "result": {"description": "an older one"}}
    async with application(fake, []) as bot:
        await menu.publish(bot.bot, {42})
    setting = [(name, given) for name, given in fake.calls if name.startswith("set")]
    assert setting == [("setMyDescription", {"description": texts.DESCRIPTION})]


async def test_admins_have_their_own_menu_in_every_language() -> None:
    fake = FakeTelegram()
    know_menus(fake)
    fake.answers["getMyCommands"] = [{"ok": True, "result": []}] * (4 * len(LANGUAGES))
    async with application(fake, []) as bot:
        await menu.publish(bot.bot, {42, 43})
    set_menus = [given for name, given in fake.calls if name == "setMyCommands"]
    assert [given["scope"] for given in set_menus[:4]] == [
        {"type": "all_private_chats"},
        {"type": "all_group_chats"},
        {"type": "chat", "chat_id": 42},
        {"type": "chat", "chat_id": 43},
    ]
    codes = [given.get("language_code") for given in set_menus[::4]]
    assert codes == [None, "de", "es", "fr", "it", "pt", "tr", "ru", "uk", "hi", "zh"]
    in_german = next(given for given in set_menus if given.get("language_code") == "de")
    with speaking("de"):
        purpose = gettext(FOR_EVERYBODY[0].purpose)
    assert purpose != FOR_EVERYBODY[0].purpose
    assert in_german["commands"][0] == {"command": "help", "description": purpose}


async def test_what_cannot_be_set_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeTelegram()
    know_menus(fake)
    fake.answers["getMyCommands"][:3] = [refused(400, "Bad Request: chat not found")] * 3
    fake.answers["getMyDescription"][0] = refused(429, "Too Many Requests: retry after 9")
    async with application(fake, []) as bot:
        await menu.publish(bot.bot, {42})
    assert "The menu for chat 42 could not be set" in caplog.text
    assert "The descriptions could not be set" in caplog.text


async def test_a_button_opens_the_draw_page() -> None:
    fake = FakeTelegram()
    button = {"type": "web_app", "text": "Draw", "web_app": {"url": "https://bot.example.org/"}}
    know(fake, "getChatMenuButton", {"type": "default"})
    know(fake, "getChatMenuButton", button)
    async with application(fake, []) as bot:
        for _ in range(2):
            know_menus(fake)
            await menu.publish(bot.bot, {42}, "https://bot.example.org/")
    setting = [given for name, given in fake.calls if name.startswith("set")]
    assert setting == [{"menu_button": button}]
