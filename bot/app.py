"""The only wiring: what the bot is made of, and in which order it starts and stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from socket import socket

from fastapi import FastAPI

from bot.background import BackgroundTasks, background, finished, scratch_folder, stop_on_signals
from bot.config.settings import Settings
from bot.conversation.services import Services
from bot.errors import SettingsError
from bot.local import ADMIN, LocalTelegram, random_token
from bot.serving.active_model import ActiveModel
from bot.serving.answer_log import AnswerLog
from bot.serving.languages import PeoplesLanguages
from bot.serving.photo_queue import PhotoQueue
from bot.serving.reader import Reader
from bot.store import Database
from bot.telegram import menu
from bot.telegram.application import TelegramApi, add_handlers, build, name_and_link
from bot.telegram.notifier import Notifier
from bot.telegram.transport.lifecycle import AnyApplication, connect, connected, running
from bot.telegram.transport.polling import Poller
from bot.telegram.transport.update_memory import UpdateMemory
from bot.telegram.transport.updates import UpdateTracker
from bot.telegram.transport.webhook import Webhook
from bot.training.reports import RunReports
from bot.training.runner import TrainingRunner
from bot.web.http_server import listen, serving
from bot.web.landing_page import landing_page

log = logging.getLogger(__name__)

STOP_SECONDS = 20.0
"""For the updates that are being answered when told to stop. A PaaS kills 30 s after SIGTERM."""

LOCALHOST = "127.0.0.1"
"""Where the chat page listens. It lets everybody who opens it play any person, so it is for this
machine only."""


@dataclass(frozen=True, slots=True)
class Platform:
    """Where the chat is: Telegram, or what plays it on this machine; and the pages beside it.

    Attributes:
        api: whom the bot talks to.
        admin_ids: the bot's admins.
        site: the routes of pages and webhook.
        sock: where the site is served; None if nobody needs it.
        local: the Telegram on this machine, if there is no other one.
    """

    api: TelegramApi
    admin_ids: frozenset[int]
    site: FastAPI
    sock: socket | None
    local: LocalTelegram | None


async def run(settings: Settings, *, by_webhook: bool, say: Callable[[str], None]) -> None:
    """Run the bot until SIGTERM or Ctrl-C. What is opened last is closed first.

    Args:
        settings: all that can be chosen from outside.
        by_webhook: whether Telegram brings updates; otherwise the bot asks for them.
        say: tells the person at the terminal where the chat page is.

    Raises:
        SettingsError, PortUnavailable, ModelError: if it cannot start.
    """
    stop = stop_on_signals()
    async with AsyncExitStack() as opened:
        platform = choose_platform(settings, opened, by_webhook=by_webhook)
        reader = await opened.enter_async_context(Reader())
        application = await opened.enter_async_context(connected(build(platform.api)))
        database = open_database(settings, opened)
        scratch = opened.enter_context(scratch_folder())
        services = make_services(application, reader, platform.admin_ids, database, scratch)
        add_handlers(application, services)
        # The local Telegram begins at 1 with each start, so its numbers mean nothing later.
        memory = UpdateMemory(database if platform.local is None else None)
        updates = UpdateTracker(application, memory)
        source = source_of_updates(application, updates, settings, platform, by_webhook=by_webhook)
        await serve_pages(platform, opened)
        if not await finished(connect(application, platform.api.url), before=stop):
            return
        await start_working(application, services, opened)
        announce(platform, say, by_webhook=by_webhook)
        updates.open()
        await finished(source.run(), before=stop)
        # A training run is stopped at once, while the photos that were taken are still answered.
        await asyncio.gather(services.trainer.close(), updates.close(STOP_SECONDS))
        await source.confirm()


def choose_platform(settings: Settings, opened: AsyncExitStack, *, by_webhook: bool) -> Platform:
    """Decide where the chat is, and take the port for pages, if there are any.

    Raises:
        SettingsError: the webhook has no address.
        PortUnavailable: the port is taken.
    """
    if by_webhook and not settings.public_url:
        raise SettingsError(
            "Expected PUBLIC_URL to be the https:// address under which Telegram reaches this "
            "bot, as --webhook needs it. Received nothing."
        )
    if settings.local:
        sock = opened.enter_context(listen(LOCALHOST, settings.port))
        api = TelegramApi(random_token(), f"http://{LOCALHOST}:{sock.getsockname()[1]}")
        admin_ids = settings.admin_ids or frozenset({ADMIN})
        local = LocalTelegram(api.token, admin_ids)
        return Platform(api, admin_ids, local.app, sock, local)
    api = TelegramApi(settings.telegram_bot_token.get_secret_value(), settings.telegram_api_url)
    site = FastAPI(openapi_url=None)
    served = opened.enter_context(listen(settings.host, settings.port)) if by_webhook else None
    return Platform(api, settings.admin_ids, site, served, None)


def open_database(settings: Settings, opened: AsyncExitStack) -> Database:
    """Open what the bot remembers."""
    database = Database.at(settings.database_url.get_secret_value())
    opened.push_async_callback(database.close)
    return database


def make_services(
    application: AnyApplication,
    reader: Reader,
    admin_ids: frozenset[int],
    database: Database,
    scratch: Path,
) -> Services:
    """Make what the conversation works with; nothing of it runs yet."""
    languages = PeoplesLanguages(database)
    notifier = Notifier(application.bot, database, admin_ids, languages)
    active_model = ActiveModel(database, reader, scratch, notifier.tell)
    trainer = TrainingRunner(database, scratch)
    return Services(
        database=database,
        reader=reader,
        languages=languages,
        queue=PhotoQueue(),
        answer_log=AnswerLog(database),
        active_model=active_model,
        trainer=trainer,
        reports=RunReports(database, notifier, trainer.holder, active_model.refresh),
        admin_ids=admin_ids,
    )


def source_of_updates(
    application: AnyApplication,
    updates: UpdateTracker,
    settings: Settings,
    platform: Platform,
    *,
    by_webhook: bool,
) -> Poller | Webhook:
    """Make what brings updates; a webhook gets its routes in the site."""
    if not by_webhook:
        return Poller(application.bot, updates)
    webhook = Webhook(application.bot, updates, settings)
    platform.site.include_router(webhook.router)
    if platform.local is None:
        platform.site.include_router(landing_page(lambda: name_and_link(application)))
    return webhook


async def serve_pages(platform: Platform, opened: AsyncExitStack) -> None:
    """Serve the site, if there is one; at the end, close the local Telegram first."""
    if platform.sock is not None:
        await opened.enter_async_context(serving(platform.site, platform.sock))
    if platform.local is not None:
        opened.push_async_callback(platform.local.close)


async def start_working(
    application: AnyApplication, services: Services, opened: AsyncExitStack
) -> None:
    """Start everything that works beside the conversation."""
    await opened.enter_async_context(running(application))
    tasks = BackgroundTasks(
        services.database,
        services.active_model,
        services.answer_log,
        services.trainer,
        services.reports,
    )
    await opened.enter_async_context(tasks.working())
    publishing = menu.publish(application.bot, services.admin_ids)
    await opened.enter_async_context(background(publishing, "menus"))


def announce(platform: Platform, say: Callable[[str], None], *, by_webhook: bool) -> None:
    """Say where the chat is."""
    if platform.local is not None:
        say(f"No TELEGRAM_BOT_TOKEN, so the chat is on this machine: {platform.api.url}/")
    elif not by_webhook:
        log.info("Asking Telegram for updates.")
