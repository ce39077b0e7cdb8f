"""What the server takes and gives is what the Bot API 10.0 says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.local import ADA, GROUP_ID, LocalTelegram
from bot.local.api import inputs, objects
from bot.local.api.objects import TelegramObject
from bot.local.api.routes import METHODS, Method
from tests.bot.local.specification import Specification, declared, present

pytestmark = present

OBJECTS = [
    kind
    for kind in {**vars(inputs), **vars(objects)}.values()
    if isinstance(kind, type) and issubclass(kind, TelegramObject) and kind is not TelegramObject
]


@pytest.fixture(scope="module")
def specification() -> Specification:
    return Specification()


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.name)
def test_parameters_are_those_of_the_specification(
    method: Method, specification: Specification
) -> None:
    expected = specification.parameters(method.name)
    ours = declared(method.parameters)
    assert ours.keys() <= expected.keys()
    for name, field in ours.items():
        assert field.types <= specification.widened(expected[name].types), name
        assert field.required == expected[name].required, name
    assert {name for name, field in expected.items() if field.required} <= ours.keys()


@pytest.mark.parametrize("kind", OBJECTS, ids=lambda kind: kind.__name__)
def test_objects_are_those_of_the_specification(
    kind: type[TelegramObject], specification: Specification
) -> None:
    expected = specification.fields(kind.__name__)
    ours = declared(kind)
    assert ours.keys() <= expected.keys()
    for name, field in ours.items():
        assert field.types <= specification.widened(expected[name].types), name
    required = {name for name, field in expected.items() if field.required}
    # "type" of an origin has a default with us, and is always sent.
    assert {name for name, f in ours.items() if f.required} | ({"type"} & required) == required


BUTTONS = {
    "inline_keyboard": [
        [{"text": "right", "callback_data": "r"}],
        [{"text": "?", "url": "https://example.org"}],
    ]
}
MEDIA = [
    {"type": "photo", "media": "attach://a", "caption": "<i>x</i>", "parse_mode": "HTML"},
    {"type": "photo", "media": "attach://b"},
]


def calls(picture: bytes) -> Iterator[tuple[str, dict[str, Any], dict[str, bytes]]]:
    """Every method once or more, in an order in which each succeeds; the bot's ids begin at 8."""
    chat = {"chat_id": ADA}
    yield "getMe", {}, {}
    yield "setMyName", {"name": "Inkling"}, {}
    yield "getMyName", {}, {}
    yield "setMyDescription", {"description": "Reads"}, {}
    yield "getMyDescription", {}, {}
    yield "setMyShortDescription", {"short_description": "Reads"}, {}
    yield "getMyShortDescription", {}, {}
    yield "setMyCommands", {"commands": [{"command": "start", "description": "Begin"}]}, {}
    yield "getMyCommands", {"scope": {"type": "default"}}, {}
    yield "deleteMyCommands", {}, {}
    yield "sendChatAction", {**chat, "action": "typing"}, {}
    yield (
        "sendMessage",
        {**chat, "text": "<b>hello</b> /start", "parse_mode": "HTML", "reply_markup": BUTTONS},
        {},
    )
    yield (
        "sendPhoto",
        {**chat, "caption": "x", "reply_parameters": {"message_id": 1}},
        {"photo": picture},
    )
    yield "sendDocument", chat, {"document": picture}
    yield "sendMediaGroup", {**chat, "media": MEDIA}, {"a": picture, "b": picture}
    yield "editMessageText", {**chat, "message_id": 8, "text": "changed"}, {}
    yield "editMessageCaption", {**chat, "message_id": 9, "caption": "changed"}, {}
    yield "editMessageMedia", {**chat, "message_id": 9, "media": MEDIA[0]}, {"a": picture}
    yield "editMessageReplyMarkup", {**chat, "message_id": 9, "reply_markup": BUTTONS}, {}
    yield (
        "setMessageReaction",
        {**chat, "message_id": 9, "reaction": [{"type": "emoji", "emoji": "👍"}]},
        {},
    )
    yield "deleteMessage", {**chat, "message_id": 8}, {}
    yield "deleteMessages", {**chat, "message_ids": [9, 10]}, {}
    yield "getWebhookInfo", {}, {}
    yield "setWebhook", {"url": "http://127.0.0.1:9/hook", "secret_token": "s"}, {}
    yield "getWebhookInfo", {}, {}
    yield "deleteWebhook", {}, {}
    yield "close", {}, {}
    yield "logOut", {}, {}


