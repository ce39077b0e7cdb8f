"""The faults, by name."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any

from tests.chaos.proxy import (
    Act,
    Fault,
    Request,
    answer,
    error,
    never_answer,
    reset,
    reset_afterwards,
    stall,
)
from tests.chaos.senders import FIRST_PERSON

WORK = "getFile|sendPhoto"
"""Where Telegram is away, it is so once photos were handed out, because what is sent while nothing
can be asked for waits at Telegram."""

LATE_SECONDS = 5.0
"""How long a slow connection takes with an answer."""

BLOCKED = error(403, "Forbidden: bot was blocked by the user")
GONE = error(400, "Bad Request: message to be replied not found")
BAD_GATEWAY = (502, b"<html>502 Bad Gateway</html>")


def too_many(seconds: object) -> Act:
    """Ask to wait for so many seconds."""
    return answer(*error(429, "Too Many Requests", retry_after=seconds))


async def limit_of_one_chat(request: Request) -> tuple[int, bytes]:
    """Ask the first person's chat alone to wait for a minute."""
    if str(FIRST_PERSON).encode() in request.body:
        return error(429, "Too Many Requests: retry after 60", retry_after=60)
    return await request.forward()


async def photo_deleted(request: Request) -> tuple[int, bytes]:
    """Refuse a reply to a message that is gone."""
    return GONE if b"reply_parameters" in request.body else await request.forward()


def deliver_again() -> Act:
    """Hand out with each batch what was handed out before."""
    seen: dict[int, Any] = {}

    async def act(request: Request) -> tuple[int, bytes]:
        status, content = await request.forward()
        said = json.loads(content)
        old = dict(seen)
        seen.update({update["update_id"]: update for update in said.get("result") or []})
        said["result"] = list((old | {u["update_id"]: u for u in said["result"]}).values())[-100:]
        return status, json.dumps(said).encode()

    return act


async def backwards(request: Request) -> tuple[int, bytes]:
    """Hand out updates with the newest first."""
    status, content = await request.forward()
    said = json.loads(content)
    said["result"] = (said.get("result") or [])[::-1]
    return status, json.dumps(said).encode()


async def late(request: Request) -> tuple[int, bytes]:
    """Carry it out, and answer some seconds later."""
    found = await request.forward()
    await asyncio.sleep(LATE_SECONDS)
    return found


def add_unparsable() -> Act:
    """Put an update that nobody can parse before each batch."""
    numbers = itertools.count(1)

    async def act(request: Request) -> tuple[int, bytes]:
        status, content = await request.forward()
        said = json.loads(content)
        odd = {"update_id": 10**9 + next(numbers), "message": {"chat": 7}}
        said["result"] = [odd, *said["result"]]
        return status, json.dumps(said).encode()

    return act


FAULTS: dict[str, Callable[[], Fault | None]] = {
    "none": lambda: None,
    "429, retry after 2 s": lambda: Fault("sendPhoto", too_many(2), 10),
    "429 for one chat, 60 s": lambda: Fault("send.*", limit_of_one_chat, seconds=50),
    "429 on getFile": lambda: Fault("getFile", too_many(1), 10),
    "429 without a number on getUpdates": lambda: Fault("getUpdates", too_many("soon"), 3),
    "401 on getUpdates": lambda: Fault("getUpdates", answer(*error(401, "Unauthorized")), 3),
    "404 on getUpdates": lambda: Fault("getUpdates", answer(*error(404, "Not Found")), 3),
    "getUpdates without a result": lambda: Fault("getUpdates", answer(200, b'{"ok":true}'), 3),
    "updates that cannot be parsed": lambda: Fault("getUpdates", add_unparsable(), 5),
    "confirmed updates again": lambda: Fault("getUpdates", deliver_again()),
    "502 before sendPhoto": lambda: Fault("sendPhoto", answer(*BAD_GATEWAY), 10),
    "502 after sendPhoto": lambda: Fault("sendPhoto", answer(*BAD_GATEWAY, afterwards=True), 10),
    "reset before sendPhoto": lambda: Fault("sendPhoto", reset, 10),
    "reset after sendPhoto": lambda: Fault("sendPhoto", reset_afterwards, 10),
    "upload stalls": lambda: Fault("sendPhoto", stall, 3),
    "answer to sendPhoto never comes": lambda: Fault("sendPhoto", never_answer, 3),
    "photo deleted": lambda: Fault("sendPhoto", photo_deleted, 5),
    "download fails": lambda: Fault("download", reset, 10),
    "download stalls": lambda: Fault("download", stall, 3),
    "each answer 5 s late": lambda: Fault("getFile|download|sendPhoto", late, 30),
    "updates backwards": lambda: Fault("getUpdates", backwards),
    "bot blocked": lambda: Fault("sendPhoto", answer(*BLOCKED), 5),
    "away for 5 s": lambda: Fault(".*", reset, seconds=5, begins_at=WORK),
    "away for 60 s": lambda: Fault(".*", reset, seconds=60, begins_at=WORK),
    "502 for 30 s": lambda: Fault(".*", answer(*BAD_GATEWAY), seconds=30, begins_at=WORK),
}
"""What goes wrong."""
