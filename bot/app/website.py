"""The one web application of the process, from its port to its routes in their order.

Only a bot that serves a port imports this module: FastAPI alone takes half a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from socket import socket

from bot.app.telegram import TelegramFrontEnd, api_of
from bot.app.worker import FrontEnd
from bot.config.settings import Settings
from bot.conversation.services import Services
from bot.local import ADMIN, CHAT_PATH, LocalTelegram, random_token
from bot.telegram.application import TelegramApi
from bot.web.clients import ApiKeys, RateLimit, Visitors
from bot.web.draw import DrawPage
from bot.web.http_server import listen, serving
from bot.web.metrics import Metrics
from bot.web.probes import Probes
from bot.web.rest import RestApi
from bot.web.site import make_site

LOCALHOST = "127.0.0.1"
"""Where a bot without a token listens. Its chat page lets everybody who opens it play any person,
so it is for this machine only."""


@dataclass(frozen=True, slots=True)
class Website:
    """A port that is taken, and what is served there.

    Attributes:
        settings: all that can be chosen from outside.
        api: whom the bot talks to.
        admin_ids: the bot's admins.
        sock: the port.
        local: the Telegram on this machine, if there is no other one.
    """

    settings: Settings
    api: TelegramApi
    admin_ids: frozenset[int]
    sock: socket
    local: LocalTelegram | None

    @classmethod
    def open(cls, settings: Settings, opened: AsyncExitStack) -> Website:
        """Take the port; without a token, also make a Telegram to be served there.

        Raises:
            SettingsError: the host is not this machine.
            PortUnavailable: the port is taken.
        """
        if settings.local:
            sock = opened.enter_context(listen(LOCALHOST, settings.port))
            api = TelegramApi(random_token(), f"http://{LOCALHOST}:{sock.getsockname()[1]}")
            admin_ids = settings.admin_ids or frozenset({ADMIN})
            return cls(settings, api, admin_ids, sock, LocalTelegram(api.token, admin_ids))
        api = api_of(settings)
        sock = opened.enter_context(listen(settings.host, settings.port))
        return cls(settings, api, settings.admin_ids, sock, None)

    @property
    def local_api(self) -> TelegramApi | None:
        """The Bot API on this machine, if there is no other one."""
        return None if self.local is None else self.api

    @property
    def port(self) -> int:
        """The number of the port."""
        return int(self.sock.getsockname()[1])

    @property
    def url(self) -> str:
        """The address on this machine, without a slash at its end."""
        return f"http://{LOCALHOST}:{self.port}"

    @property
    def public_url(self) -> str:
        """The https address of the pages, which Telegram may open; "" if there is none."""
        url = self.settings.public_url
        return f"{url}/" if self.local is None and url.startswith("https://") else ""

    @property
    def chat_url(self) -> str:
        """The address of the chat page."""
        return self.url + CHAT_PATH

    async def serve(
        self,
        services: Services,
        front_ends: Sequence[FrontEnd],
        telegram: TelegramFrontEnd | None,
        opened: AsyncExitStack,
    ) -> None:
        """Serve all pages until the stack is closed; the local Telegram is closed first.

        Args:
            services: what the conversation works with.
            front_ends: all of them; the bot is ready when each takes messages.
            telegram: that of Telegram, if there is one.
            opened: the stack.
        """
        settings = self.settings
        site = make_site(settings.cors_origins)
        keys = ApiKeys(frozenset(key.get_secret_value() for key in settings.api_keys))
        site.include_router(RestApi(services, keys, RateLimit(settings.api_rate_limit)).router)
        site.include_router(
            Probes(services, lambda: all(each.is_open for each in front_ends)).router
        )
        site.include_router(Metrics(services, keys).router)
        visitors = Visitors(self.api.token)
        page = DrawPage(services, visitors, lambda: self._name_and_chat(telegram))
        page.add_to(site)
        if telegram is not None and telegram.webhook is not None:
            site.include_router(telegram.webhook.router)
        if self.local is not None:
            self.local.add_to(site)
        await opened.enter_async_context(serving(site, self.sock))
        if self.local is not None:
            opened.push_async_callback(self.local.close)

    def _name_and_chat(self, telegram: TelegramFrontEnd | None) -> tuple[str, str] | None:
        named = None if telegram is None else telegram.name_and_link
        return (named[0], CHAT_PATH) if named and self.local is not None else named
