"""The draw page's own interface: reading, verdicts, and whose they are."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from init_data_py import sign

from bot.conversation.services import Services
from bot.messages.captions import doubts, refusal_text
from bot.serving.tasks import background
from bot.store import people, statistics
from bot.store.people import Person
from bot.web.clients import MAX_INIT_DATA_AGE, VISITOR_COOKIE, web_person
from model.types import Reading, Refusal
from tests.bot.fakes import FakeReader, digit
from tests.bot.store.samples import ANNA
from tests.bot.web.conftest import served_page

TOKEN = "12345:token-of-this-bot"
ADA = '{"id":1001,"first_name":"Ada"}'


@pytest.fixture
async def page(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the page; answers are written down meanwhile."""
    async with (
        background(services.answer_log.run(), "answers"),
        served_page(services, TOKEN) as client,
    ):
        yield client


def opened_by_ada(token: str = TOKEN, ago: timedelta = timedelta(0)) -> dict[str, str]:
    """Make the header that the page sends inside Telegram."""
    return {"Authorization": f"tma {sign({'user': ADA}, token, auth_date=datetime.now(UTC) - ago)}"}


async def given(services: Services, person: Person) -> int:
    """Count what a person gave, by deleting it."""
    return (await people.forget(services.database, person)).corrections


async def test_the_page_speaks_the_browsers_language_and_leads_to_the_chat(
    page: httpx.AsyncClient,
) -> None:
    answer = await page.get("/", headers={"Accept-Language": "de-AT"})
    assert '<html lang="de">' in answer.text
    assert "Zeichne eine Zahl" in answer.text
    assert '<a href="https://t.me/inkling_bot">' in answer.text
    assert "Ink &lt;ling&gt;" in answer.text
    assert "{{" not in answer.text
    assert '<html lang="en">' in (await page.get("/")).text


async def test_the_page_loads_nothing_from_elsewhere(page: httpx.AsyncClient) -> None:
    for path in ("/", "/draw/app.js", "/draw/style.css"):
        answer = await page.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in answer.text.replace("https://t.me/inkling_bot", "")
    assert (
        "https://telegram.org/js/telegram-web-app.js" in (await page.get("/draw/telegram.js")).text
    )


async def test_a_number_that_is_doubtful_as_a_whole_says_so_as_in_the_chat(
    page: httpx.AsyncClient, reader: FakeReader
) -> None:
    for confidence, number_of_doubts in ((0.6, 1), (0.9, 0)):
        reader.result = Reading((digit(3), digit(1)), confidence=confidence)
        read = (await page.post("/draw/read", content=b"a drawing")).json()
        assert read["doubts"] == [doubt.striptags() for doubt in doubts(reader.result)]
        assert len(read["doubts"]) == number_of_doubts


async def test_a_drawing_is_read_and_not_kept(page: httpx.AsyncClient, services: Services) -> None:
    read = (await page.post("/draw/read", content=b"a drawing")).json()
    assert (read["text"], read["model_version"]) == ("7", "fake")
    shown = read["digits"][0]
    assert len(base64.b64decode(shown["glyph"])) == 784
    assert len(base64.b64decode(shown["layers"][0])) == 784
    assert VISITOR_COOKIE not in page.cookies
    assert (await statistics.gather(services.database)).photos == 0


async def test_why_nothing_was_read_is_said_in_the_words_of_the_chat(
    page: httpx.AsyncClient, reader: FakeReader
) -> None:
    for refusal in Refusal:
        reader.result = Reading((), refusal)
        read = (await page.post("/draw/read", content=b"a drawing")).json()
        assert read["digits"] == []
        assert read["refusal"] == refusal_text(reader.result).striptags()
        assert len(read["refusal"]) > 20


async def test_a_correction_belongs_to_the_account_that_opened_the_mini_app(
    page: httpx.AsyncClient, services: Services
) -> None:
    said = await page.post(
        "/draw/verdict?position=0&label=1", content=b"a drawing", headers=opened_by_ada()
    )
    assert said.json()["notice"]
    assert VISITOR_COOKIE not in page.cookies
    assert await given(services, ANNA) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "tma "},
        {"Authorization": "tma user=%7B%22id%22%3A1001%7D&auth_date=1&hash=00"},
        opened_by_ada("12345:token-of-another-bot"),
        opened_by_ada(ago=MAX_INIT_DATA_AGE + timedelta(minutes=1)),
        {"Authorization": opened_by_ada()["Authorization"].replace("1001", "1002")},
        {"Authorization": f"tma {sign({'query_id': 'x'}, TOKEN)}"},
    ],
    ids=["empty", "forged", "another bot", "old", "another person", "nobody"],
)
async def test_what_does_not_prove_an_account_is_refused(
    page: httpx.AsyncClient, reader: FakeReader, headers: dict[str, str]
) -> None:
    refused = await page.post("/draw/verdict?verdict=right", content=b"x", headers=headers)
    assert refused.status_code == 401
    assert refused.json()["type"] == "urn:inkling:problem:unknown-person"
    assert reader.photos == []


async def test_a_visitor_can_delete_what_was_given(
    page: httpx.AsyncClient, services: Services
) -> None:
    assert (await page.post("/draw/verdict?verdict=right", content=b"x")).json()["notice"]
    name = page.cookies[VISITOR_COOKIE]
    forgotten = (await page.post("/draw/forget")).json()["notice"]
    assert forgotten.startswith("Done.")
    assert await given(services, web_person(name)) == 0


async def test_pages_of_other_sites_can_give_nothing(
    page: httpx.AsyncClient, reader: FakeReader
) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    for path in ("/draw/verdict?verdict=right", "/draw/forget"):
        assert (await page.post(path, content=b"x", headers=headers)).status_code == 403
    assert reader.photos == []


@pytest.mark.parametrize("query", ["position=40", "label=10", "label=-2", "verdict=perhaps"])
async def test_a_verdict_that_cannot_be_is_refused(page: httpx.AsyncClient, query: str) -> None:
    refused = await page.post(f"/draw/verdict?{query}", content=b"x")
    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:inkling:problem:invalid-request"
