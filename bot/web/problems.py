"""Errors as RFC 9457 describes them: JSON that programs and people understand."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"

TYPE_PREFIX = "urn:inkling:problem:"
"""What the type of each problem of ours begins with; others have the type about:blank."""


class Problem(BaseModel):
    """A problem, as RFC 9457 writes it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": f"{TYPE_PREFIX}not-an-image",
                "title": "Not an image",
                "status": 422,
                "detail": "Expected an image, received something else.",
            }
        }
    )

    type: str = Field(description="Names the kind of problem, for programs.")
    title: str = Field(description="The kind of problem, in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened, in one sentence.")


class ProblemError(Exception):
    """A request that is answered with a problem.

    Args:
        status: the HTTP status.
        kind: the kind of problem, in lower case with hyphens.
        detail: one sentence.
        headers: further headers of the answer.
    """

    def __init__(
        self, status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.headers = headers

    def response(self) -> JSONResponse:
        """Return the answer."""
        title = self.kind.replace("-", " ").capitalize()
        return _response(self.status, TYPE_PREFIX + self.kind, title, str(self), self.headers)


def describe(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Return what OpenAPI says of the problems that a route may answer with."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in statuses
    }


def add_problem_handlers(site: FastAPI) -> None:
    """Let every error of a site be answered with a problem."""
    site.add_exception_handler(ProblemError, _from_problem_error)
    site.add_exception_handler(HTTPException, _from_http_exception)
    site.add_exception_handler(RequestValidationError, _from_validation_error)
    site.add_exception_handler(Exception, _from_unforeseen_error)


async def _from_problem_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ProblemError)
    return error.response()


async def _from_http_exception(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    return _response(error.status_code, "about:blank", phrase, error.detail, error.headers)


async def _from_validation_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return ProblemError(422, "invalid-request", f"{where}: {first['msg']}.").response()


async def _from_unforeseen_error(_: Request, error: Exception) -> JSONResponse:
    return ProblemError(500, "unforeseen", "Something went wrong here. Try again later.").response()


def _response(
    status: int, kind: str, title: str, detail: str, headers: Mapping[str, str] | None
) -> JSONResponse:
    content = {"type": kind, "title": title, "status": status, "detail": detail}
    return JSONResponse(content, status, headers=headers, media_type=MEDIA_TYPE)
