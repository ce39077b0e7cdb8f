"""The bot's commands, descriptions and files, and what is refused in Telegram's words."""

from __future__ import annotations

from typing import Any

import httpx
from telegram import (
    Bot,
    BotCommandScopeChat,
    MenuButtonCommands,
    MenuButtonDefault,
    MenuButtonWebApp,
    WebAppInfo,
)

from bot.local import ADA, BORIS

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("getFile", {"file_id": "x"}, "wrong file_id or the file is temporarily unavailable"),
    (
        "answerCallbackQuery",
        {"callback_query_id": "1"},
        "query is too old and response timeout expired or query ID is invalid",
    ),
    ("setMyCommands", {"commands": [{"command": "Ä", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    (
        "setMyCommands",
        {"commands": [], "scope": {"type": "chat", "chat_id": 99}},
        "chat not found",
    ),
]


async def test_refusals_are_worded_as_telegram_words_them(
    api: httpx.AsyncClient,
) -> None:
    for method, parameters, reason in REFUSED:
        answer = await api.post(method, json=parameters)
        expected = {"ok": False, "error_code": 400, "description": f"Bad Request: {reason}"}
        assert (method, answer.json()) == (method, expected)
        assert answer.status_code == 400


async def test_a_file_over_20_mb_is_too_big_for_the_bot(
    api: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    for size, ok in ((20 * 2**20, True), (20 * 2**20 + 1, False)):
        sent = await page.post(
            f"/chat/{ADA}/send",
            data={"person": ADA, "kind": "document"},
            files={"files": ("large.bin", bytes(size))},
        )
        file_id = sent.json()["messages"][0]["document"]["file_id"]
        answer = (await api.get("getFile", params={"file_id": file_id})).json()
        assert answer["ok"] == ok
    assert answer["description"] == "Bad Request: file is too big"


async def test_commands_depend_on_who_looks(bot: Bot, page: httpx.AsyncClient) -> None:
    await bot.set_my_commands([("start", "Begin")])
    await bot.set_my_commands([("train", "Train")], scope=BotCommandScopeChat(BORIS))
    for person, expected in ((ADA, "start"), (BORIS, "train")):
        seen = await page.get(f"/chat/{person}/commands", params={"person": person})
        assert [command["command"] for command in seen.json()] == [expected]
    assert (await bot.get_my_commands(BotCommandScopeChat(BORIS)))[0].command == "train"


async def test_the_menu_button_is_kept_by_chat(bot: Bot) -> None:
    assert await bot.get_chat_menu_button() == MenuButtonDefault()
    draw = MenuButtonWebApp("Draw", WebAppInfo("https://inkling.example/"))
    await bot.set_chat_menu_button(menu_button=draw)
    await bot.set_chat_menu_button(BORIS, MenuButtonCommands())
    assert await bot.get_chat_menu_button(ADA) == draw
    assert await bot.get_chat_menu_button(BORIS) == MenuButtonCommands()


async def test_the_profile_is_kept(bot: Bot, page: httpx.AsyncClient) -> None:
    await bot.set_my_description("Reads digits")
    await bot.set_my_short_description("Digits")
    assert (await bot.get_my_description()).description == "Reads digits"
    assert (await bot.get_my_short_description()).short_description == "Digits"
    assert (await page.get("/chat/state")).json()["bot"]["description"] == "Reads digits"
