"""The real python-telegram-bot, over real HTTP, finds everything as it is at Telegram's."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import httpx
import pytest
from PIL import Image
from telegram import (
    Bot,
    BotCommandScopeChat,
    InputMediaPhoto,
)
from telegram.error import BadRequest, Conflict, InvalidToken, RetryAfter

from bot.local import ADA, BORIS, GROUP_ID
from tests.bot.local.conftest import KEYBOARD, TOKEN, AnyApplication


@pytest.fixture
async def bot(url: str) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, base_url=f"{url}/bot", base_file_url=f"{url}/file/bot") as bot:
        yield bot


async def test_a_photo_is_answered_and_its_button_changes_the_answer(
    echo_bot: AnyApplication, page: httpx.AsyncClient, picture: bytes
) -> None:
    sent = await page.post(
        f"/chat/{ADA}/send", data={"person": ADA}, files={"files": ("one.png", picture)}
    )
    original = sent.json()["messages"][0]
    assert [size["width"] for size in original["photo"]] == [90, 320, 800, 1280]

    heard = await page.get(
        f"/chat/{ADA}/messages", params={"since": sent.json()["last"], "wait": 10}
    )
    (answer,) = heard.json()["messages"]
    assert answer["caption"] == "1 & more"
    assert answer["caption_entities"] == [{"type": "bold", "offset": 0, "length": 1}]
    assert answer["reply_to_message"] == original
    shown = await page.get(f"/chat/files/{answer['photo'][-1]['file_id']}")
    assert Image.open(io.BytesIO(shown.content)).size == (1280, 800)

    press = {"person": ADA, "message_id": answer["message_id"], "data": "right", "wait": 10}
    pressed = (await page.post(f"/chat/{ADA}/press", json=press)).json()
    assert pressed["answer"] == {"text": "Thank you", "show_alert": True, "url": None}
    heard = await page.get(f"/chat/{ADA}/messages", params={"since": pressed["last"], "wait": 10})
    (edited,) = heard.json()["messages"]
    assert edited["message_id"] == answer["message_id"]
    assert edited["caption"] == "It was a 1"
    assert "reply_markup" not in edited


async def test_a_wrong_token_is_refused(url: str) -> None:
    bot = Bot("1:wrong", base_url=f"{url}/bot")
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()


async def test_two_pollers_are_in_conflict(bot: Bot, echo_bot: AnyApplication) -> None:
    assert echo_bot.updater is not None
    with pytest.raises(Conflict, match="terminated by other getUpdates"):
        # The bot polls again as soon as its poll was cut, and so cuts this one.
        await bot.get_updates(timeout=10)
    await echo_bot.updater.stop()


async def test_too_many_requests_name_the_wait(
    bot: Bot, page: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # the library warns of what it will change
    await page.post("/chat/refuse", json={"method": "sendMessage", "retry_after": 7})
    with pytest.raises(RetryAfter, match="Retry in 0:00:07"):
        await bot.send_message(ADA, "hello")
    assert (await bot.send_message(ADA, "hello")).text == "hello"


async def test_albums_replies_and_documents(bot: Bot, picture: bytes) -> None:
    first, second = await bot.send_media_group(
        ADA, [InputMediaPhoto(picture, caption="both"), InputMediaPhoto(picture)]
    )
    assert first.media_group_id == second.media_group_id is not None
    assert (first.caption, second.caption) == ("both", None)
    document = await bot.send_document(
        ADA, picture, filename="one.png", reply_to_message_id=first.message_id
    )
    assert document.document is not None
    assert (document.document.file_name, document.document.mime_type) == ("one.png", "image/png")
    assert document.reply_to_message is not None
    assert document.reply_to_message.caption == "both"
    again = await bot.send_document(BORIS, document.document.file_id)
    assert again.document == document.document


async def test_a_message_is_edited_in_text_and_picture(bot: Bot, picture: bytes) -> None:
    message = await bot.send_message(GROUP_ID, "training 1 of 3", reply_markup=KEYBOARD)
    edited = await bot.edit_message_text("training 2 of 3", GROUP_ID, message.message_id)
    assert isinstance(edited, type(message))
    assert (edited.text, edited.reply_markup) == ("training 2 of 3", None)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("training 2 of 3", GROUP_ID, message.message_id)
    pictured = await bot.edit_message_media(
        InputMediaPhoto(picture, caption="done"), GROUP_ID, message.message_id
    )
    assert isinstance(pictured, type(message))
    assert (pictured.text, pictured.caption) == (None, "done")
    assert pictured.photo
    assert await bot.delete_message(GROUP_ID, message.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(GROUP_ID, message.message_id)


async def test_commands_depend_on_who_looks(bot: Bot, page: httpx.AsyncClient) -> None:
    await bot.set_my_commands([("start", "Begin")])
    await bot.set_my_commands([("train", "Train")], scope=BotCommandScopeChat(BORIS))
    for person, expected in ((ADA, "start"), (BORIS, "train")):
        seen = await page.get(f"/chat/{person}/commands", params={"person": person})
        assert [command["command"] for command in seen.json()] == [expected]
    assert (await bot.get_my_commands(BotCommandScopeChat(BORIS)))[0].command == "train"
    await bot.delete_my_commands(BotCommandScopeChat(BORIS))
    assert await bot.get_my_commands(BotCommandScopeChat(BORIS)) == ()


async def test_the_profile_is_kept(bot: Bot, page: httpx.AsyncClient) -> None:
    await bot.set_my_name("Inkling the second")
    await bot.set_my_description("Reads digits")
    await bot.set_my_short_description("Digits")
    assert (await bot.get_my_name()).name == "Inkling the second"
    assert (await bot.get_my_description()).description == "Reads digits"
    assert (await bot.get_my_short_description()).short_description == "Digits"
    assert (await bot.get_me()).first_name == "Inkling the second"
    assert (await page.get("/chat/state")).json()["bot"]["description"] == "Reads digits"
