from __future__ import annotations

import pytest

from bot.conversation.commands import FOR_ADMINS, FOR_EVERYBODY, FOR_GROUPS
from bot.messages import texts
from bot.telegram import menu
from tests.bot.fakes import FakeTelegram, Json, application, refused


def known(fake: FakeTelegram, *, description: str) -> None:
    """Have the fake know menus and descriptions."""
    for commands in (FOR_EVERYBODY, FOR_GROUPS, (*FOR_EVERYBODY, *FOR_ADMINS)):
        result = [{"command": command.name, "description": command.purpose} for command in commands]
        fake.answers["getMyCommands"].append({"ok": True, "result": result})
    about: Json = {"description": description, "short_description": texts.SHORT_DESCRIPTION}
    fake.answers["getMyDescription"] = [{"ok": True, "result": about}]
    fake.answers["getMyShortDescription"] = [{"ok": True, "result": about}]


async def test_only_what_differs_is_set() -> None:
    fake = FakeTelegram()
    known(fake, description="an older one")
    async with application(fake, []) as bot:
        await menu.publish(bot.bot, {42})
    setting = [(name, given) for name, given in fake.calls if name.startswith("set")]
    assert setting == [("setMyDescription", {"description": texts.DESCRIPTION})]


async def test_admins_have_their_own_menu() -> None:
    fake = FakeTelegram()
    known(fake, description=texts.DESCRIPTION)
    fake.answers["getMyCommands"] = [{"ok": True, "result": []}] * 4
    async with application(fake, []) as bot:
        await menu.publish(bot.bot, {42, 43})
    scopes = [given["scope"] for name, given in fake.calls if name == "setMyCommands"]
    assert scopes == [
        {"type": "all_private_chats"},
        {"type": "all_group_chats"},
        {"type": "chat", "chat_id": 42},
        {"type": "chat", "chat_id": 43},
    ]


async def test_what_cannot_be_set_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeTelegram()
    known(fake, description=texts.DESCRIPTION)
    fake.answers["getMyCommands"] = [refused(400, "Bad Request: chat not found")] * 3
    fake.answers["getMyDescription"] = [refused(429, "Too Many Requests: retry after 9")]
    async with application(fake, []) as bot:
        await menu.publish(bot.bot, {42})
    assert "The menu for chat 42 could not be set" in caplog.text
    assert "The descriptions could not be set" in caplog.text
