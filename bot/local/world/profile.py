"""The bot's descriptions and command lists, by language and by who sees them."""

from __future__ import annotations

from collections.abc import Callable

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
    BotCommandScopeChatMember,
    Chat,
    MenuButton,
)
from telegram.constants import BotCommandScopeType, BotDescriptionLimit

from bot.local.api.errors import bad_request

TEXT_LIMITS: dict[str, tuple[int, str]] = {
    "description": (BotDescriptionLimit.MAX_DESCRIPTION_LENGTH, "DESCRIPTION_TOO_LONG"),
    "short_description": (BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH, "ABOUT_TOO_LONG"),
}
"""Characters of each text, and Telegram's word where there are more."""


class Profile:
    """What the bot says of itself.

    Attributes:
        commands: by scope (see `scope_of`) and language ("" for all).
        menu_buttons: what the button beside the message field opens, by chat; None for all others.
    """

    def __init__(self) -> None:
        self.commands: dict[tuple[str, str], list[BotCommand]] = {}
        self.menu_buttons: dict[int | None, MenuButton] = {}
        self._texts: dict[tuple[str, str], str] = {}

    def text(self, name: str, language: str | None) -> str:
        """Return a text in that language, or else in the one for all."""
        return self._texts.get((name, language or "")) or self._texts.get((name, ""), "")

    def set_text(self, name: str, language: str | None, text: str) -> None:
        """Keep a text for one language.

        Raises:
            ApiError: if it is too long.
        """
        limit, refusal = TEXT_LIMITS[name]
        if len(text) > limit:
            raise bad_request(refusal)
        self._texts[name, language or ""] = text

    def commands_for(self, chat: Chat, person: int, language: str) -> list[BotCommand]:
        """Return what the app offers to this person in this chat: the narrowest list."""
        scopes = [f"chat_member {chat.id} {person}", f"chat {chat.id}"]
        scopes.append("all_private_chats" if chat.type == "private" else "all_group_chats")
        for scope in [*scopes, "default"]:
            for code in (language, ""):
                if found := self.commands.get((scope, code)):
                    return found
        return []


def scope_of(scope: BotCommandScope | None, chat: Callable[[int | str], Chat]) -> str:
    """Name a scope in one word or more: "default", "chat 7", "chat_member 7 9".

    Args:
        scope: as the bot gave it.
        chat: finds a chat by its id or @username.

    Raises:
        ApiError: for a scope that does not exist, or a chat.
    """
    match scope:
        case None:
            return BotCommandScopeType.DEFAULT
        case BotCommandScopeChatMember():
            return f"{scope.type} {chat(scope.chat_id).id} {scope.user_id}"
        case BotCommandScopeChat() | BotCommandScopeChatAdministrators():
            return f"{scope.type} {chat(scope.chat_id).id}"
        case _ if scope.type in list(BotCommandScopeType):
            return scope.type
        case _:
            raise bad_request("can't parse BotCommandScope: Unsupported type specified")
