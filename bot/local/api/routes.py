"""The Bot API over HTTP: `/bot<token>/METHOD` and `/file/bot<token>/PATH`."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect
from telegram import TelegramObject

from bot.local.api import bot_methods, message_methods
from bot.local.api import parameters as api
from bot.local.api.errors import ApiError, bad_request
from bot.local.api.files import TOO_LARGE
from bot.local.api.message_fields import Uploads
from bot.local.world.state import World
from model.recognition.decoding.accepted import MAX_PHOTO_BYTES

MAX_REQUEST_BYTES = 128 * 1024 * 1024
"""An album of ten photos of 10 MB, and what is around them."""

CLIENT_CLOSED_REQUEST = 499
"""What nginx logs where a client has gone; nobody reads the answer."""


@dataclass(frozen=True)
class Method:
    """One Bot API method: what it takes, and who answers."""

    parameters: type[api.Parameters]
    answer: Callable[[World, Any, Uploads], Awaitable[object]]

    @property
    def name(self) -> str:
        """The method's name in the Bot API: `sendMessage`."""
        kind = self.parameters.__name__
        return kind[0].lower() + kind[1:]


METHODS: dict[str, Method] = {
    method.name.lower(): method
    for method in (
        Method(api.GetMe, bot_methods.get_me),
        Method(api.GetUpdates, bot_methods.get_updates),
        Method(api.SetWebhook, bot_methods.set_webhook),
        Method(api.DeleteWebhook, bot_methods.delete_webhook),
        Method(api.GetFile, bot_methods.get_file),
        Method(api.AnswerCallbackQuery, bot_methods.answer_callback_query),
        Method(api.SetMyCommands, bot_methods.set_my_commands),
        Method(api.GetMyCommands, bot_methods.get_my_commands),
        Method(api.SetChatMenuButton, bot_methods.set_chat_menu_button),
        Method(api.GetChatMenuButton, bot_methods.get_chat_menu_button),
        Method(api.SetMyDescription, bot_methods.set_my_description),
        Method(api.GetMyDescription, bot_methods.get_my_description),
        Method(api.SetMyShortDescription, bot_methods.set_my_short_description),
        Method(api.GetMyShortDescription, bot_methods.get_my_short_description),
        Method(api.SendMessage, message_methods.send_message),
        Method(api.SendPhoto, message_methods.send_photo),
        Method(api.SendMediaGroup, message_methods.send_media_group),
        Method(api.SendChatAction, message_methods.send_chat_action),
        Method(api.EditMessageText, message_methods.edit_message_text),
        Method(api.EditMessageCaption, message_methods.edit_message_caption),
        Method(api.EditMessageReplyMarkup, message_methods.edit_message_reply_markup),
        Method(api.DeleteMessage, message_methods.delete_message),
    )
}
"""By the name in lower case: Telegram does not mind the case."""


class BotApi:
    """Answers one bot's requests.

    Args:
        world: what the requests act on.
        token: the only one that is let in.
    """

    def __init__(self, world: World, token: str) -> None:
        self._world = world
        self._token = token
        self.router = APIRouter()
        both = ["GET", "POST"]
        self.router.add_api_route("/bot{token}/{method}", self.call, methods=both)
        self.router.add_api_route("/file/bot{token}/{path:path}", self.download, methods=["GET"])
        self.router.add_api_route("/bot{rest:path}", self.nothing, methods=both)

    async def call(self, request: Request, token: str, method: str) -> Response:
        """Carry out one method."""
        try:
            self._let_in(token)
            found = METHODS.get(method.lower())
            if found is None:
                raise ApiError(404, "Not Found: method not found")
            self._world.refuse_if_told(method)
            values, uploads = await _read(request)
            parameters = api.parse(found.parameters, values)
            result = await found.answer(self._world, parameters, uploads)
        except ApiError as error:
            return JSONResponse(error.answer(), status_code=error.code)
        except ClientDisconnect:  # a bot cancels a request that it needs no more
            return Response(status_code=CLIENT_CLOSED_REQUEST)
        return JSONResponse({"ok": True, "result": _plain(result)})

    async def download(self, token: str, path: str) -> Response:
        """Return the bytes of a file."""
        try:
            self._let_in(token)
            stored = self._world.files.by_path(path)
            if stored is None or len(stored.data) > MAX_PHOTO_BYTES:
                raise ApiError(404, "Not Found")
        except ApiError as error:
            return JSONResponse(error.answer(), status_code=error.code)
        return Response(stored.data, media_type="application/octet-stream")

    async def nothing(self) -> Response:
        """Answer an address that names no method."""
        return JSONResponse(ApiError(404, "Not Found").answer(), status_code=404)

    def _let_in(self, token: str) -> None:
        if not secrets.compare_digest(token.encode(), self._token.encode()):
            raise ApiError(401, "Unauthorized")


async def _read(request: Request) -> tuple[dict[str, object], dict[str, api.InputFile]]:
    """Read parameters and files from wherever they are; the body wins over the query."""
    if int(request.headers.get("content-length") or 0) > MAX_REQUEST_BYTES:
        raise TOO_LARGE
    values: dict[str, object] = dict(request.query_params)
    uploads: dict[str, api.InputFile] = {}
    if request.headers.get("content-type", "").startswith("application/json"):
        body = await _json(request)
        values.update(body)
        return values, uploads
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                uploads[name] = api.InputFile(value.filename or name, await value.read())
                values[name] = uploads[name]
            else:
                values[name] = value
    return values, uploads


async def _json(request: Request) -> dict[str, object]:
    body = api.decode_json(await request.body())
    if not isinstance(body, dict):
        raise bad_request("can't parse request: JSON object must be an Object")
    return body


def _plain(result: object) -> object:
    if isinstance(result, TelegramObject):
        return result.to_dict()
    if isinstance(result, (list, tuple)):
        return [_plain(item) for item in result]
    return result
