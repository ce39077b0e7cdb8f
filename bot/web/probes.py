"""What platforms ask: whether the process works, and whether it can answer people now."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from bot.conversation.services import Services
from bot.errors import StoreUnavailable


class Probes:
    """The routes that platforms call.

    Args:
        services: what the conversation works with.
        takes_updates: tells whether messages are taken, which is so from start to stop.

    Attributes:
        router: the routes, for the site.
    """

    def __init__(self, services: Services, takes_updates: Callable[[], bool]) -> None:
        self._services = services
        self._takes_updates = takes_updates
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/healthz", self.health, methods=["GET"])
        self.router.add_api_route("/readyz", self.readiness, methods=["GET"])

    async def health(self) -> dict[str, str]:
        """Say that the process works; a platform starts it again when this does not come."""
        return {"status": "ok"}

    async def readiness(self) -> JSONResponse:
        """Say whether everything works that an answer needs; 503 if something does not.

        A database that is away does not count: photos are answered without it.
        """
        checks = {
            "updates": self._takes_updates(),
            "reader": self._services.reader.runs,
            "database": await self._database_answers(),
        }
        ready = checks["updates"] and checks["reader"]
        content = {"status": "ready" if ready else "not ready", "checks": checks}
        return JSONResponse(content, 200 if ready else 503)

    async def _database_answers(self) -> bool:
        try:
            await self._services.database.ping()
        except StoreUnavailable:
            return False
        return True
