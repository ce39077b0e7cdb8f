"""What Discord's API sends, and how tests read what comes to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

Json = dict[str, Any]

BOT = 900
ADA, BORIS, ADMIN = 1001, 1002, 1003

APPLICATION: Json = {
    "id": str(BOT),
    "name": "Inkling",
    "icon": None,
    "description": "",
    "bot_public": True,
    "bot_require_code_grant": False,
    "summary": "",
    "verify_key": "",
    "team": None,
    "flags": 0,
    "owner": {"id": "1", "username": "o", "discriminator": "0", "avatar": None},
}


def message_of(number: int, channel: int, author: Json) -> Json:
    """A message without anything in it."""
    return {
        "id": str(number),
        "channel_id": str(channel),
        "author": author,
        "content": "",
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
        "components": [],
    }


def user(number: int) -> Json:
    """A person, or the bot."""
    name = {ADA: "Ada", BORIS: "Boris", ADMIN: "Root", BOT: "Inkling"}.get(number, str(number))
    given = {"id": str(number), "username": name, "discriminator": "0", "avatar": None}
    return given | {"global_name": name, "bot": number == BOT}


def direct(person: int) -> Json:
    """A person's direct channel with the bot."""
    return {"id": str(person), "type": 1, "last_message_id": None, "recipients": [user(person)]}


def buttons(message: Json) -> list[Json]:
    """The buttons under a message."""
    return [button for row in message["components"] for button in row["components"]]


def too_many(seconds: float) -> Callable[[], web.Response]:
    """Ask to wait."""
    said = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
    return lambda: as_json(said, 429, {"Via": "1.1 google"})


def refuse(status: int, code: int) -> Callable[[], web.Response]:
    """Refuse, with one of Discord's codes."""
    return lambda: as_json({"code": code, "message": "refused"}, status)


def as_json(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Answer a request."""
    # Exactly this type: with a charset behind it, discord.py takes the content for text.
    headers = {"Content-Type": "application/json"} | (headers or {})
    return web.Response(body=json.dumps(content).encode(), status=status, headers=headers)


async def body_of(request: web.Request) -> tuple[Any, list[bytes]]:
    """The JSON and the files that a request brings."""
    if not request.can_read_body:
        return {}, []
    if request.content_type != "multipart/form-data":
        return await request.json(), []
    sent, files = {}, []
    async for part in await request.multipart():
        content = await part.read()  # type: ignore[union-attr]
        if part.name == "payload_json":  # type: ignore[union-attr]
            sent = json.loads(content)
        else:
            files.append(bytes(content))
    return sent, files
