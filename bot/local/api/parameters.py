"""What each method takes, as small typed declarations; the tests compare them with the
specification: every name, its types, and whether it must be given.

Parameters arrive by query, form, multipart or JSON. By the first three every value is text, and
nested objects are JSON inside it: `Nested` undoes that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from bot.local.api.errors import ApiError, bad_request
from bot.local.api.inputs import (
    BotCommandScope,
    ForceReply,
    InputMedia,
    InputMediaDocument,
    InputMediaPhoto,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from bot.local.api.objects import (
    BotCommand,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReactionTypeEmoji,
)

T = TypeVar("T")


@dataclass(frozen=True)
class InputFile:
    """Bytes that came with the request."""

    name: str
    data: bytes


def decode_json(text: str | bytes) -> Any:
    """Decode JSON that a stranger may have written.

    Raises:
        ApiError: for what is no JSON, is nested too deeply, or has half a surrogate pair in a
            string, which no answer could carry.
    """
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise bad_request("can't parse request: can't parse JSON object") from error
    return value


def _from_json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return decode_json(value) if value else None
    except ApiError as error:
        raise ValueError(error.description) from error


Nested = Annotated[T, BeforeValidator(_from_json)]


class Parameters(BaseModel):
    """Ignores names that it does not know, as Telegram does."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


class GetMe(Parameters): ...


class LogOut(Parameters): ...


class Close(Parameters): ...


class GetUpdates(Parameters):
    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: Nested[list[str] | None] = None


class SetWebhook(Parameters):
    url: str
    ip_address: str | None = None
    max_connections: int | None = None
    allowed_updates: Nested[list[str] | None] = None
    drop_pending_updates: bool | None = None
    secret_token: str | None = None


class DeleteWebhook(Parameters):
    drop_pending_updates: bool | None = None


class GetWebhookInfo(Parameters): ...


class Send(Parameters):
    chat_id: int | str
    disable_notification: bool | None = None
    protect_content: bool | None = None
    reply_parameters: Nested[ReplyParameters | None] = None


class _SendOne(Send):
    reply_markup: Nested[InlineKeyboardMarkup | ReplyKeyboardRemove | ForceReply | None] = None
    parse_mode: str | None = None


class SendMessage(_SendOne):
    text: str
    entities: Nested[list[MessageEntity] | None] = None
    link_preview_options: Nested[LinkPreviewOptions | None] = None


class SendPhoto(_SendOne):
    photo: InputFile | str
    caption: str | None = None
    caption_entities: Nested[list[MessageEntity] | None] = None
    show_caption_above_media: bool | None = None
    has_spoiler: bool | None = None


class SendDocument(_SendOne):
    document: InputFile | str
    caption: str | None = None
    caption_entities: Nested[list[MessageEntity] | None] = None


class SendMediaGroup(Send):
    media: Nested[list[InputMediaPhoto] | list[InputMediaDocument]]


class Edit(Parameters):
    chat_id: int | str | None = None
    message_id: int | None = None
    inline_message_id: str | None = None
    reply_markup: Nested[InlineKeyboardMarkup | None] = None


class EditMessageText(Edit):
    text: str
    parse_mode: str | None = None
    entities: Nested[list[MessageEntity] | None] = None
    link_preview_options: Nested[LinkPreviewOptions | None] = None


class EditMessageCaption(Edit):
    caption: str | None = None
    parse_mode: str | None = None
    caption_entities: Nested[list[MessageEntity] | None] = None
    show_caption_above_media: bool | None = None


class EditMessageMedia(Edit):
    media: Nested[InputMedia]


class EditMessageReplyMarkup(Edit): ...


class DeleteMessage(Parameters):
    chat_id: int | str
    message_id: int


class DeleteMessages(Parameters):
    chat_id: int | str
    message_ids: Nested[list[int]]


class AnswerCallbackQuery(Parameters):
    callback_query_id: str
    text: str | None = None
    show_alert: bool | None = None
    url: str | None = None
    cache_time: int | None = None


class SendChatAction(Parameters):
    chat_id: int | str
    action: str


class SetMessageReaction(Parameters):
    chat_id: int | str
    message_id: int
    reaction: Nested[list[ReactionTypeEmoji] | None] = None
    is_big: bool | None = None


class GetFile(Parameters):
    file_id: str


class _Commands(Parameters):
    scope: Nested[BotCommandScope | None] = None
    language_code: str | None = None


class SetMyCommands(_Commands):
    commands: Nested[list[BotCommand]]


class GetMyCommands(_Commands): ...


class DeleteMyCommands(_Commands): ...


class _Profile(Parameters):
    language_code: str | None = None


class SetMyName(_Profile):
    name: str | None = None


class GetMyName(_Profile): ...


class SetMyDescription(_Profile):
    description: str | None = None


class GetMyDescription(_Profile): ...


class SetMyShortDescription(_Profile):
    short_description: str | None = None


class GetMyShortDescription(_Profile): ...


_ABSENT = {
    "chat_id": "chat_id is empty",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "text": "message text is empty",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "action": "wrong parameter action in request",
    "file_id": "file_id is not specified",
    "reply_markup": "can't parse reply keyboard markup JSON object",
    "reply_parameters": "can't parse reply parameters JSON object",
    "media": "can't parse InputMedia: media not found",
    "commands": "can't parse commands: commands is empty",
    "scope": "can't parse BotCommandScope: Unsupported type specified",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
    "reaction": "can't parse reaction types JSON object",
}
"""Telegram's words where one parameter is missing or makes no sense."""

P = TypeVar("P", bound=Parameters)


def parse(kind: type[P], values: Mapping[str, object]) -> P:
    """The declared parameters out of what a request carried, or a 400 in Telegram's words."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        name = str(error.errors(include_url=False)[0]["loc"][0])
        raise bad_request(_ABSENT.get(name, f"can't parse parameter {name}")) from error
