"""What Telegram shows before a word is written: command lists, and who the bot says it is."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from bot.messages import texts

log = logging.getLogger(__name__)

EVERYBODY: tuple[BotCommand, ...] = (
    BotCommand("help", "What to send, and how to photograph it well"),
    BotCommand("why", "In reply to an answer: see how I read the photo"),
    BotCommand("privacy", "What is kept of what you send"),
    BotCommand("forget", "Delete all that you gave"),
)

GROUPS: tuple[BotCommand, ...] = (
    BotCommand("read", "In reply to a photo: read the digits in it"),
    BotCommand("why", "In reply to an answer: see how I read the photo"),
    BotCommand("help", "What to send, and how to photograph it well"),
)

ADMINS: tuple[BotCommand, ...] = (
    BotCommand("review", "Look at what people corrected"),
    BotCommand("train", "Learn it: /train, or /train RECIPE [EPOCHS] from scratch"),
    BotCommand("cancel", "Stop the training"),
    BotCommand("models", "The model versions: activate one, or go back"),
    BotCommand("accuracy", "Measure the active version now"),
    BotCommand("stats", "Photos, people, right and wrong"),
)
"""After everybody's, in the menu of `ADMIN_IDS` only."""


async def publish(bot: Bot, admin_ids: Collection[int]) -> None:
    """Set menus and descriptions where they differ from what Telegram has: best effort.

    Asking first keeps a restart from running into Telegram's narrow limits on setting them.
    """
    scopes: list[tuple[BotCommandScope, Sequence[BotCommand]]] = [
        (BotCommandScopeAllPrivateChats(), EVERYBODY),
        (BotCommandScopeAllGroupChats(), GROUPS),
        *((BotCommandScopeChat(admin), (*EVERYBODY, *ADMINS)) for admin in sorted(admin_ids)),
    ]
    for scope, commands in scopes:
        try:
            if await bot.get_my_commands(scope) != tuple(commands):
                await bot.set_my_commands(commands, scope)
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
