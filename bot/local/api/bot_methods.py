"""The bot itself: who it is, how it gets updates and files, its commands and its profile."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from telegram import (
    BotCommand,
    BotDescription,
    BotShortDescription,
    File,
    MenuButton,
    MenuButtonDefault,
    Update,
    User,
)
from telegram.constants import BotCommandLimit, CallbackQueryLimit, MenuButtonType, WebhookLimit

from bot.local.api import parameters as api
from bot.local.api.errors import bad_request
from bot.local.api.message_fields import Uploads
from bot.local.world.presses import ButtonReply
from bot.local.world.profile import scope_of
from bot.local.world.state import World
from model.recognition.decoding.accepted import MAX_PHOTO_BYTES

DEFAULT_CONNECTIONS = 40
"""Webhook deliveries at a time where the bot does not say how many, as at Telegram's."""

SECRET_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,256}")
"""What setWebhook takes as a secret token."""

COMMAND_PATTERN = re.compile(r"[a-z0-9_]{1,32}")
"""What setMyCommands takes as a command."""


async def get_me(world: World, _: api.GetMe, __: Uploads) -> User:
    """Say who the bot is."""
    return world.bot


async def get_updates(world: World, given: api.GetUpdates, _: Uploads) -> list[Update]:
    """Return what is queued, or wait for it."""
    world.updates.allow(given.allowed_updates)
    return await world.updates.poll(given.offset, given.limit, given.timeout)


async def set_webhook(world: World, given: api.SetWebhook, _: Uploads) -> bool:
    """Have updates delivered to an address."""
    if given.url:
        _check_webhook(given)
        world.updates.abort_poll("terminated by setWebhook request")
    world.updates.allow(given.allowed_updates)
    if given.drop_pending_updates:
        world.updates.forget_all()
    if not given.url:
        await world.webhook.stop()
        return True
    connections = min(
        max(given.max_connections or DEFAULT_CONNECTIONS, 1), WebhookLimit.MAX_CONNECTIONS_LIMIT
    )
    await world.webhook.start(given.url, given.secret_token, connections)
    return True


async def delete_webhook(world: World, given: api.DeleteWebhook, _: Uploads) -> bool:
    """Stop deliveries, so that the bot can ask again."""
    if given.drop_pending_updates:
        world.updates.forget_all()
    await world.webhook.stop()
    return True


async def get_file(world: World, given: api.GetFile, _: Uploads) -> File:
    """Say where a file can be fetched."""
    stored = world.files.by_id(given.file_id)
    if stored is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(stored.data) > MAX_PHOTO_BYTES:
        raise bad_request("file is too big")
    return stored.described()


async def answer_callback_query(world: World, given: api.AnswerCallbackQuery, _: Uploads) -> bool:
    """Answer a pressed button."""
    if len(given.text or "") > CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH:
        raise bad_request("MESSAGE_TOO_LONG")
    press = world.presses.close(given.callback_query_id)
    answer = ButtonReply(given.text or None, bool(given.show_alert), given.url or None)
    press.answer.set_result(answer)
    world.events.add(
        "answer",
        chat_id=press.chat_id,
        message_id=press.message_id,
        person=press.person,
        query_id=given.callback_query_id,
        text=answer.text,
        show_alert=answer.show_alert,
        url=answer.url,
    )
    return True


async def set_my_commands(world: World, given: api.SetMyCommands, _: Uploads) -> bool:
    """Set the commands that the app offers."""
    if len(given.commands) > BotCommandLimit.MAX_COMMAND_NUMBER:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in given.commands:
        if not COMMAND_PATTERN.fullmatch(command.command):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command.description) <= BotCommandLimit.MAX_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    scope = scope_of(given.scope, world.chat)
    world.profile.commands[scope, given.language_code or ""] = given.commands
    world.events.add("commands")
    return True


async def get_my_commands(world: World, given: api.GetMyCommands, _: Uploads) -> list[BotCommand]:
    """Return the commands of one scope and language."""
    scope = scope_of(given.scope, world.chat)
    return world.profile.commands.get((scope, given.language_code or ""), [])


async def set_chat_menu_button(world: World, given: api.SetChatMenuButton, _: Uploads) -> bool:
    """Take note of what the button beside the message field opens: the page always has commands."""
    button = given.menu_button or MenuButtonDefault()
    if button.type not in list(MenuButtonType):
        raise bad_request("unsupported menu button type")
    world.profile.menu_buttons[given.chat_id] = button
    return True


async def get_chat_menu_button(
    world: World, given: api.GetChatMenuButton, _: Uploads
) -> MenuButton:
    """Say what that button opens in a chat, or by default."""
    buttons = world.profile.menu_buttons
    return buttons.get(given.chat_id) or buttons.get(None) or MenuButtonDefault()


async def set_my_description(world: World, given: api.SetMyDescription, _: Uploads) -> bool:
    """Set what stands in an empty chat."""
    return _set_profile(world, "description", given.description, given.language_code)


async def get_my_description(
    world: World, given: api.GetMyDescription, _: Uploads
) -> BotDescription:
    """Return what stands in an empty chat."""
    return BotDescription(description=world.profile.text("description", given.language_code))


async def set_my_short_description(
    world: World, given: api.SetMyShortDescription, _: Uploads
) -> bool:
    """Set what stands on the bot's profile."""
    return _set_profile(world, "short_description", given.short_description, given.language_code)


async def get_my_short_description(
    world: World, given: api.GetMyShortDescription, _: Uploads
) -> BotShortDescription:
    """Return what stands on the bot's profile."""
    text = world.profile.text("short_description", given.language_code)
    return BotShortDescription(short_description=text)


def _set_profile(world: World, name: str, text: str | None, language: str | None) -> bool:
    world.profile.set_text(name, language, text or "")
    world.events.add("profile")
    return True


def _check_webhook(given: api.SetWebhook) -> None:
    """Allow HTTPS, and plain HTTP to this machine alone, as a local Bot API server does."""
    address = urlsplit(given.url)
    if not address.hostname:
        raise bad_request("bad webhook: URL host is empty")
    if address.scheme != "https" and not (
        address.scheme == "http" and _is_loopback(address.hostname)
    ):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if given.secret_token and not SECRET_PATTERN.fullmatch(given.secret_token):
        raise bad_request("secret token contains unallowed characters")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
