"""What people can do, and what they and the bot see of it."""

from __future__ import annotations

from typing import Any

import httpx

from bot.local import ADA, BORIS, GROUP_ID

KEYBOARD = {"inline_keyboard": [[{"text": "seven", "callback_data": "7"}]]}


async def ask(page: httpx.AsyncClient, chat: int, what: str, **body: Any) -> dict[str, Any]:
    answer = await page.post(f"/chat/{chat}/{what}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def updates(api: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.get("getUpdates")).json()["result"]
    return found


async def test_an_album_is_messages_with_one_group_and_one_caption(
    page: httpx.AsyncClient, api: httpx.AsyncClient, picture: bytes
) -> None:
    files = [("files", (f"{n}.png", picture)) for n in range(3)]
    body = {"person": str(ADA), "text": "three"}
    sent = (await page.post(f"/chat/{ADA}/send", data=body, files=files)).json()["messages"]
    assert len({message["media_group_id"] for message in sent}) == 1
    assert [message.get("caption") for message in sent] == ["three", None, None]
    assert [update["message"] for update in await updates(api)] == sent
    eleven = [("files", (f"{n}.png", picture)) for n in range(11)]
    refused = await page.post(f"/chat/{ADA}/send", data=body, files=eleven)
    assert refused.status_code == 400


async def test_a_reply_carries_the_whole_message_but_not_its_own_reply(
    page: httpx.AsyncClient,
) -> None:
    for number in (None, 1, 2):
        body = {"person": ADA, "text": f"to {number}", "reply_to": number}
        body = {key: value for key, value in body.items() if value is not None}
        sent = (await page.post(f"/chat/{ADA}/send", data=body)).json()["messages"][0]
    replied = sent["reply_to_message"]
    assert (replied["message_id"], replied["text"]) == (2, "to 1")
    assert "reply_to_message" not in replied


async def test_forwarding_names_the_sender_and_leaves_the_buttons(
    page: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    sent = await api.post(
        "sendMessage", json={"chat_id": ADA, "text": "7", "reply_markup": KEYBOARD}
    )
    message_id = sent.json()["result"]["message_id"]
    forwarded = await ask(
        page, GROUP_ID, "forward", person=ADA, from_chat=ADA, message_ids=[message_id]
    )
    (message,) = forwarded["messages"]
    assert message["forward_origin"]["sender_user"]["is_bot"]
    assert message["from"]["id"] == ADA
    assert "reply_markup" not in message
    again = await ask(
        page, ADA, "forward", person=ADA, from_chat=GROUP_ID, message_ids=[message["message_id"]]
    )
    assert again["messages"][0]["forward_origin"] == message["forward_origin"]


async def test_nobody_reads_or_writes_in_the_private_chat_of_another(
    page: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    await api.post("sendMessage", json={"chat_id": ADA, "text": "7", "reply_markup": KEYBOARD})
    for what, body in (
        ("press", {"message_id": 1, "data": "7"}),
        ("edit", {"message_id": 1, "text": "x"}),
        ("delete", {"message_id": 1}),
    ):
        answer = await page.post(f"/chat/{ADA}/{what}", json={"person": BORIS, **body})
        assert answer.json()["detail"] == "Bad Request: user is not a member of the chat"


async def test_in_the_group_anybody_may_press_and_the_bot_learns_who(
    page: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    body = {"chat_id": GROUP_ID, "text": "7", "reply_markup": KEYBOARD}
    await api.post("sendMessage", json=body)
    pressed = await ask(page, GROUP_ID, "press", person=BORIS, message_id=1, data="seven")
    assert pressed["answer"] is None
    query = (await updates(api))[0]["callback_query"]
    assert (query["from"]["id"], query["data"]) == (BORIS, "7")
    assert query["message"]["reply_markup"] == KEYBOARD
    answer = {"callback_query_id": query["id"]}
    assert (await api.post("answerCallbackQuery", json=answer)).json()["ok"]
    assert not (await api.post("answerCallbackQuery", json=answer)).json()["ok"]
    missing = {"person": BORIS, "message_id": 1, "data": "8"}
    assert (await page.post(f"/chat/{GROUP_ID}/press", json=missing)).status_code == 400


async def test_a_person_changes_and_deletes_only_what_is_theirs(
    page: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    await page.post(f"/chat/{GROUP_ID}/send", data={"person": ADA, "text": "one"})
    edited = await ask(page, GROUP_ID, "edit", person=ADA, message_id=1, text="two")
    assert edited["messages"][0]["edit_date"]
    theirs = {"person": BORIS, "message_id": 1}
    for what, more in (("edit", {"text": "x"}), ("delete", {})):
        assert (
            await page.post(f"/chat/{GROUP_ID}/{what}", json={**theirs, **more})
        ).status_code == 400
    await ask(page, GROUP_ID, "delete", person=ADA, message_id=1)
    found = await page.get(f"/chat/{GROUP_ID}/messages")
    assert (found.json()["messages"], found.json()["deleted"]) == ([], [1])
