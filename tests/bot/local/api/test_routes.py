"""Requests find their method, in any form, and refusals have Telegram's codes."""

from __future__ import annotations

import asyncio
import io

import httpx
import pytest
from PIL import Image
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter

from bot.local import ADA
from tests.bot.local.conftest import TOKEN, AnyApplication


async def test_a_wrong_token_and_an_unknown_method_have_codes_of_their_own(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        wrong = await client.get("/bot1:wrong/getMe")
        assert wrong.status_code == 401
        assert wrong.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
        unknown = await client.get(f"/bot{TOKEN}/sendTelepathy")
        assert unknown.status_code == 404
        assert unknown.json()["description"] == "Not Found: method not found"
        assert (await client.get(f"/file/bot{TOKEN}/photos/x")).status_code == 404
        assert (await client.get("/file/bot1:wrong/photos/x")).status_code == 401


async def test_names_of_methods_mind_no_case_and_parameters_come_any_way(
    api: httpx.AsyncClient,
) -> None:
    await api.post("sendMessage", json={"chat_id": ADA, "text": "first"})
    parameters = {
        "chat_id": str(ADA),
        "text": "hi",
        "reply_parameters": '{"message_id": 1}',
        "unknown": "x",
    }
    for answer in (
        await api.get("sendmessage", params=parameters),
        await api.post("SENDMESSAGE", data=parameters),
        await api.post("sendMessage", json=parameters),
        await api.post("sendMessage", data=parameters, files={"unused": b"x"}),
    ):
        result = answer.json()["result"]
        assert (result["text"], result["reply_to_message"]["message_id"]) == ("hi", 1)


async def test_a_test_can_ask_for_429(api: httpx.AsyncClient, page: httpx.AsyncClient) -> None:
    await page.post("/chat/refuse", json={"method": "getMe", "retry_after": 3, "count": 2})
    for _ in range(2):
        assert (await api.get("getMyCommands")).status_code == 200
        refused = await api.get("getMe")
        assert refused.status_code == 429
        assert refused.json() == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 3",
            "parameters": {"retry_after": 3},
        }
    assert (await api.get("getMe")).status_code == 200


async def test_a_request_that_is_broken_off_is_no_error(
    url: str, api: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    address = httpx.URL(url)
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        _, writer = await asyncio.open_connection(address.host, address.port)
        head = f"POST /bot{TOKEN}/sendChatAction HTTP/1.1\r\nHost: {address.netloc.decode()}"
        writer.write(f"{head}\r\nContent-Type: {kind}\r\nContent-Length: 9\r\n\r\n{{".encode())
        await writer.drain()
        await asyncio.sleep(0.1)  # so that the body is waited for
        writer.close()
    await asyncio.sleep(0.1)
    assert (await api.get("getMe")).is_success
    assert not caplog.records


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
    assert edited["caption"] == "1 & more"
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
