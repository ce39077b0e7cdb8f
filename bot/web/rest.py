"""The REST interface: images in, the objects of `predict --json` out.

Nothing of what comes here is kept.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import UploadFile

from bot.conversation.services import Services
from bot.errors import TooManyWaiting
from bot.web.clients import ApiKeys, RateLimit, web_person
from bot.web.problems import ProblemError, describe
from bot.web.uploads import MAX_FILES, Uploads, check_photo_size
from model.commands.prediction.output import as_object
from model.errors import PhotoError
from model.recognition.decoding.photo_files import FileResult

EXAMPLE: dict[str, Any] = {
    "path": "seven.jpg",
    "text": "7",
    "written": "7",
    "lines": ["7"],
    "digits": [
        {
            "digit": 7,
            "confidence": 0.99,
            "probabilities": [0.0, 0.01, 0.0, 0.0, 0.0, 0.0, 0.0, 0.99, 0.0, 0.0],
            "box": [120, 80, 210, 340],
        }
    ],
    "unread": [],
    "error": None,
    "refusal": None,
    "model_version": "eecfc4ef47",
}
"""What the description of the interface shows as an answer."""


class ReadDigit(BaseModel):
    """One digit of an image."""

    model_config = ConfigDict(extra="allow")

    digit: int = Field(ge=0, le=9, description="The most probable digit.")
    confidence: float = Field(ge=0, le=1, description="How probable it is, calibrated.")
    probabilities: list[float] = Field(
        min_length=10, max_length=10, description="How probable each of the digits 0 to 9 is."
    )
    box: list[int] = Field(
        min_length=4, max_length=4, description="x, y, width and height in the image, in pixels."
    )


class ReadImage(BaseModel):
    """What was read in one image: the object of `predict --json`, and what read it."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"example": EXAMPLE})

    path: str = Field(description="The name of the file, as the request gives it.")
    text: str = Field(description="All digits in reading order; empty if nothing was read.")
    digits: list[ReadDigit] = Field(description="Each digit; empty if nothing was read.")
    error: str | None = Field(description="Why the file could not be read at all.")
    refusal: str | None = Field(description="Why nothing was read in an image, such as `no ink`.")
    model_version: str = Field(description="The version of the model that read it.")
    card: str | None = Field(
        None, description="The answer card, a PNG file in Base64; only with `card=true`."
    )


_IMAGE = {"type": "string", "format": "binary", "description": "An image file."}

REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["files"],
                "properties": {
                    "files": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": MAX_FILES,
                        "items": _IMAGE,
                    }
                },
            }
        },
        "application/octet-stream": {"schema": _IMAGE},
        "image/*": {"schema": _IMAGE},
    },
}
"""What OpenAPI says of the body, which is taken in as it arrives rather than by FastAPI."""

BEARER: dict[str, Any] = {"type": "http", "scheme": "bearer"}
"""What OpenAPI says of the key, where the settings name keys."""

WithCard = Annotated[bool, Query(alias="card", description="Whether to draw the answer card too.")]


class RestApi:
    """The routes for programs.

    Args:
        services: what the conversation works with.
        keys: which programs are let in.
        rate: how often a client may call.

    Attributes:
        router: the routes, for the site.
    """

    def __init__(self, services: Services, keys: ApiKeys, rate: RateLimit) -> None:
        self._services = services
        self._keys = keys
        self._rate = rate
        self._uploads = Uploads()
        self.router = APIRouter(prefix="/api/v1", tags=["reading"])
        self.router.add_api_route(
            "/read",
            self.read,
            methods=["POST"],
            operation_id="read",
            summary="Read the digits in images",
            response_model=ReadImage | list[ReadImage],
            response_description="The object of one image, or a list for several images.",
            responses=describe(400, 401, 408, 413, 422, 429, 500, 503),
            openapi_extra={"requestBody": REQUEST_BODY, "security": [{}, {"key": []}]},
        )

    async def read(self, request: Request, with_card: WithCard = False) -> JSONResponse:
        """Read the digits in one image, or in several.

        Send the bytes of one image as the body, or one or several files as multipart/form-data.
        One file gives one object; where it is no image that can be read, the answer is a problem
        with status 422. Several files give a list in their order; `error` says which of them are
        no images.
        """
        client = self._keys.client(request)
        self._rate.check(client)
        async with self._uploads.of(request) as files:
            found = [await self._read(request, file, client, with_card) for file in files]
        if len(found) > 1:
            return JSONResponse(found)
        if error := found[0]["error"]:
            raise ProblemError(422, "unreadable-image", error)
        return JSONResponse(found[0])

    async def _read(
        self, request: Request, file: UploadFile, client: str, with_card: bool
    ) -> dict[str, Any]:
        """Read one file, when it is this client's turn."""
        path, services = Path(file.filename or ""), self._services
        try:
            with services.photo_log.photo("api", request.state.id) as record:
                check_photo_size(file)
                async with services.queue.of(web_person(client)), services.queue.work:
                    record.mark("wait")
                    read = await services.reader.read(await file.read(), with_card=with_card)
                record.mark("read")
                record.answered(read.reading.refusal, len(read.reading.digits))
        except PhotoError as unreadable:
            result = FileResult(path, None, str(unreadable))
            return self._object(result, services.reader.version)
        except TooManyWaiting as waiting:
            raise ProblemError(
                429,
                "too-many-waiting",
                f"Expected at most {waiting.limit} images of one client at the same time.",
                {"Retry-After": "1"},
            ) from None
        card = base64.b64encode(read.card).decode() if read.card else None
        found = self._object(FileResult(path, read.reading, None), read.version)
        return found | ({"card": card} if with_card else {})

    def _object(self, result: FileResult, version: str) -> dict[str, Any]:
        name = "" if result.path == Path() else str(result.path)
        return as_object(result) | {"path": name, "model_version": version}
