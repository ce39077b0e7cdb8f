"""The only wiring: what the bot is made of, and in which order it starts and stops."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bot.app.background import BackgroundTasks, finished, scratch_folder, stop_on_signals
from bot.config.settings import Settings
from bot.conversation.services import Services
from bot.errors import SettingsError
from bot.serving import memory
from bot.serving.active_model import ActiveModel
from bot.serving.answer_log import AnswerLog
from bot.serving.languages import PeoplesLanguages
from bot.serving.photo_log import PhotoLog
from bot.serving.photo_queue import PhotoQueue
from bot.serving.reading.reader import Reader
from bot.store import Database
from bot.store.people import Person
from bot.training.reports import News, Notifies, RunReports
from bot.training.runner import TrainingRunner

if TYPE_CHECKING:
    from bot.app.discord import DiscordFrontEnd
    from bot.app.telegram import TelegramFrontEnd
    from bot.app.website import Website

log = logging.getLogger(__name__)

STOP_SECONDS = 20.0
"""For the messages that are being answered when told to stop. A PaaS kills 30 s after SIGTERM."""


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


class FrontEnd(Protocol):
    """A chat platform, from its connections to its handlers."""

    @property
    def notifier(self) -> Notifies:
        """Tells admins there what happens."""

    @property
    def admins(self) -> frozenset[Person]:
        """The bot's admins there."""

    @property
    def is_open(self) -> bool:
        """Whether messages are taken now."""

    async def serve(self, services: Services, opened: AsyncExitStack) -> None:
        """Take what the conversation works with; what is opened here is closed with the stack."""

    async def close(self, seconds: float) -> None:
        """Take nothing more, and answer what is pending, but not longer than that."""


async def run(
    settings: Settings, options: Options, reader: Reader, *, say: Callable[[str], None]
) -> None:
    """Run the bot until SIGTERM or Ctrl-C. What is opened last is closed first.

    Args:
        settings: all that can be chosen from outside.
        options: what the command line chooses.
        reader: reads photos; it may still be loading its libraries.
        say: tells the person at the terminal where the pages are.

    Raises:
        SettingsError, PortUnavailable, ModelError: if it cannot start.
    """
    stop = stop_on_signals()
    check(settings, options)
    async with AsyncExitStack() as opened:
        website = open_website(settings, options, opened)
        database = open_database(settings, opened)
        scratch = opened.enter_context(scratch_folder())
        languages = PeoplesLanguages(database)
        telegram = make_telegram(settings, options, website, database, languages)
        discord = make_discord(settings, database, languages)
        both: tuple[FrontEnd | None, ...] = (telegram, discord)
        front_ends = [each for each in both if each is not None]
        await reader.ready()
        services = make_services(front_ends, reader, database, languages, scratch)
        for front_end in front_ends:
            await front_end.serve(services, opened)
        if website is not None:
            await website.serve(services, front_ends, telegram, opened)
        if not await finished(start_working(services, opened), before=stop):
            return
        memory.settle()
        works: list[Coroutine[Any, Any, None]] = []
        if telegram is not None:
            page_url = website.public_url if website is not None else ""
            works.append(
                telegram.run(
                    opened,
                    page_url=page_url,
                    when_connected=lambda: announce(website, options, say),
                )
            )
        if discord is not None:
            works.append(discord.run(say=say))
        await finished(all_of(works), before=stop)
        # A training run is stopped at once, while the photos that were taken are still answered.
        closing = (front_end.close(STOP_SECONDS) for front_end in front_ends)
        await asyncio.gather(services.trainer.close(), *closing)


def check(settings: Settings, options: Options) -> None:
    """Refuse settings that do not fit the command line.

    Raises:
        SettingsError: the webhook has no address, or no Telegram.
    """
    if not options.by_webhook:
        return
    if not settings.public_url:
        raise SettingsError(
            "Expected PUBLIC_URL to be the https:// address under which Telegram reaches this "
            "bot, as --webhook needs it. Received nothing."
        )
    if not settings.with_telegram and not settings.local:
        raise SettingsError(
            "Expected TELEGRAM_BOT_TOKEN to be a token from @BotFather, as --webhook needs it. "
            "Received nothing. On Discord alone, use --web."
        )


def open_website(settings: Settings, options: Options, opened: AsyncExitStack) -> Website | None:
    """Take the port for pages, if there are any.

    Raises:
        PortUnavailable: the port is taken.
    """
    if not (settings.local or options.with_web or options.by_webhook):
        return None
    # Imported here, since a bot without pages needs no web framework.
    from bot.app.website import Website  # noqa: PLC0415

    return Website.open(settings, opened)


def make_telegram(
    settings: Settings,
    options: Options,
    website: Website | None,
    database: Database,
    languages: PeoplesLanguages,
) -> TelegramFrontEnd | None:
    """Make the front end of Telegram, or of what plays it here; None on Discord alone."""
    if not (settings.with_telegram or settings.local):
        return None
    from bot.app.telegram import TelegramFrontEnd, api_of  # noqa: PLC0415 - as Discord's

    local = website.local_api if website is not None else None
    admin_ids = settings.admin_ids if website is None else website.admin_ids
    front_end = TelegramFrontEnd(
        local or api_of(settings), admin_ids, database, languages, is_local=local is not None
    )
    if options.by_webhook:
        front_end.use_webhook(settings)
    return front_end


def make_discord(
    settings: Settings, database: Database, languages: PeoplesLanguages
) -> DiscordFrontEnd | None:
    """Make the front end of Discord, if there is a token for it."""
    if not settings.with_discord:
        return None
    from bot.app.discord import DiscordFrontEnd  # noqa: PLC0415 - it takes half a second

    return DiscordFrontEnd(settings, database, languages)


def open_database(settings: Settings, opened: AsyncExitStack) -> Database:
    """Open what the bot remembers."""
    database = Database.at(settings.database_url.get_secret_value())
    opened.push_async_callback(database.close)
    return database


def make_services(
    front_ends: Sequence[FrontEnd],
    reader: Reader,
    database: Database,
    languages: PeoplesLanguages,
    scratch: Path,
) -> Services:
    """Make what the conversation works with; nothing of it runs yet."""
    notifiers = [front_end.notifier for front_end in front_ends]
    trainer = TrainingRunner(database, scratch)
    news: News = deque()
    active_model = ActiveModel(database, reader, scratch, news.append)
    return Services(
        database=database,
        reader=reader,
        languages=languages,
        queue=PhotoQueue(),
        photo_log=PhotoLog(),
        answer_log=AnswerLog(database),
        active_model=active_model,
        trainer=trainer,
        reports=RunReports(database, notifiers, trainer.holder, active_model.refresh, news),
        admins=frozenset().union(*(front_end.admins for front_end in front_ends)),
    )


async def start_working(services: Services, opened: AsyncExitStack) -> None:
    """Start everything that works beside the conversation."""
    tasks = BackgroundTasks(
        services.database,
        services.active_model,
        services.answer_log,
        services.trainer,
        services.reports,
    )
    await opened.enter_async_context(tasks.working())


async def all_of(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run coroutines until one fails or this is cancelled; then the others are cancelled too."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def announce(website: Website | None, options: Options, say: Callable[[str], None]) -> None:
    """Say where the chat and the pages are."""
    if website is not None and website.local is not None:
        say(f"No TELEGRAM_BOT_TOKEN, so the chat is on this machine: {website.chat_url}")
        say(f"Draw a number, and watch the network read it: {website.url}/")
        return
    if website is not None:
        log.info("Web pages are served on port %d.", website.port)
    if not options.by_webhook:
        log.info("Asking Telegram for updates.")
