"""The REST interface, as a program calls it."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import subprocess
import sys
import textwrap
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image

from bot.conversation.services import Services
from bot.serving.photo_queue import PhotoQueue
from bot.serving.reading.reader import Reader
from bot.web.clients import ApiKeys, RateLimit
from bot.web.rest import RestApi
from model.commands.prediction.output import as_object
from model.errors import NotAnImage
from model.recognition.decoding.photo_files import read_photo_file
from model.recognition.recognizer import Recognizer
from tests.bot.fakes import FakeReader
from tests.bot.running import BotProcess
from tests.bot.web.conftest import KEY, browsing

README = Path(__file__).parents[3] / "bot" / "README.md"


async def test_one_image_gives_what_predict_prints_and_the_version(
    services: Services, photos: list[bytes], tmp_path: Path
) -> None:
    file = tmp_path / "three.jpg"
    file.write_bytes(photos[3])
    predicted = as_object(read_photo_file(Recognizer.load(), file))
    async with Reader() as reader:
        serving = replace(services, reader=reader)
        rest = RestApi(serving, ApiKeys(frozenset()), RateLimit("9/second"))
        async with browsing(rest.router) as api:
            form = await api.post("/api/v1/read", files={"files": ("three.jpg", photos[3])})
            raw = await api.post("/api/v1/read", content=photos[3])
        version = reader.version
    assert form.json() == predicted | {"path": "three.jpg", "model_version": version}
    assert raw.json() == form.json() | {"path": ""}
    assert form.json()["text"] == "3"


async def test_several_files_give_a_list_in_their_order(
    api: httpx.AsyncClient, reader: FakeReader
) -> None:
    files = [("files", (f"{number}.jpg", bytes([number]))) for number in range(3)]
    answer = (await api.post("/api/v1/read", files=files)).json()
    assert [read["path"] for read in answer] == ["0.jpg", "1.jpg", "2.jpg"]
    assert reader.photos == [b"\0", b"\1", b"\2"]


async def test_of_several_files_each_says_its_own_error(
    api: httpx.AsyncClient, reader: FakeReader
) -> None:
    reader.result = NotAnImage("Expected an image.")
    files = [("files", ("a.txt", b"a")), ("files", ("b.txt", b"b"))]
    answer = await api.post("/api/v1/read", files=files)
    assert answer.status_code == 200
    assert [read["error"] for read in answer.json()] == ["Expected an image."] * 2


async def test_a_single_file_that_is_no_image_is_a_problem(
    api: httpx.AsyncClient, reader: FakeReader
) -> None:
    reader.result = NotAnImage("Expected an image.")
    answer = await api.post("/api/v1/read", content=b"a")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:inkling:problem:unreadable-image",
        "title": "Unreadable image",
        "status": 422,
        "detail": "Expected an image.",
    }


async def test_the_card_comes_on_request(api: httpx.AsyncClient) -> None:
    answer = (await api.post("/api/v1/read?card=true", content=b"a")).json()
    assert Image.open(BytesIO(base64.b64decode(answer["card"]))).format == "PNG"
    assert "card" not in (await api.post("/api/v1/read", content=b"a")).json()


async def test_a_key_is_asked_for_where_there_are_keys(services: Services) -> None:
    rest = RestApi(services, ApiKeys(frozenset({KEY})), RateLimit("9/second"))
    async with browsing(rest.router) as api:
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Basic {KEY}"}):
            refused = await api.post("/api/v1/read", content=b"a", headers=headers)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"] == "Bearer"
        let_in = {"Authorization": f"Bearer {KEY}"}
        assert (await api.post("/api/v1/read", content=b"a", headers=let_in)).status_code == 200


async def test_a_client_that_calls_too_often_is_told_when_to_come_again(
    services: Services, reader: FakeReader
) -> None:
    rest = RestApi(services, ApiKeys(frozenset()), RateLimit("2/minute"))
    async with browsing(rest.router) as api:
        answers = [await api.post("/api/v1/read", content=b"a") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 60
    assert len(reader.photos) == 2


async def test_one_client_cannot_fill_the_queue(services: Services) -> None:
    serving = replace(services, queue=PhotoQueue(at_once=1, per_person=1))
    rest = RestApi(serving, ApiKeys(frozenset()), RateLimit("9/second"))
    async with browsing(rest.router) as api:
        async with serving.queue.work:
            waiting = asyncio.create_task(api.post("/api/v1/read", content=b"a"))
            await asyncio.sleep(0.1)
            refused = await api.post("/api/v1/read", content=b"b")
            assert refused.json()["type"] == "urn:inkling:problem:too-many-waiting"
        assert (await waiting).status_code == 200


@pytest.mark.parametrize(
    ("origins", "allowed"), [((), None), (("https://a.example",), "https://a.example")]
)
async def test_pages_of_other_sites_are_let_in_only_by_a_setting(
    services: Services, origins: tuple[str, ...], allowed: str | None
) -> None:
    rest = RestApi(services, ApiKeys(frozenset()), RateLimit("9/second"))
    async with browsing(rest.router, cors_origins=origins) as api:
        headers = {"Origin": "https://a.example"}
        answer = await api.post("/api/v1/read", content=b"a", headers=headers)
    assert answer.headers.get("access-control-allow-origin") == allowed


async def test_the_description_has_examples_and_every_problem(api: httpx.AsyncClient) -> None:
    description = (await api.get("/openapi.json")).json()
    assert list(description["paths"]) == ["/api/v1/read"]
    read = description["paths"]["/api/v1/read"]["post"]
    assert set(read["requestBody"]["content"]) >= {"multipart/form-data", "image/*"}
    assert {"400", "401", "408", "413", "422", "429", "503"} <= set(read["responses"])
    for status, response in read["responses"].items():
        kind = "application/json" if status == "200" else "application/problem+json"
        assert list(response["content"]) == [kind]
    example = description["components"]["schemas"]["ReadImage"]["example"]
    assert example["text"] == "7"


def examples() -> list[str]:
    """The indented blocks of the README's section about REST."""
    section = README.read_text(encoding="utf-8").split("### REST")[1].split("\n### ")[0]
    blocks = re.findall(r"(?:^    .*\n|^\n)+", section, re.MULTILINE)
    return [textwrap.dedent(block) for block in blocks if block.strip()]


def test_the_examples_of_the_readme_work(
    bot: BotProcess, photos: list[bytes], tmp_path: Path
) -> None:
    (tmp_path / "seven.jpg").write_bytes(photos[7])
    shell, program = (example.replace("http://127.0.0.1:8080", bot.url) for example in examples())
    shell = shell.replace("$ ", "").split("\n{")[0]
    said = subprocess.run(
        ["sh", "-c", shell], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert json.loads(said.stdout)["text"] == "7"
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert said.stdout.startswith("7")
