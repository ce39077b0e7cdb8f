"""Declare what each method takes, and read it out of a request.

Parameters arrive by query, form, multipart or JSON. By the first three every value is text, and
nested objects are JSON inside it: `_from_json` undoes that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from telegram import (
    BotCommand,
    BotCommandScope,
    InlineKeyboardMarkup,
    MenuButton,
    MessageEntity,
    ReplyParameters,
    TelegramObject,
)

from bot.local.api.errors import ApiError, bad_request

P = TypeVar("P", bound="Parameters")

CHECKED_FIELDS: dict[type[TelegramObject], dict[str, type]] = {
    MessageEntity: {"type": str, "offset": int, "length": int},
    ReplyParameters: {"message_id": int},
    BotCommand: {"command": str, "description": str},
}
"""Fields that are computed with: python-telegram-bot takes a value of any type for them."""

REFUSALS = {
    "chat_id": "chat_id is empty",
    "message_id": "message identifier is not specified",
    "text": "message text is empty",
    "photo": "there is no photo in the request",
    "action": "wrong parameter action in request",
    "file_id": "file_id is not specified",
    "reply_markup": "can't parse reply keyboard markup JSON object",
    "reply_parameters": "can't parse reply parameters JSON object",
    "media": "can't parse InputMedia: media not found",
    "commands": "can't parse commands: commands is empty",
    "scope": "can't parse BotCommandScope: Unsupported type specified",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
}
"""Telegram's words where one parameter is missing or makes no sense."""


@dataclass(frozen=True)
class InputFile:
    """Bytes that came with the request."""

    name: str
    data: bytes


def parse(kind: type[P], values: Mapping[str, object]) -> P:
    """Read the declared parameters out of what a request carried.

    Raises:
        ApiError: in Telegram's words, if one is missing or makes no sense.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        name = str(error.errors(include_url=False)[0]["loc"][0])
        raise bad_request(REFUSALS.get(name, f"can't parse parameter {name}")) from error


def decode_json(text: str | bytes) -> Any:
    """Decode JSON that anybody may have written.

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


def _reading(kind: type[TelegramObject]) -> BeforeValidator:
    """Return a validator that makes objects of this class out of JSON, one or a list of them."""

    def read(value: Any) -> Any:
        value = _from_json(value)
        if value is None:
            return None
        if isinstance(value, list):
            return [_object(kind, item) for item in value]
        return _object(kind, value)

    return BeforeValidator(read)


def _object(kind: type[TelegramObject], value: Any) -> TelegramObject:
    try:
        made = kind.de_json(value, None)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"Expected a {kind.__name__}. Received {value!r}.") from error
    for name, expected in CHECKED_FIELDS.get(kind, {}).items():
        if not isinstance(getattr(made, name), expected):
            raise ValueError(f"Expected {name} to be {expected.__name__}. Received {value!r}.")
    return made


Strings = Annotated[list[str] | None, BeforeValidator(_from_json)]
Entities = Annotated[list[MessageEntity] | None, _reading(MessageEntity)]
Keyboard = Annotated[InlineKeyboardMarkup | None, _reading(InlineKeyboardMarkup)]
ReplyTo = Annotated[ReplyParameters | None, _reading(ReplyParameters)]
Commands = Annotated[list[BotCommand], _reading(BotCommand)]
Scope = Annotated[BotCommandScope | None, _reading(BotCommandScope)]


class Parameters(BaseModel):
    """What one method takes. Other names are ignored, as Telegram does."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


class GetMe(Parameters): ...


class GetUpdates(Parameters):
    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: Strings = None


class SetWebhook(Parameters):
    url: str
    max_connections: int | None = None
    allowed_updates: Strings = None
    drop_pending_updates: bool | None = None
    secret_token: str | None = None


class DeleteWebhook(Parameters):
    drop_pending_updates: bool | None = None


class Send(Parameters):
    chat_id: int | str
    reply_parameters: ReplyTo = None


class SendMessage(Send):
    text: str
    parse_mode: str | None = None
    entities: Entities = None
    reply_markup: Keyboard = None


class Caption(Parameters):
    caption: str | None = None
    parse_mode: str | None = None
    caption_entities: Entities = None


class SendPhoto(Send, Caption):
    photo: InputFile | str
    reply_markup: Keyboard = None


class AlbumItem(Caption):
    """What python-telegram-bot has as InputMediaPhoto, which it can write but not read."""

    type: Literal["photo"]
    media: str


class SendMediaGroup(Send):
    media: Annotated[list[AlbumItem], BeforeValidator(_from_json)]


class SendChatAction(Parameters):
    chat_id: int | str
    action: str


class Edit(Parameters):
    chat_id: int | str | None = None
    message_id: int | None = None
    inline_message_id: str | None = None
    reply_markup: Keyboard = None


class EditMessageText(Edit):
    text: str
    parse_mode: str | None = None
    entities: Entities = None


class EditMessageCaption(Edit, Caption): ...


class EditMessageReplyMarkup(Edit): ...


class AnswerCallbackQuery(Parameters):
    callback_query_id: str
    text: str | None = None
    show_alert: bool | None = None
    url: str | None = None


class DeleteMessage(Parameters):
    chat_id: int | str
    message_id: int


class GetFile(Parameters):
    file_id: str


class GetMyCommands(Parameters):
    scope: Scope = None
    language_code: str | None = None


class SetMyCommands(GetMyCommands):
    commands: Commands


class GetChatMenuButton(Parameters):
    chat_id: int | None = None


class SetChatMenuButton(GetChatMenuButton):
    menu_button: Annotated[MenuButton | None, _reading(MenuButton)] = None


class GetMyDescription(Parameters):
    language_code: str | None = None


class SetMyDescription(GetMyDescription):
    description: str | None = None


class GetMyShortDescription(Parameters):
    language_code: str | None = None


class SetMyShortDescription(GetMyShortDescription):
    short_description: str | None = None
