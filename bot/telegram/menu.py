"""What Telegram shows before a word is written: command lists, and who the bot says it is."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from bot.conversation.commands import FOR_ADMINS, FOR_EVERYBODY, FOR_GROUPS, Command
from bot.messages import texts

log = logging.getLogger(__name__)


async def publish(bot: Bot, admin_ids: Collection[int]) -> None:
    """Set menus and descriptions where they differ from what Telegram has, if it lets us.

    Asking first keeps a restart from running into Telegram's narrow limits on setting them.
    """
    scopes: list[tuple[BotCommandScope, Iterable[Command]]] = [
        (BotCommandScopeAllPrivateChats(), FOR_EVERYBODY),
        (BotCommandScopeAllGroupChats(), FOR_GROUPS),
        *(
            (BotCommandScopeChat(admin), (*FOR_EVERYBODY, *FOR_ADMINS))
            for admin in sorted(admin_ids)
        ),
    ]
    for scope, commands in scopes:
        menu = tuple(BotCommand(command.name, command.purpose) for command in commands)
        try:
            if await bot.get_my_commands(scope) != menu:
                await bot.set_my_commands(menu, scope)
        except TelegramError as error:
            # An admin who never wrote to the bot has no chat with it yet.
            log.warning("The menu for %s could not be set (%s).", _name(scope), error)
    try:
        if (await bot.get_my_description()).description != texts.DESCRIPTION:
            await bot.set_my_description(texts.DESCRIPTION)
        if (await bot.get_my_short_description()).short_description != texts.SHORT_DESCRIPTION:
            await bot.set_my_short_description(texts.SHORT_DESCRIPTION)
    except TelegramError as error:
        log.warning("The descriptions could not be set (%s).", error)


def _name(scope: BotCommandScope) -> str:
    return f"chat {scope.chat_id}" if isinstance(scope, BotCommandScopeChat) else scope.type