async def test_results_validate(
    api: httpx.AsyncClient,
    page: httpx.AsyncClient,
    picture: bytes,
    specification: Specification,
) -> None:
    kinds = ["message", "edited_message", "callback_query", "message_reaction"]
    await api.post("getUpdates", json={"allowed_updates": kinds})
    await say_everything(page, picture)
    called = {"getUpdates", "getFile", "answerCallbackQuery"}
    for method, parameters, files in calls(picture):
        called.add(method)
        answer = await api.post(method, **body(parameters, files))
        assert answer.json()["ok"], (method, answer.text)
        result = answer.json()["result"]
        assert specification.faults(result, specification.returns(method), method) == []
    assert {name.lower() for name in called} == METHODS.keys()


async def test_updates_and_what_follows_from_them_validate(
    telegram: LocalTelegram,
    api: httpx.AsyncClient,
    page: httpx.AsyncClient,
    picture: bytes,
    specification: Specification,
) -> None:
    kinds = ["message", "edited_message", "callback_query", "message_reaction"]
    await api.post("getUpdates", json={"allowed_updates": kinds})
    await say_everything(page, picture)
    sent = await api.post(
        "sendMessage", json={"chat_id": ADA, "text": "?", "reply_markup": BUTTONS}
    )
    message_id = sent.json()["result"]["message_id"]
    act = {"person": ADA, "message_id": message_id}
    await page.post(f"/chat/{ADA}/press", json={**act, "data": "r"})
    await page.post(f"/chat/{ADA}/react", json={**act, "emoji": ["👍"]})

    updates = (await api.get("getUpdates")).json()["result"]
    assert specification.faults(updates, specification.returns("getUpdates"), "updates") == []
    assert {kind for update in updates for kind in update} == {"update_id", *kinds}
    query = next(u["callback_query"] for u in updates if "callback_query" in u)
    answer = await api.get("answerCallbackQuery", params={"callback_query_id": query["id"]})
    assert answer.json() == {"ok": True, "result": True}
    photo = next(u["message"]["photo"] for u in updates if "photo" in u.get("message", {}))
    file = (await api.get("getFile", params={"file_id": photo[-1]["file_id"]})).json()["result"]
    assert specification.faults(file, specification.returns("getFile"), "getFile") == []


async def say_everything(page: httpx.AsyncClient, picture: bytes) -> None:
    """All kinds of messages that a person can send, the first seven message ids."""
    one = {"person": ADA}
    chat = f"/chat/{ADA}"
    await page.post(f"{chat}/send", data={**one, "text": "/start a https://example.org @ada #x"})
    await page.post(f"{chat}/edit", json={**one, "message_id": 1, "text": "/help"})
    file = {"files": ("picture.png", picture)}
    for kind in ("photo", "document", "voice", "video", "sticker"):
        sent = await page.post(
            f"{chat}/send", data={**one, "kind": kind, "reply_to": 1}, files=file
        )
        assert sent.status_code == 200
    await page.post(f"/chat/{GROUP_ID}/forward", json={**one, "from_chat": ADA, "message_ids": [2]})


def body(parameters: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
    """JSON where there are no files, else a form with JSON inside, as libraries send it."""
    if not files:
        return {"json": parameters}
    data = {k: v if isinstance(v, str) else json.dumps(v) for k, v in parameters.items()}
    return {"data": data, "files": {name: (f"{name}.png", data) for name, data in files.items()}}
