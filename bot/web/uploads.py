"""Takes in the files of a request, within limits that hold before the body has arrived.

A body goes to a temporary file when it is larger than a megabyte, so that many or slow uploads do
not fill the memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from bot.web.problems import ProblemError
from model.errors import FileTooLarge
from model.recognition.decoding.accepted import MAX_PHOTO_BYTES

MAX_FILES = 10
"""Files in one request, as many as in an album of a chat."""

MAX_BODY_BYTES = 64 * 2**20
"""Bytes of one request: ten photos of a phone, or three of the largest that are read."""

BODY_SECONDS = 60.0
"""In which a body must have arrived: `MAX_BODY_BYTES` over a line of 9 Mbit/s."""

MAX_UPLOADS_AT_ONCE = 32
"""Requests whose files are taken in or read at the same time. Each holds a megabyte at most, beside
the photo that is just being read."""

SPOOL_BYTES = 2**20
"""Bytes of a body that are kept in memory; a larger one goes to a temporary file."""


class Uploads:
    """Takes in files for one route or more, as many at the same time as the memory bears."""

    def __init__(self) -> None:
        self._taken = 0

    @asynccontextmanager
    async def of(self, request: Request) -> AsyncIterator[list[UploadFile]]:
        """Take in the files of a request; they are gone after the block.

        A body of the type multipart/form-data holds one or several files. Any other is one file.

        Raises:
            ProblemError: there is none, or a limit is broken.
        """
        if self._taken >= MAX_UPLOADS_AT_ONCE:
            raise ProblemError(
                503, "too-busy", "Too many uploads at the same time.", {"Retry-After": "1"}
            )
        self._taken += 1
        try:
            async with _received(request) as files:
                yield files
        finally:
            self._taken -= 1


@asynccontextmanager
async def _received(request: Request) -> AsyncIterator[list[UploadFile]]:
    _check_length(request)
    limited = Request(request.scope, _LimitedBody(request.receive).receive)
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != "multipart/form-data":
        with SpooledTemporaryFile[bytes](max_size=SPOOL_BYTES) as file:
            async for chunk in _stream(limited):
                file.write(chunk)
            size = file.tell()
            file.seek(0)
            yield [UploadFile(cast(BinaryIO, file), size=size, filename="")]
        return
    try:
        form = limited.form(max_files=MAX_FILES, max_fields=MAX_FILES)
        async with form as fields:
            files = [value for _, value in fields.multi_items() if isinstance(value, UploadFile)]
            if not files:
                raise ProblemError(422, "no-file", "Expected at least one file. Received none.")
            yield files
    except ClientDisconnect:
        raise _BROKEN_OFF from None
    except HTTPException as error:
        raise ProblemError(400, "broken-form", f"Expected a form: {error.detail}") from None


async def _stream(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise _BROKEN_OFF from None


def _check_length(request: Request) -> None:
    """Refuse a body by the length that it announces."""
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > MAX_BODY_BYTES:
        raise _too_large()


class _LimitedBody:
    """Receives a body, until it breaks a limit."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._size = 0
        self._deadline = asyncio.get_running_loop().time() + BODY_SECONDS

    async def receive(self) -> Message:
        """Return the next part."""
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise ProblemError(
                408,
                "too-slow",
                f"Expected the whole request within {BODY_SECONDS:g} s.",
                {"Connection": "close"},
            ) from None
        self._size += len(message.get("body", b""))
        if self._size > MAX_BODY_BYTES:
            raise _too_large()
        return message


def check_photo_size(file: UploadFile) -> None:
    """Refuse a file before it is in memory.

    Raises:
        FileTooLarge: it has more bytes than are read.
    """
    if file.size is not None and file.size > MAX_PHOTO_BYTES:
        limit, received = MAX_PHOTO_BYTES // 2**20, file.size / 2**20
        raise FileTooLarge(f"Expected an image of at most {limit} MB, received {received:.1f} MB.")


def _too_large() -> ProblemError:
    return ProblemError(
        413,
        "too-large",
        f"Expected a request of at most {MAX_BODY_BYTES // 2**20} MB. Received more.",
        {"Connection": "close"},
    )


_BROKEN_OFF = ProblemError(400, "broken-off", "Expected the whole request. It was broken off.")
