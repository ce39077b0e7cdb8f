"""The web application: what all of its routes have in common."""

from __future__ import annotations

from fastapi import FastAPI


def make_site() -> FastAPI:
    """Make an application without routes."""
    return FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
