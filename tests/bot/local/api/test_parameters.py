"""What makes no sense is refused, and nothing else breaks."""

from __future__ import annotations

import httpx
import pytest

from bot.local import ADA


async def test_json_that_is_none_is_refused(api: httpx.AsyncClient) -> None:
    kind = {"Content-Type": "application/json"}
    for content in ("{", "[]", "[" * 100_000):
        answer = await api.post("getMe", content=content, headers=kind)
        assert answer.json()["description"].startswith("Bad Request: can't parse request")


async def test_deep_json_inside_a_form_is_refused(api: httpx.AsyncClient) -> None:
    form = {"chat_id": str(ADA), "text": "x", "entities": "[" * 100_000}
    answer = await api.post("sendMessage", data=form)
    assert answer.json()["description"] == "Bad Request: can't parse parameter entities"


async def test_half_a_surrogate_pair_is_refused(
    api: httpx.AsyncClient, page: httpx.AsyncClient
) -> None:
    kind = {"Content-Type": "application/json"}
    half = r'{"chat_id": 1001, "person": 1001, "message_id": 1, "text": "\ud800"}'
    await page.post(f"/chat/{ADA}/send", data={"person": ADA, "text": "mine"})
    for client, path in ((api, "sendMessage"), (page, f"/chat/{ADA}/edit")):
        answer = await client.post(path, content=half, headers=kind)
        assert answer.status_code == 400
        assert "strings must be encoded in UTF-8" in answer.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("entities", [{"type": "bold", "offset": "x", "length": 1}]),
        ("entities", [{"type": "bold"}]),
        ("entities", [[[]]]),
        ("reply_parameters", {"message_id": "x"}),
        ("reply_markup", {"inline_keyboard": "x"}),
        ("reply_markup", {"inline_keyboard": [[{"text": 1, "callback_data": "x"}]]}),
    ],
)
async def test_objects_of_the_wrong_shape_are_refused(
    api: httpx.AsyncClient, name: str, value: object
) -> None:
    answer = await api.post("sendMessage", json={"chat_id": ADA, "text": "x", name: value})
    assert answer.status_code == 400
    assert answer.json()["description"].startswith("Bad Request: can't parse")
