"""The only wiring: what the bot is made of, and in which order it starts and stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import FastAPI
from telegram.constants import ParseMode
from telegram.ext import AIORateLimiter, ApplicationBuilder, Defaults
from telegram.request import BaseRequest, HTTPXRequest

from bot.background import BackgroundTasks, background, finished, scratch_folder, stop_on_signals
from bot.errors import SettingsError
from bot.local import ADMIN, LocalTelegram, random_token
from bot.serving.active_model import ActiveModel
from bot.serving.answer_log import AnswerLog
from bot.serving.photo_queue import PhotoQueue
from bot.serving.reader import CPU_THREADS, Reader
from bot.settings import Settings
from bot.store import Database
from bot.telegram import menu
from bot.telegram.handlers import help
from bot.telegram.handlers.admin.access import Admins
from bot.telegram.handlers.admin.models import ModelHandlers
from bot.telegram.handlers.admin.review import ReviewHandlers
from bot.telegram.handlers.admin.statistics import StatisticsHandlers
from bot.telegram.handlers.admin.training import TrainingHandlers
from bot.telegram.handlers.corrections import CorrectionHandlers
from bot.telegram.handlers.errors import on_error
from bot.telegram.handlers.fallback import FallbackHandlers
from bot.telegram.handlers.photos import PhotoHandlers
from bot.telegram.handlers.why import AnsweredPhotos, WhyHandlers
from bot.telegram.lifecycle import AnyApplication, connect, connected, running
from bot.telegram.notifier import Notifier
from bot.telegram.updates import Poller, UpdateTracker
from bot.telegram.webhook import Webhook
from bot.training.runner import TrainingRunner
from bot.web.http_server import listen, serving
from bot.web.landing_page import landing_page
from model.recognition.recognizer import Recognizer

CONCURRENT_UPDATES = 256
"""More than Telegram hands out at once (100), so that no update waits for another person's."""

STOP_SECONDS = 20.0
"""For what is in hand when told to stop. A PaaS kills 30 s after SIGTERM."""

PATIENCE_SECONDS = 20.0
"""With one request: the 5 s that are usual are over before a slow line has taken a card."""

LOCALHOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Telegram:
    """Whom the bot talks to."""

    token: str
    api_url: str
    admin_ids: frozenset[int]


async def run(settings: Settings, *, by_webhook: bool, say: Callable[[str], None]) -> None:
    """Run the bot until SIGTERM or Ctrl-C.

    Args:
        settings: all that can be chosen from outside.
        by_webhook: whether Telegram brings updates; otherwise the bot asks for them.
        say: tells the person at the terminal where the chat page is.

    Raises:
        SettingsError, PortUnavailable, ModelError: if it cannot start.
    """
    if by_webhook and not settings.public_url:
        raise SettingsError(
            "Expected PUBLIC_URL to be the https:// address under which Telegram reaches this "
            "bot, as --webhook needs it. Received nothing."
        )
    stop = stop_on_signals()
    async with AsyncExitStack() as opened:
        # What reads.
        threads = opened.enter_context(ThreadPoolExecutor(CPU_THREADS, "reader"))
        reader = Reader(Recognizer.load(), threads)

        # Whom it talks to.
        telegram = Telegram(
            settings.telegram_bot_token.get_secret_value(),
            settings.telegram_api_url,
            settings.admin_ids,
        )
        site = FastAPI(openapi_url=None)
        if settings.local or by_webhook:
            # The chat page lets whoever opens it play anybody: it is for this machine only.
            host = LOCALHOST if settings.local else settings.host
            sock = opened.enter_context(listen(host, settings.port))
        if settings.local:
            url = f"http://{LOCALHOST}:{sock.getsockname()[1]}"
            telegram = Telegram(random_token(), url, settings.admin_ids or frozenset({ADMIN}))
            local = LocalTelegram(telegram.token, telegram.admin_ids)
            site = local.app

        # What answers.
        requests = over_http(telegram, CONCURRENT_UPDATES), over_http(telegram, 1)
        application = await opened.enter_async_context(connected(build(telegram, *requests)))

        # What it remembers, and what that makes of it.
        database = Database.at(settings.database_url.get_secret_value())
        opened.push_async_callback(database.close)
        scratch = opened.enter_context(scratch_folder())
        announcer = Notifier(application.bot, database, telegram.admin_ids)
        keeper = ActiveModel(database, reader, scratch, announcer.tell)
        journal = AnswerLog(database)
        workshop = TrainingRunner(database, keeper, scratch, announcer)
        behind = BackgroundTasks(database, keeper, journal, workshop)
        add_handlers(application, reader, telegram.admin_ids, behind)

        # What brings it updates.
        intake = UpdateTracker(application)
        source: Poller | Webhook = Poller(application.bot, intake)
        if by_webhook:
            source = Webhook(application.bot, intake, settings)
            site.include_router(source.router)
            if not settings.local:
                site.include_router(landing_page(application.bot))

        # All is built: begin. What is opened last is closed first.
        if settings.local or by_webhook:
            await opened.enter_async_context(serving(site, sock))
        if settings.local:
            opened.push_async_callback(local.close)
        if not await finished(connect(application, telegram.api_url), before=stop):
            return
        await opened.enter_async_context(running(application))
        await opened.enter_async_context(behind.working())
        publishing = menu.publish(application.bot, telegram.admin_ids)
        await opened.enter_async_context(background(publishing, "menus"))
        if settings.local:
            say(f"No TELEGRAM_BOT_TOKEN, so the chat is on this machine: {telegram.api_url}/")
        intake.open()
        await finished(source.run(), before=stop)
        # A training run is stopped at once; meanwhile photos in hand are answered.
        await asyncio.gather(workshop.close(), intake.close(STOP_SECONDS))
        await source.confirm()


