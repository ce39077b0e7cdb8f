from __future__ import annotations

from bot.conversation.services import Services
from bot.web.clients import ApiKeys, RateLimit
from bot.web.metrics import Metrics
from bot.web.rest import RestApi
from model.errors import NotAnImage
from tests.bot.fakes import FakeReader
from tests.bot.web.conftest import KEY, browsing


async def test_photos_are_counted_by_what_became_of_them(
    services: Services, reader: FakeReader
) -> None:
    keys = ApiKeys(frozenset())
    metrics = Metrics(services, keys)
    async with browsing(
        RestApi(services, keys, RateLimit("9/second")).router, metrics.router
    ) as it:
        for _ in range(2):
            await it.post("/api/v1/read", content=b"a photo")
        reader.result = NotAnImage("x")
        await it.post("/api/v1/read", content=b"a photo")
        answer = await it.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    lines = answer.text.splitlines()
    assert 'inkling_photos_total{door="api",outcome="read"} 2.0' in lines
    assert 'inkling_photos_total{door="api",outcome="NotAnImage"} 1.0' in lines
    assert 'inkling_photo_seconds_count{stage="read"} 2.0' in lines
    assert 'inkling_model_info{version="fake"} 1.0' in lines
    assert "inkling_queue_photos 0.0" in lines
    assert "inkling_training 0.0" in lines


async def test_where_there_are_keys_the_figures_need_one(services: Services) -> None:
    metrics = Metrics(services, ApiKeys(frozenset({KEY})))
    async with browsing(metrics.router) as it:
        assert (await it.get("/metrics")).status_code == 401
        with_key = {"Authorization": f"Bearer {KEY}"}
        assert (await it.get("/metrics", headers=with_key)).status_code == 200
