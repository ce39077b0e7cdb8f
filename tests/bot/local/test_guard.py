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
    for path in ("/chat/state", f"/bot{TOKEN}/getMe", "/"):
        assert (await page.get(path, headers=headers)).status_code == 403
        assert (await page.post(path, headers=headers)).status_code == 403


async def test_a_link_may_lead_to_the_page_but_not_act(page: httpx.AsyncClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}
    assert (await page.get("/", headers=link)).status_code == 200
    text = {"person": ADA, "text": "x"}
    sent = await page.post(f"/chat/{ADA}/send", headers=link, data=text)
    assert sent.status_code == 403


async def test_the_page_itself_and_programs_are_let_in(page: httpx.AsyncClient) -> None:
    own = {"Origin": str(page.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert (await page.get("/chat/state", headers=own)).status_code == 200
    assert (await page.get("/chat/state")).status_code == 200


async def test_the_page_may_load_nothing_from_elsewhere(page: httpx.AsyncClient) -> None:
    for path in ("/", "/page/app.js", "/page/style.css"):
        answer = await page.get(path)
        assert answer.status_code == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        words = answer.text.replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in words.replace("http://127.0.0.1", "")
