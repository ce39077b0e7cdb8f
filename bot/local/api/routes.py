"""The Bot API over HTTP: `/bot<token>/METHOD` and `/file/bot<token>/PATH`."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile

from bot.local.api import bot_methods, edit_methods, send_methods
from bot.local.api import parameters as api
from bot.local.api.errors import ApiError, bad_request
from bot.local.api.files import TOO_LARGE
from bot.local.api.objects import TelegramObject
from bot.local.api.send_methods import Uploads
from bot.local.world.state import World
from model.recognition.decoding import MAX_PHOTO_BYTES

MAX_REQUEST = 512 * 1024 * 1024  # bytes; an album of ten files of 50 MB


@dataclass(frozen=True)
class Method:
    """One Bot API method: what it takes, and who answers."""

    parameters: type[api.Parameters]
    answer: Callable[[World, Any, Uploads], Awaitable[object]]

    @property
    def name(self) -> str:
        kind = self.parameters.__name__
        return kind[0].lower() + kind[1:]


METHODS: dict[str, Method] = {
    method.name.lower(): method
    for method in (
        Method(api.GetMe, bot_methods.get_me),
        Method(api.LogOut, bot_methods.log_out),
        Method(api.Close, bot_methods.close),
        Method(api.GetUpdates, bot_methods.get_updates),
        Method(api.SetWebhook, bot_methods.set_webhook),
        Method(api.DeleteWebhook, bot_methods.delete_webhook),
        Method(api.GetWebhookInfo, bot_methods.get_webhook_info),
        Method(api.GetFile, bot_methods.get_file),
        Method(api.AnswerCallbackQuery, bot_methods.answer_callback_query),
        Method(api.SetMyCommands, bot_methods.set_my_commands),
        Method(api.GetMyCommands, bot_methods.get_my_commands),
        Method(api.DeleteMyCommands, bot_methods.delete_my_commands),
        Method(api.SetMyName, bot_methods.set_my_name),
        Method(api.GetMyName, bot_methods.get_my_name),
        Method(api.SetMyDescription, bot_methods.set_my_description),
        Method(api.GetMyDescription, bot_methods.get_my_description),
        Method(api.SetMyShortDescription, bot_methods.set_my_short_description),
        Method(api.GetMyShortDescription, bot_methods.get_my_short_description),
        Method(api.SendMessage, send_methods.send_message),
        Method(api.SendPhoto, send_methods.send_photo),
        Method(api.SendDocument, send_methods.send_document),
        Method(api.SendMediaGroup, send_methods.send_media_group),
        Method(api.SendChatAction, send_methods.send_chat_action),
        Method(api.EditMessageText, edit_methods.edit_message_text),
        Method(api.EditMessageCaption, edit_methods.edit_message_caption),
        Method(api.EditMessageMedia, edit_methods.edit_message_media),
        Method(api.EditMessageReplyMarkup, edit_methods.edit_message_reply_markup),
        Method(api.DeleteMessage, edit_methods.delete_message),
        Method(api.DeleteMessages, edit_methods.delete_messages),
        Method(api.SetMessageReaction, edit_methods.set_message_reaction),
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
        return JSONResponse({"ok": True, "result": _plain(result)})

    async def download(self, token: str, path: str) -> Response:
        try:
            self._let_in(token)
            stored = self._world.files.by_path(path)
            if stored is None or len(stored.data) > MAX_PHOTO_BYTES:
                raise ApiError(404, "Not Found")
        except ApiError as error:
            return JSONResponse(error.answer(), status_code=error.code)
        return Response(stored.data, media_type="application/octet-stream")

    async def nothing(self) -> Response:
        return JSONResponse(ApiError(404, "Not Found").answer(), status_code=404)

    def _let_in(self, token: str) -> None:
        if not secrets.compare_digest(token.encode(), self._token.encode()):
            raise ApiError(401, "Unauthorized")


async def _read(request: Request) -> tuple[dict[str, object], dict[str, api.InputFile]]:
    """Parameters and files, wherever the request carries them; the body wins over the query."""
    if int(request.headers.get("content-length") or 0) > MAX_REQUEST:
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
        return result.json_object()
    if isinstance(result, list):
        return [_plain(item) for item in result]
    return result
