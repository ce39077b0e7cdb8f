"""The objects that a bot puts into its requests, beside those that it also gets back."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.local.api.objects import InlineKeyboardMarkup, MessageEntity, TelegramObject


class ReplyKeyboardRemove(TelegramObject):
    remove_keyboard: bool
    selective: bool | None = None


class ForceReply(TelegramObject):
    force_reply: bool
    input_field_placeholder: str | None = None
    selective: bool | None = None


class ReplyParameters(TelegramObject):
    message_id: int
    chat_id: int | str | None = None
    allow_sending_without_reply: bool | None = None
    quote: str | None = None


class InputMediaPhoto(TelegramObject):
    type: Literal["photo"]
    media: str
    caption: str | None = None
    parse_mode: str | None = None
    caption_entities: list[MessageEntity] | None = None
    show_caption_above_media: bool | None = None
    has_spoiler: bool | None = None


class InputMediaDocument(TelegramObject):
    type: Literal["document"]
    media: str
    caption: str | None = None
    parse_mode: str | None = None
    caption_entities: list[MessageEntity] | None = None


InputMedia = Annotated[InputMediaPhoto | InputMediaDocument, Field(discriminator="type")]
ReplyMarkup = InlineKeyboardMarkup | ReplyKeyboardRemove | ForceReply


class BotCommandScopeDefault(TelegramObject):
    type: Literal["default"]


class BotCommandScopeAllPrivateChats(TelegramObject):
    type: Literal["all_private_chats"]


class BotCommandScopeAllGroupChats(TelegramObject):
    type: Literal["all_group_chats"]


class BotCommandScopeAllChatAdministrators(TelegramObject):
    type: Literal["all_chat_administrators"]


class BotCommandScopeChat(TelegramObject):
    type: Literal["chat"]
    chat_id: int | str


class BotCommandScopeChatAdministrators(TelegramObject):
    type: Literal["chat_administrators"]
    chat_id: int | str


class BotCommandScopeChatMember(TelegramObject):
    type: Literal["chat_member"]
    chat_id: int | str
    user_id: int


BotCommandScope = Annotated[
    BotCommandScopeDefault
    | BotCommandScopeAllPrivateChats
    | BotCommandScopeAllGroupChats
    | BotCommandScopeAllChatAdministrators
    | BotCommandScopeChat
    | BotCommandScopeChatAdministrators
    | BotCommandScopeChatMember,
    Field(discriminator="type"),
]
