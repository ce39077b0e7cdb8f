"""The web application: what all of its routes have in common."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from bot.web.problems import Problem, add_problem_handlers
from bot.web.request_ids import REQUEST_ID_HEADER, RequestIds
from bot.web.rest import BEARER
from model import __version__

DESCRIPTION = "Reads handwritten digits in photos, scans and drawings."


def make_site(cors_origins: Collection[str] = ()) -> FastAPI:
    """Make an application without routes.

    The description of the REST interface is `/openapi.json`. There is no page for it, because
    FastAPI's own pages load their scripts from elsewhere.

    Args:
        cors_origins: web sites whose pages may call the REST interface; "*" stands for all.
    """
    site = FastAPI(
        title="Inkling",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
    )
    add_problem_handlers(site)
    describe = site.openapi

    def openapi() -> dict[str, Any]:
        description = describe()
        components = description.setdefault("components", {})
        components.setdefault("securitySchemes", {})["key"] = BEARER
        components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        return description

    site.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend it
    site.add_middleware(RequestIds)
    if cors_origins:
        site.add_middleware(
            CORSMiddleware,
            allow_origins=list(cors_origins),
            allow_methods=["POST"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=[REQUEST_ID_HEADER, "Retry-After"],
        )
    return site
