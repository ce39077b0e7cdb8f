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
    MenuButtonWebApp,
    WebAppInfo,
)
from telegram.error import TelegramError

from bot.conversation.commands import FOR_ADMINS, FOR_EVERYBODY, FOR_GROUPS, Command
from bot.messages import texts
from bot.messages.language import ENGLISH, LANGUAGES, gettext, speaking, two_letter_code

log = logging.getLogger(__name__)


DRAW_BUTTON = "Draw"
"""What stands on the button beside the message field. Telegram keeps one text for all languages."""


async def publish(bot: Bot, admin_ids: Collection[int], page_url: str = "") -> None:
    """Set menus and descriptions in every language, if Telegram lets us.

    Only what differs from what Telegram has is set. Asking first keeps a restart from running into
    Telegram's narrow limits on setting them.

    Args:
        bot: whose menus they are.
        admin_ids: who is offered the admins' commands.
        page_url: the https:// address of the draw page, which a button opens; "" for none.
    """
    if page_url:
        await _publish_page(bot, page_url)
    for language in LANGUAGES:
        # English is for everybody whose language has no menu of its own.
        code = None if language == ENGLISH else two_letter_code(language)
        with speaking(language):
            await _publish_commands(bot, admin_ids, code)
            await _publish_descriptions(bot, code)


async def _publish_commands(bot: Bot, admin_ids: Collection[int], code: str | None) -> None:
    scopes: list[tuple[BotCommandScope, Iterable[Command]]] = [
        (BotCommandScopeAllPrivateChats(), FOR_EVERYBODY),
        (BotCommandScopeAllGroupChats(), FOR_GROUPS),
        *(
            (BotCommandScopeChat(admin), (*FOR_EVERYBODY, *FOR_ADMINS))
            for admin in sorted(admin_ids)
        ),
    ]
    for scope, commands in scopes:
        menu = tuple(BotCommand(command.name, gettext(command.purpose)) for command in commands)
        try:
            if await bot.get_my_commands(scope, code) != menu:
                await bot.set_my_commands(menu, scope, code)
        except TelegramError as error:
            # An admin who never wrote to the bot has no chat with it yet.
            log.warning("The menu for %s could not be set (%s).", _name(scope), error)


async def _publish_descriptions(bot: Bot, code: str | None) -> None:
    long, short = gettext(texts.DESCRIPTION), gettext(texts.SHORT_DESCRIPTION)
    try:
        if (await bot.get_my_description(code)).description != long:
            await bot.set_my_description(long, code)
        if (await bot.get_my_short_description(code)).short_description != short:
            await bot.set_my_short_description(short, code)
    except TelegramError as error:
        log.warning("The descriptions could not be set (%s).", error)


async def _publish_page(bot: Bot, url: str) -> None:
    button = MenuButtonWebApp(DRAW_BUTTON, WebAppInfo(url))
    try:
        if await bot.get_chat_menu_button() != button:
            await bot.set_chat_menu_button(menu_button=button)
    except TelegramError as error:
        log.warning("The button for the draw page could not be set (%s).", error)


def _name(scope: BotCommandScope) -> str:
    return f"chat {scope.chat_id}" if isinstance(scope, BotCommandScopeChat) else scope.type
