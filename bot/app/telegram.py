"""The wiring of the front end that speaks Telegram, or to what plays Telegram on this machine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from bot.config.settings import Settings
from bot.conversation.admin.notifier import Notifier
from bot.conversation.services import Services
from bot.serving.languages import PeoplesLanguages
from bot.serving.tasks import background
from bot.store import Database
from bot.store.people import TELEGRAM, Person
from bot.store.updates.memory import UpdateMemory
from bot.telegram import menu
from bot.telegram.application import TelegramApi, add_handlers, build, name_and_link
from bot.telegram.incoming import user_ids
from bot.telegram.messenger import Messenger
from bot.telegram.transport.lifecycle import connect, connected, running
from bot.telegram.transport.polling import Poller
from bot.telegram.transport.updates import UpdateTracker

if TYPE_CHECKING:
    from bot.telegram.transport.webhook import Webhook


def api_of(settings: Settings) -> TelegramApi:
    """Return the Bot API that the settings name."""
    return TelegramApi(settings.telegram_bot_token.get_secret_value(), settings.telegram_api_url)


class TelegramFrontEnd:
    """Telegram, from its connections to its handlers.

    Args:
        api: whom the bot talks to.
        admin_ids: the bot's admins there.
        database: remembers which updates were answered.
        languages: knows what to speak to admins.
        is_local: whether the chat is on this machine alone.

    Attributes:
        admins: the bot's admins.
        notifier: tells them what happens.
        webhook: what Telegram calls; None where the bot asks.
    """

    def __init__(
        self,
        api: TelegramApi,
        admin_ids: frozenset[int],
        database: Database,
        languages: PeoplesLanguages,
        *,
        is_local: bool,
    ) -> None:
        self._api = api
        self._application = build(api)
        self.admins = frozenset(Person(TELEGRAM, str(admin)) for admin in admin_ids)
        messenger = Messenger(self._application.bot)
        self.notifier = Notifier(messenger, database, self.admins, languages)
        # The local Telegram begins at 1 with each start, so its numbers mean nothing later.
        memory = UpdateMemory(None if is_local else database)
        self._updates = UpdateTracker(self._application, memory)
        self.webhook: Webhook | None = None

    @property
    def is_open(self) -> bool:
        """Whether messages are taken now."""
        return self._updates.is_open

    @property
    def name_and_link(self) -> tuple[str, str] | None:
        """The bot's name and the link to its chat; None until Telegram has told them."""
        return name_and_link(self._application)

    def use_webhook(self, settings: Settings) -> None:
        """Let Telegram bring updates, instead of asking for them."""
        from bot.telegram.transport.webhook import (  # noqa: PLC0415 - it needs a web framework
            Webhook,
        )

        self.webhook = Webhook(self._application.bot, self._updates, settings)

    async def serve(self, services: Services, opened: AsyncExitStack) -> None:
        """Add the handlers; nothing is answered before."""
        await opened.enter_async_context(connected(self._application))
        add_handlers(self._application, services)

    async def run(
        self, opened: AsyncExitStack, *, page_url: str, when_connected: Callable[[], None]
    ) -> None:
        """Reach Telegram, and take messages until cancelled.

        Args:
            opened: what is started here is stopped with it.
            page_url: the https:// address of the draw page, which a button opens; "" for none.
            when_connected: is called once Telegram has answered.

        Raises:
            SettingsError: Telegram does not know the token.
        """
        application = self._application
        await connect(application, self._api.url)
        await opened.enter_async_context(running(application))
        publishing = menu.publish(application.bot, user_ids(self.admins), page_url)
        await opened.enter_async_context(background(publishing, "menus"))
        when_connected()
        self._updates.open()
        self._source = self.webhook or Poller(application.bot, self._updates)
        await self._source.run()

    async def close(self, seconds: float) -> None:
        """Answer what is pending, but not longer than that; then say what was answered."""
        was_open = self.is_open
        await self._updates.close(seconds)
        if was_open:
            await self._source.confirm()
