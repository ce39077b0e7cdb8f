"""What all routes have in common."""

from __future__ import annotations

import httpx
import pytest

from tests.bot.web.conftest import browsing


@pytest.mark.parametrize(("given", "kept"), [("abc-1", True), ("a\nb", False), ("x" * 65, False)])
async def test_a_request_keeps_a_proper_name(given: str, kept: bool) -> None:
    async with browsing() as site:
        headers = {b"X-Request-ID": given.encode()}
        answer = await site.get("/nothing", headers=httpx.Headers(headers))
    assert (answer.headers["x-request-id"] == given) is kept
    assert answer.headers["x-request-id"]


async def test_what_is_not_there_is_a_problem() -> None:
    async with browsing() as site:
        answer = await site.get("/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Not Found",
    }
