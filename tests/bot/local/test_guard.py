"""Other web pages are kept out; programs on this machine are not."""

from __future__ import annotations

import httpx
import pytest

from bot.local import ADA
from tests.bot.local.conftest import TOKEN


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "[127.0.0.1"},
        {"Host": "127.0.0.1.evil.example:8080"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"},
    ],
)
async def test_others_are_refused(page: httpx.AsyncClient, headers: dict[str, str]) -> None:
    for path in ("/chat/state", f"/bot{TOKEN}/getMe", "/chat"):
        assert (await page.get(path, headers=headers)).status_code == 403
        assert (await page.post(path, headers=headers)).status_code == 403


LINK = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
"""What a browser says when somebody follows a link, or a script does, on another web page."""

ADDRESS_BAR = LINK | {"Sec-Fetch-Site": "none"}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}


async def test_a_link_may_lead_to_the_page_and_to_nothing_else(page: httpx.AsyncClient) -> None:
    assert (await page.get("/chat", headers=LINK)).status_code == 200
    for path in ("/chat/state", "/page/app.js", f"/bot{TOKEN}/getMe", f"/file/bot{TOKEN}/x"):
        assert (await page.get(path, headers=LINK)).status_code == 403
    text = {"person": ADA, "text": "x"}
    sent = await page.post(f"/chat/{ADA}/send", headers=LINK, data=text)
    assert sent.status_code == 403


@pytest.mark.parametrize("headers", [LINK, ADDRESS_BAR, OWN_PAGE])
async def test_no_browser_may_use_the_bot_api(
    page: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    message = {"chat_id": str(ADA), "text": "x"}
    sent = await page.get(f"/bot{TOKEN}/sendMessage", params=message, headers=headers)
    assert sent.status_code == 403
    assert (await page.get(f"/chat/{ADA}/messages", headers=OWN_PAGE)).json()["messages"] == []


async def test_the_page_itself_and_programs_are_let_in(page: httpx.AsyncClient) -> None:
    own = {"Origin": str(page.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert (await page.get("/chat/state", headers=own)).status_code == 200
    assert (await page.get("/chat/state")).status_code == 200
