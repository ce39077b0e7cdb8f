"""What the bot says and changes, and what is refused in Telegram's words."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from telegram import Bot, InputMediaPhoto
from telegram.error import BadRequest

from bot.local import ADA, GROUP_ID, LocalTelegram
from tests.bot.local.conftest import BUTTON, TOKEN
from tests.bot.local.serving import served

KEYBOARD = {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}
TOO_MUCH_DATA = {"inline_keyboard": [[{"text": "x", "callback_data": "ä" * 33}]]}
TEXT_BUTTON = {"inline_keyboard": [[{"text": "x"}]]}

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", {"text": "x"}, "chat_id is empty"),
    ("sendMessage", {"chat_id": 99, "text": "x"}, "chat not found"),
    ("sendMessage", {"chat_id": "@nobody", "text": "x"}, "chat not found"),
    ("sendMessage", {"chat_id": ADA}, "message text is empty"),
    ("sendMessage", {"chat_id": ADA, "text": " \n"}, "message text is empty"),
    ("sendMessage", {"chat_id": ADA, "text": "x" * 4097}, "message is too long"),
    (
        "sendMessage",
        {"chat_id": ADA, "text": "<x>", "parse_mode": "HTML"},
        """can't parse entities: Unsupported start tag "x" at byte offset 0""",
    ),
    (
        "sendMessage",
        {"chat_id": ADA, "text": "x", "reply_parameters": {"message_id": 99}},
        "message to be replied not found",
    ),
    (
        "sendMessage",
        {"chat_id": ADA, "text": "x", "reply_markup": "{"},
        "can't parse reply keyboard markup JSON object",
    ),
    (
        "sendMessage",
        {"chat_id": ADA, "text": "x", "reply_markup": TOO_MUCH_DATA},
        "BUTTON_DATA_INVALID",
    ),
    (
        "sendMessage",
        {"chat_id": ADA, "text": "x", "reply_markup": TEXT_BUTTON},
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    ("sendPhoto", {"chat_id": ADA}, "there is no photo in the request"),
    ("sendPhoto", {"chat_id": ADA, "photo": "attach://x"}, "there is no photo in the request"),
    (
        "sendPhoto",
        {"chat_id": ADA, "photo": "nonsense"},
        "wrong remote file identifier specified: can't unserialize it. Wrong last symbol",
    ),
    (
        "sendPhoto",
        {"chat_id": ADA, "photo": "https://example.org/x.jpg"},
        "failed to get HTTP URL content",
    ),
    ("sendMediaGroup", {"chat_id": ADA, "media": []}, "there are no messages to send"),
    ("sendChatAction", {"chat_id": ADA, "action": "dance"}, "wrong parameter action in request"),
    ("editMessageText", {"chat_id": ADA, "text": "x"}, "message identifier is not specified"),
    ("deleteMessage", {"chat_id": ADA, "message_id": 99}, "message to delete not found"),
    ("deleteMessage", {"chat_id": ADA, "message_id": 1}, "message can't be deleted"),
    (
        "editMessageText",
        {"chat_id": ADA, "message_id": 99, "text": "x"},
        "message to edit not found",
    ),
    ("editMessageText", {"chat_id": ADA, "message_id": 1, "text": "x"}, "message can't be edited"),
    (
        "editMessageText",
        {"chat_id": ADA, "message_id": 2, "text": "hello", "reply_markup": KEYBOARD},
        "message is not modified: specified new message content and reply markup are exactly the "
        "same as a current content and reply markup of the message",
    ),
]


async def test_refusals_are_worded_as_telegram_words_them(
    api: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    await page.post(f"/chat/{ADA}/send", data={"person": ADA, "text": "mine"})
    hello = {"chat_id": ADA, "text": "hello", "reply_markup": KEYBOARD}
    assert (await api.post("sendMessage", json=hello)).json()["ok"]
    for method, parameters, reason in REFUSED:
        answer = await api.post(method, json=parameters)
        expected = {"ok": False, "error_code": 400, "description": f"Bad Request: {reason}"}
        assert (method, answer.json()) == (method, expected)
        assert answer.status_code == 400


async def test_the_bot_takes_back_what_it_said(bot: Bot, page: httpx.AsyncClient) -> None:
    said = await bot.send_message(ADA, "One moment …")
    assert await said.delete()
    state = (await page.get(f"/chat/{ADA}/messages", params={"person": ADA})).json()
    assert said.message_id not in [message["message_id"] for message in state["messages"]]


async def test_captions_have_their_limit(api: httpx.AsyncClient, picture: bytes) -> None:
    caption = {"chat_id": ADA, "caption": "x" * 1025}
    answer = await api.post("sendPhoto", data=caption, files={"photo": picture})
    assert answer.json()["description"] == "Bad Request: message caption is too long"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


async def test_time_sets_limits_to_edits_and_answers() -> None:
    clock = Clock()
    telegram = LocalTelegram(TOKEN, clock=clock)
    async with (
        served(telegram) as url,
        httpx.AsyncClient(base_url=f"{url}/bot{TOKEN}/", trust_env=False) as api,
    ):
        hello = {"chat_id": ADA, "text": "0", "reply_markup": KEYBOARD}
        await api.post("sendMessage", json=hello)
        edit: dict[str, Any] = {"chat_id": ADA, "message_id": 1, "reply_markup": KEYBOARD}
        codes = [
            (await api.post("editMessageText", json={**edit, "text": str(n)})).status_code
            for n in range(1, 18)
        ]
        assert codes == [200] * 15 + [429] * 2
        clock.now += 11
        assert (await api.post("editMessageText", json={**edit, "text": "x"})).status_code == 200

        press = {"person": ADA, "message_id": 1, "data": "x"}
        pressed = await api.post(f"{url}/chat/{ADA}/press", json=press)
        clock.now += 16 * 60
        query = {"callback_query_id": pressed.json()["query_id"]}
        assert "query is too old" in (await api.post("answerCallbackQuery", json=query)).text


async def test_an_album_is_one_group_and_can_be_replied_to(bot: Bot, picture: bytes) -> None:
    first, second = await bot.send_media_group(
        ADA, [InputMediaPhoto(picture, caption="both"), InputMediaPhoto(picture)]
    )
    assert first.media_group_id == second.media_group_id is not None
    assert (first.caption, second.caption) == ("both", None)
    reply = await bot.send_photo(ADA, first.photo[-1].file_id, reply_to_message_id=first.message_id)
    assert reply.photo == first.photo
    assert reply.reply_to_message is not None
    assert reply.reply_to_message.caption == "both"


async def test_a_message_is_edited_in_text_and_buttons(bot: Bot) -> None:
    message = await bot.send_message(GROUP_ID, "training 1 of 3", reply_markup=BUTTON)
    edited = await bot.edit_message_text("training 2 of 3", GROUP_ID, message.message_id)
    assert isinstance(edited, type(message))
    assert (edited.text, edited.reply_markup) == ("training 2 of 3", None)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("training 2 of 3", GROUP_ID, message.message_id)
    pressed = await bot.edit_message_reply_markup(GROUP_ID, message.message_id, reply_markup=BUTTON)
    assert isinstance(pressed, type(message))
    assert (pressed.text, pressed.reply_markup) == ("training 2 of 3", BUTTON)
