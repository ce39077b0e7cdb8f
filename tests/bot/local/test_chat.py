"""The page's own interface."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from bot.local import ADA, BORIS


async def test_messages_can_be_waited_for(page: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    sent = await page.post(f"/chat/{ADA}/send", data={"person": ADA, "text": "mine"})
    since = sent.json()["last"]
    listening = asyncio.create_task(
        page.get(f"/chat/{ADA}/messages", params={"since": since, "wait": 10})
    )
    await asyncio.sleep(0.1)
    await page.post(f"/chat/{ADA}/send", data={"person": ADA, "text": "mine again"})
    await asyncio.sleep(0.1)
    assert not listening.done()
    await api.post("sendMessage", json={"chat_id": ADA, "text": "the bot's"})
    heard = (await listening).json()
    assert [message["text"] for message in heard["messages"]] == ["mine again", "the bot's"]
    nothing = await page.get(f"/chat/{ADA}/messages", params={"since": heard["last"], "wait": 0.1})
    assert nothing.json()["messages"] == []


async def test_the_page_follows_what_happens_and_goes_on_after_a_break(
    page: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    await page.post(f"/chat/{ADA}/send", data={"person": ADA, "text": "one"})
    await api.post("sendChatAction", json={"chat_id": ADA, "action": "typing"})
    await api.get("getUpdates", params={"offset": 2})
    first = await follow(page, 3)
    assert [event["event"] for event in first] == ["message", "action", "seen"]
    boot = (await page.get("/chat/state")).json()["boot"]
    assert first[0]["id"] == f"{boot}-1"
    rest = await follow(page, 1, {"Last-Event-ID": first[1]["id"]})
    assert json.loads(rest[0]["data"]) == {"chat_id": ADA, "message_id": 1}
    everything = await follow(page, 3, {"Last-Event-ID": "another-99"})
    assert everything == first


async def follow(
    page: httpx.AsyncClient, count: int, headers: dict[str, str] | None = None
) -> list[dict[str, str]]:
    """The first events of the stream, after the greeting."""
    events: list[dict[str, str]] = []
    async with page.stream("GET", "/chat/events", headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        block: dict[str, str] = {}
        async for line in stream.aiter_lines():
            name, _, value = line.partition(": ")
            if line:
                block[name] = value
            elif "id" in block:
                events.append(block)
                block = {}
            else:
                block = {}
            if len(events) == count:
                break
    return events


async def test_what_the_bot_has_not_fetched_is_known(
    page: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    async def waiting() -> list[int]:
        state = (await page.get("/chat/state")).json()
        found: list[int] = next(c for c in state["chats"] if c["chat"]["id"] == ADA)["waiting"]
        return found

    await page.post(f"/chat/{ADA}/send", data={"person": ADA, "text": "one"})
    assert await waiting() == [1]
    await api.get("getUpdates", params={"offset": 2})
    assert await waiting() == []


async def test_files_never_run_in_the_page(page: httpx.AsyncClient, picture: bytes) -> None:
    for name, content, shown in (
        ("evil.html", b"<script>alert(1)</script>", False),
        ("evil.svg", b"<svg onload='alert(1)'/>", False),
        ("one.png", picture, True),
    ):
        sent = await page.post(
            f"/chat/{ADA}/send",
            data={"person": ADA, "kind": "document"},
            files={"files": (name, content)},
        )
        file_id = sent.json()["messages"][0]["document"]["file_id"]
        answer = await page.get(f"/chat/files/{file_id}")
        assert answer.content == content
        assert ("attachment" not in answer.headers.get("content-disposition", "")) == shown
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("send", {"person": "99", "text": "x"}, "Bad Request: user not found"),
        ("send", {"person": str(BORIS), "text": "x"}, "user is not a member of the chat"),
        ("send", {"person": str(ADA), "text": ""}, "Bad Request: message text is empty"),
        ("send", {"text": "x"}, "body.person: Field required"),
    ],
)
async def test_the_page_is_told_in_words(
    page: httpx.AsyncClient, name: str, body: dict[str, str], words: str
) -> None:
    answer = await page.post(f"/chat/{ADA}/{name}", data=body)
    assert answer.status_code == 400
    assert words in answer.json()["detail"]