def over_http(telegram: Telegram, connections: int) -> BaseRequest:
    """How requests travel; a proxy that the environment names is for the world outside."""
    direct = urlsplit(telegram.api_url).hostname in (LOCALHOST, "localhost")
    return HTTPXRequest(
        connections,
        read_timeout=PATIENCE_SECONDS,
        write_timeout=PATIENCE_SECONDS,
        connect_timeout=PATIENCE_SECONDS,
        pool_timeout=PATIENCE_SECONDS,
        httpx_kwargs={"trust_env": not direct},
    )


def build(telegram: Telegram, request: BaseRequest, polling: BaseRequest) -> AnyApplication:
    """An application without handlers; nothing is sent yet.

    Args:
        telegram: whom it talks to.
        request: carries everything but
        polling: which carries getUpdates, so that neither waits for the other.
    """
    return (
        ApplicationBuilder()
        .token(telegram.token)
        .base_url(f"{telegram.api_url}/bot")
        .base_file_url(f"{telegram.api_url}/file/bot")
        .request(request)
        .get_updates_request(polling)
        .defaults(
            Defaults(parse_mode=ParseMode.HTML, do_quote=True, allow_sending_without_reply=True)
        )
        .rate_limiter(AIORateLimiter())
        .concurrent_updates(CONCURRENT_UPDATES)
        # Updates come by `UpdateTracker`.
        .updater(None)
        .job_queue(None)
        .build()
    )


def add_handlers(
    application: AnyApplication, reader: Reader, admin_ids: frozenset[int], behind: BackgroundTasks
) -> None:
    """The first handler that wants an update gets it, so the order matters."""
    database, keeper = behind.database, behind.keeper
    said = CorrectionHandlers(database, behind.journal, reader)
    admins = Admins(admin_ids)
    turns, answered = PhotoQueue(), AnsweredPhotos()
    application.add_handlers(
        [
            *help.handlers(),
            *said.handlers(),
            # To whoever is no admin, these are not there.
            *ReviewHandlers(database, admins).handlers(),
            *TrainingHandlers(database, behind.workshop, admins).handlers(),
            *ModelHandlers(database, keeper, admins).handlers(),
            *StatisticsHandlers(database, admins).handlers(),
            *PhotoHandlers(reader, turns, answered, said).handlers(),
            *WhyHandlers(reader.explain, turns, answered).handlers(),
            # Takes whatever is left.
            *FallbackHandlers().handlers(),
        ]
    )
    application.add_error_handler(on_error)
