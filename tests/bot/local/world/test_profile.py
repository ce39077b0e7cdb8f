"""Descriptions by language, and commands by who sees them."""

from __future__ import annotations

import pytest
from telegram import BotCommand, BotCommandScope, BotCommandScopeChatMember, Chat

from bot.local.api.errors import ApiError
from bot.local.world.profile import Profile, scope_of

GROUP = Chat(-1, Chat.SUPERGROUP)


def test_a_text_is_shown_in_ones_language_or_else_in_the_one_for_all() -> None:
    profile = Profile()
    profile.set_text("description", None, "Reads digits")
    profile.set_text("description", "de", "Liest Ziffern")
    shown = [profile.text("description", language) for language in ("de", "fr", None)]
    assert shown == ["Liest Ziffern", "Reads digits", "Reads digits"]
    with pytest.raises(ApiError, match="DESCRIPTION_TOO_LONG"):
        profile.set_text("description", None, "x" * 513)


def test_the_narrowest_list_of_commands_is_offered() -> None:
    profile = Profile()
    scopes = (None, BotCommandScope(BotCommandScope.ALL_GROUP_CHATS))
    for scope in (*scopes, BotCommandScopeChatMember(GROUP.id, 7)):
        name = scope_of(scope, lambda _: GROUP)
        profile.commands[name, ""] = [BotCommand(name.replace(" ", "_"), "x")]

    assert [c.command for c in profile.commands_for(GROUP, 7, "en")] == ["chat_member_-1_7"]
    assert [c.command for c in profile.commands_for(GROUP, 8, "en")] == ["all_group_chats"]


def test_a_scope_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ApiError, match="Unsupported type specified"):
        scope_of(BotCommandScope("everybody"), lambda _: GROUP)
