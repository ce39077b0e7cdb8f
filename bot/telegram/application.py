"""The python-telegram-bot application: how it reaches Telegram, and its handlers in their order."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from telegram import Message
from telegram.constants import ParseMode
from telegram.ext import AIORateLimiter, ApplicationBuilder, Defaults
from telegram.request import BaseRequest, HTTPXRequest

from bot.conversation.services import Services
from bot.conversation.why import AnsweredPhotos
from bot.store.people import TELEGRAM
from bot.telegram.handlers import forget, help
from bot.telegram.handlers.admin import AdminHandlers
from bot.telegram.handlers.callbacks import CallbackHandlers
from bot.telegram.handlers.corrections import TypedCorrectionHandlers
from bot.telegram.handlers.errors import on_error
from bot.telegram.handlers.fallback import FallbackHandlers
from bot.telegram.handlers.language import BEFORE_ALL_OTHERS, LanguageHandlers
from bot.telegram.handlers.photos import PhotoHandlers
from bot.telegram.handlers.why import WhyHandlers
from bot.telegram.transport.lifecycle import AnyApplication

MAX_CONCURRENT_UPDATES = 4096
"""Updates that are worked on at the same time. Most of them only wait: for their turn, or for
Telegram. `PhotoQueue` limits how many photos are read."""

MAX_CONNECTIONS = 256
"""Requests to Telegram at the same time."""

REQUEST_SECONDS = 20.0
"""For one request: the usual 5 s are over before a slow line has taken a card."""

LOCAL_HOSTS = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class TelegramApi:
    """Where the Bot API is, and what it knows this bot by."""

    token: str
    url: str


def build(api: TelegramApi) -> AnyApplication:
    """Build an application that has no handlers yet; nothing is sent."""
    return build_over(api, _requests(api, MAX_CONNECTIONS), _requests(api, 1))


def build_over(api: TelegramApi, request: BaseRequest, polling: BaseRequest) -> AnyApplication:
    """Build an application over given connections.

    Args:
        api: where the Bot API is.
        request: for all methods except getUpdates.
        polling: for getUpdates only, so that neither waits for the other.
    """
    return (
        ApplicationBuilder()
        .token(api.token)
        .base_url(f"{api.url}/bot")
        .base_file_url(f"{api.url}/file/bot")
        .request(request)
        .get_updates_request(polling)
        .defaults(
            Defaults(parse_mode=ParseMode.HTML, do_quote=True, allow_sending_without_reply=True)
        )
        .rate_limiter(AIORateLimiter())
        .concurrent_updates(MAX_CONCURRENT_UPDATES)
        # Updates come by `UpdateTracker`.
        .updater(None)
        .job_queue(None)
        .build()
    )


def add_handlers(application: AnyApplication, services: Services) -> None:
    """Add the handlers. The first one that wants an update gets it, so the order matters."""
    answered = AnsweredPhotos[Message]()
    services.memories[TELEGRAM] = answered
    languages = LanguageHandlers(services.languages)
    application.add_handler(languages.first(), BEFORE_ALL_OTHERS)
    application.add_handlers(
        [
            *WhyHandlers(services, answered).handlers(),
            *help.handlers(),
            *languages.handlers(),
            *forget.handlers(),
            # For people who are no admins, these are not there.
            *AdminHandlers(services).handlers(),
            *PhotoHandlers(services, answered).handlers(),
            # Every button that none of these has taken.
            *CallbackHandlers(services).handlers(),
            *TypedCorrectionHandlers(services).handlers(),
            # Takes everything that is left.
            *FallbackHandlers().handlers(),
        ]
    )
    application.add_error_handler(on_error)


def name_and_link(application: AnyApplication) -> tuple[str, str] | None:
    """Return the bot's name and the link to its chat; None until Telegram has told them."""
    try:
        return application.bot.first_name, application.bot.link
    except RuntimeError:
        return None


def _requests(api: TelegramApi, connections: int) -> BaseRequest:
    """Open connections; a proxy that the environment names is for the world outside."""
    return HTTPXRequest(
        connections,
        read_timeout=REQUEST_SECONDS,
        write_timeout=REQUEST_SECONDS,
        connect_timeout=REQUEST_SECONDS,
        pool_timeout=REQUEST_SECONDS,
        httpx_kwargs={
            "trust_env": urlsplit(api.url).hostname not in LOCAL_HOSTS,
            "event_hooks": {"request": [_join_body]},
        },
    )


async def _join_body(request: httpx.Request) -> None:
    """Have the body sent at once: httpx writes each field of a form, and its head, on its own."""
    await request.aread()
