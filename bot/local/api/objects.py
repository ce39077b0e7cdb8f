"""The objects that the Bot API answers with, as far as Inkling meets them.

Each class and each field bears the name that it has in the Bot API; the tests compare them, with
types and required-ness, with the specification. Objects are frozen: a message that is edited is
replaced by a copy.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

FROM = AliasChoices("from_user", "from")  # "from" is a word of Python's


class TelegramObject(BaseModel):
    """Ignores fields that it does not know, as Telegram does."""

    model_config = ConfigDict(frozen=True)

    def json_object(self) -> dict[str, Any]:
        """As it goes over the wire: absent fields are left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class User(TelegramObject):
    id: int
    is_bot: bool
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    can_join_groups: bool | None = None
    can_read_all_group_messages: bool | None = None
    supports_inline_queries: bool | None = None


class Chat(TelegramObject):
    id: int
    type: Literal["private", "supergroup"]
    title: str | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class MessageEntity(TelegramObject):
    """`offset` and `length` count UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None


class PhotoSize(TelegramObject):
    file_id: str
    file_unique_id: str
    width: int
    height: int
    file_size: int | None = None


class Document(TelegramObject):
    file_id: str
    file_unique_id: str
    thumbnail: PhotoSize | None = None
    file_name: str | None = None
    mime_type: str | None = None
    file_size: int | None = None


class Voice(TelegramObject):
    file_id: str
    file_unique_id: str
    duration: int
    mime_type: str | None = None
    file_size: int | None = None


class Video(TelegramObject):
    file_id: str
    file_unique_id: str
    width: int
    height: int
    duration: int
    file_name: str | None = None
    mime_type: str | None = None
    file_size: int | None = None


class Sticker(TelegramObject):
    file_id: str
    file_unique_id: str
    type: str
    width: int
    height: int
    is_animated: bool
    is_video: bool
    emoji: str | None = None
    file_size: int | None = None


class File(TelegramObject):
    file_id: str
    file_unique_id: str
    file_size: int | None = None
    file_path: str | None = None


class CopyTextButton(TelegramObject):
    text: str


class InlineKeyboardButton(TelegramObject):
    text: str
    style: str | None = None
    url: str | None = None
    callback_data: str | None = None
    copy_text: CopyTextButton | None = None


class InlineKeyboardMarkup(TelegramObject):
    inline_keyboard: list[list[InlineKeyboardButton]]


class MessageOriginUser(TelegramObject):
    type: Literal["user"] = Field(default="user")
    date: int
    sender_user: User


class TextQuote(TelegramObject):
    text: str
    position: int
    is_manual: bool | None = None


class LinkPreviewOptions(TelegramObject):
    is_disabled: bool | None = None
    url: str | None = None
    prefer_small_media: bool | None = None
    prefer_large_media: bool | None = None
    show_above_text: bool | None = None


class Message(TelegramObject):
    message_id: int
    from_user: User | None = Field(default=None, validation_alias=FROM, serialization_alias="from")
    date: int
    chat: Chat
    forward_origin: MessageOriginUser | None = None
    reply_to_message: Message | None = None
    quote: TextQuote | None = None
    edit_date: int | None = None
    has_protected_content: bool | None = None
    media_group_id: str | None = None
    text: str | None = None
    entities: list[MessageEntity] | None = None
    link_preview_options: LinkPreviewOptions | None = None
    document: Document | None = None
    photo: list[PhotoSize] | None = None
    sticker: Sticker | None = None
    video: Video | None = None
    voice: Voice | None = None
    caption: str | None = None
    caption_entities: list[MessageEntity] | None = None
    show_caption_above_media: bool | None = None
    has_media_spoiler: bool | None = None
    reply_markup: InlineKeyboardMarkup | None = None


class CallbackQuery(TelegramObject):
    id: str
    from_user: User = Field(validation_alias=FROM, serialization_alias="from")
    message: Message | None = None
    chat_instance: str
    data: str | None = None


class ReactionTypeEmoji(TelegramObject):
    type: Literal["emoji"]
    emoji: str


class MessageReactionUpdated(TelegramObject):
    chat: Chat
    message_id: int
    user: User | None = None
    date: int
    old_reaction: list[ReactionTypeEmoji]
    new_reaction: list[ReactionTypeEmoji]


class Update(TelegramObject):
    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    message_reaction: MessageReactionUpdated | None = None
    callback_query: CallbackQuery | None = None


class WebhookInfo(TelegramObject):
    url: str
    has_custom_certificate: bool
    pending_update_count: int
    ip_address: str | None = None
    last_error_date: int | None = None
    last_error_message: str | None = None
    max_connections: int | None = None
    allowed_updates: list[str] | None = None


class BotCommand(TelegramObject):
    command: str
    description: str


class BotName(TelegramObject):
    name: str


class BotDescription(TelegramObject):
    description: str


class BotShortDescription(TelegramObject):
    short_description: str
