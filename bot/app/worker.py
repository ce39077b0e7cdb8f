"""The only wiring: what the bot is made of, and in which order it starts and stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app.background import (
    BackgroundTasks,
    background,
    finished,
    scratch_folder,
    stop_on_signals,
)
from bot.config.settings import Settings
from bot.conversation.services import Services
from bot.errors import SettingsError
from bot.serving.active_model import ActiveModel
from bot.serving.answer_log import AnswerLog
from bot.serving.languages import PeoplesLanguages
from bot.serving.photo_log import PhotoLog
from bot.serving.photo_queue import PhotoQueue
from bot.serving.reader import Reader
from bot.store import Database
from bot.store.people import TELEGRAM, Person
from bot.store.updates.memory import UpdateMemory
from bot.telegram import menu
from bot.telegram.application import TelegramApi, add_handlers, build
from bot.telegram.incoming import user_ids
from bot.telegram.notifier import Notifier
from bot.telegram.transport.lifecycle import AnyApplication, connect, connected, running
from bot.telegram.transport.polling import Poller
from bot.telegram.transport.updates import UpdateTracker
from bot.training.reports import RunReports
from bot.training.runner import TrainingRunner

if TYPE_CHECKING:
    from bot.app.website import Website
    from bot.telegram.transport.webhook import Webhook

log = logging.getLogger(__name__)

STOP_SECONDS = 20.0
"""For the updates that are being answered when told to stop. A PaaS kills 30 s after SIGTERM."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line chooses.

    Attributes:
        by_webhook: whether Telegram brings updates; otherwise the bot asks for them.
        with_web: whether web pages and the REST interface are served. They always are where a
            webhook needs the port, or where there is no token.
    """

    by_webhook: bool = False
    with_web: bool = False


@dataclass(frozen=True, slots=True)
class Platform:
    """Where the chat is: Telegram, or what plays it on this machine.

    Attributes:
        api: whom the bot talks to.
        admin_ids: the bot's admins.
        website: what is served beside; None if nothing is.
    """

    api: TelegramApi
    admin_ids: frozenset[int]
    website: Website | None

    @property
    def is_local(self) -> bool:
        """Whether the chat is on this machine alone."""
        return self.website is not None and self.website.local is not None


async def run(settings: Settings, options: Options, *, say: Callable[[str], None]) -> None:
    """Run the bot until SIGTERM or Ctrl-C. What is opened last is closed first.

    Args:
        settings: all that can be chosen from outside.
        options: what the command line chooses.
        say: tells the person at the terminal where the pages are.

    Raises:
        SettingsError, PortUnavailable, ModelError: if it cannot start.
    """
    stop = stop_on_signals()
    async with AsyncExitStack() as opened:
        platform = choose_platform(settings, options, opened)
        reader = await opened.enter_async_context(Reader())
        application = await opened.enter_async_context(connected(build(platform.api)))
        database = open_database(settings, opened)
        scratch = opened.enter_context(scratch_folder())
        admins = frozenset(Person(TELEGRAM, str(admin)) for admin in platform.admin_ids)
        services = make_services(application, reader, admins, database, scratch)
        add_handlers(application, services)
        # The local Telegram begins at 1 with each start, so its numbers mean nothing later.
        updates = UpdateTracker(application, UpdateMemory(None if platform.is_local else database))
        webhook = make_webhook(application, updates, settings) if options.by_webhook else None
        if platform.website is not None:
            await platform.website.serve(application, services, updates, webhook, opened)
        if not await finished(connect(application, platform.api.url), before=stop):
            return
        await start_working(application, services, platform, opened)
        announce(platform, options, say)
        updates.open()
        source = webhook or Poller(application.bot, updates)
        await finished(source.run(), before=stop)
        # A training run is stopped at once, while the photos that were taken are still answered.
        await asyncio.gather(services.trainer.close(), updates.close(STOP_SECONDS))
        await source.confirm()


def choose_platform(settings: Settings, options: Options, opened: AsyncExitStack) -> Platform:
    """Decide where the chat is, and take the port for pages, if there are any.

    Raises:
        SettingsError: the webhook has no address.
        PortUnavailable: the port is taken.
    """
    if options.by_webhook and not settings.public_url:
        raise SettingsError(
            "Expected PUBLIC_URL to be the https:// address under which Telegram reaches this "
            "bot, as --webhook needs it. Received nothing."
        )
    if not (settings.local or options.with_web or options.by_webhook):
        token = settings.telegram_bot_token.get_secret_value()
        return Platform(TelegramApi(token, settings.telegram_api_url), settings.admin_ids, None)
    # Imported here, since a bot without pages needs no web framework.
    from bot.app.website import Website  # noqa: PLC0415

    website = Website.open(settings, opened)
    return Platform(website.api, website.admin_ids, website)


def open_database(settings: Settings, opened: AsyncExitStack) -> Database:
    """Open what the bot remembers."""
    database = Database.at(settings.database_url.get_secret_value())
    opened.push_async_callback(database.close)
    return database


def make_services(
    application: AnyApplication,
    reader: Reader,
    admins: frozenset[Person],
    database: Database,
    scratch: Path,
) -> Services:
    """Make what the conversation works with; nothing of it runs yet."""
    languages = PeoplesLanguages(database)
    notifier = Notifier(application.bot, database, admins, languages)
    active_model = ActiveModel(database, reader, scratch, notifier.tell)
    trainer = TrainingRunner(database, scratch)
    return Services(
        database=database,
        reader=reader,
        languages=languages,
        queue=PhotoQueue(),
        photo_log=PhotoLog(),
        answer_log=AnswerLog(database),
        active_model=active_model,
        trainer=trainer,
        reports=RunReports(database, (notifier,), trainer.holder, active_model.refresh),
        admins=admins,
    )


def make_webhook(
    application: AnyApplication, updates: UpdateTracker, settings: Settings
) -> Webhook:
    """Make what lets Telegram bring updates."""
    from bot.telegram.transport.webhook import Webhook  # noqa: PLC0415 - it needs a web framework

    return Webhook(application.bot, updates, settings)


async def start_working(
    application: AnyApplication, services: Services, platform: Platform, opened: AsyncExitStack
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
    page_url = platform.website.public_url if platform.website is not None else ""
    publishing = menu.publish(application.bot, user_ids(services.admins), page_url)
    await opened.enter_async_context(background(publishing, "menus"))


def announce(platform: Platform, options: Options, say: Callable[[str], None]) -> None:
    """Say where the chat and the pages are."""
    website = platform.website
    if website is not None and website.local is not None:
        say(f"No TELEGRAM_BOT_TOKEN, so the chat is on this machine: {website.chat_url}")
        say(f"Draw a number, and watch the network read it: {website.url}/")
        return
    if website is not None:
        log.info("Web pages are served on port %d.", website.port)
    if not options.by_webhook:
        log.info("Asking Telegram for updates.")
