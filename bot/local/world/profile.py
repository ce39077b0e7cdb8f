"""The bot's name, descriptions and command lists, by language and by who sees them."""

from __future__ import annotations

from collections.abc import Callable

from bot.local.api.errors import bad_request
from bot.local.api.inputs import (
    BotCommandScope,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
    BotCommandScopeChatMember,
)
from bot.local.api.objects import BotCommand, Chat

_LIMITS = {  # characters, and Telegram's word where there are more
    "name": (64, "BOT_TITLE_INVALID"),
    "description": (512, "DESCRIPTION_TOO_LONG"),
    "short_description": (120, "ABOUT_TOO_LONG"),
}


class Profile:
    """What the bot says of itself.

    Args:
        name: what it is called until setMyName.
    """

    def __init__(self, name: str) -> None:
        self.commands: dict[tuple[str, str], list[BotCommand]] = {}
        """By scope (see `scope_of`) and language ("" for all)."""
        self._texts: dict[tuple[str, str], str] = {("name", ""): name}
        self._first_name = name

    def text(self, name: str, language: str | None) -> str:
        """In that language, else in the one for all."""
        return self._texts.get((name, language or "")) or self._texts.get((name, ""), "")

    def set_text(self, name: str, language: str | None, text: str) -> None:
        limit, refusal = _LIMITS[name]
        if len(text) > limit:
            raise bad_request(refusal)
        if name == "name" and not (text or language):
            text = self._first_name
        self._texts[name, language or ""] = text

    def commands_for(self, chat: Chat, person: int, language: str) -> list[BotCommand]:
        """What the app offers to this person in this chat: the narrowest list that was set."""
        scopes = [f"chat_member {chat.id} {person}", f"chat {chat.id}"]
        scopes.append("all_private_chats" if chat.type == "private" else "all_group_chats")
        for scope in [*scopes, "default"]:
            for code in (language, ""):
                if found := self.commands.get((scope, code)):
                    return found
        return []


def scope_of(scope: BotCommandScope | None, chat: Callable[[int | str], Chat]) -> str:
    """One word or more that name the scope: "default", "chat 7", "chat_member 7 9"."""
    match scope:
        case None:
            return "default"
        case BotCommandScopeChatMember():
            return f"{scope.type} {chat(scope.chat_id).id} {scope.user_id}"
        case BotCommandScopeChat() | BotCommandScopeChatAdministrators():
            return f"{scope.type} {chat(scope.chat_id).id}"
        case _:
            return scope.type
