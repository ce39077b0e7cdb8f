"""What Prometheus asks: photos, how long they took, and what waits.

Each process counts for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from bot.conversation.services import Services
from bot.serving.photo_log import PhotoRecord
from bot.store import StoreUnavailable, runs
from bot.web.clients import ApiKeys

SECONDS_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Bounds of the histogram of seconds: from one digit that is read to a queue of many people."""


class Metrics:
    """Counts photos, and tells the rest when it is asked.

    Args:
        services: what the conversation works with.
        keys: who may ask, if there are keys.

    Attributes:
        router: the route, for the site.
    """

    def __init__(self, services: Services, keys: ApiKeys) -> None:
        self._services = services
        self._keys = keys
        self._registry = CollectorRegistry()
        self._photos = Counter(
            "inkling_photos",
            "Photos by the way they came and by what became of them.",
            ["door", "outcome"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "inkling_photo_seconds",
            "How long each stage of a photo took.",
            ["stage"],
            buckets=SECONDS_BUCKETS,
            registry=self._registry,
        )
        self._training = Gauge(
            "inkling_training",
            "Whether a model is being trained by any process of the same database.",
            registry=self._registry,
        )
        self._registry.register(_Gauges(services))
        services.photo_log.listen(self._count)
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/metrics", self.metrics, methods=["GET"])

    async def metrics(self, request: Request) -> Response:
        """Return all figures, as text."""
        self._keys.client(request)
        # A database that is away leaves the figure as it was.
        with suppress(StoreUnavailable):
            run = await runs.running(self._services.database)
            self._training.set(run is not None)
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

    def _count(self, record: PhotoRecord) -> None:
        self._photos.labels(record.door, record.outcome).inc()
        for stage, seconds in record.seconds.items():
            self._seconds.labels(stage).observe(seconds)


class _Gauges(Collector):
    """Looks at the bot when it is asked."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        """Yield what is so now."""
        model = InfoMetricFamily("inkling_model", "The model version that reads photos.")
        model.add_metric([], {"version": self._services.reader.version})
        yield model
        yield GaugeMetricFamily(
            "inkling_queue_photos",
            "Photos that wait or are being answered.",
            value=self._services.queue.length,
        )
