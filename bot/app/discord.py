"""The wiring of the front end that speaks Discord.

Only a bot with a token for Discord imports this module: discord.py takes half a second and 15 MB.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack

from bot.config.settings import Settings
from bot.conversation.admin.notifier import Notifier
from bot.conversation.services import Services
from bot.discord.client import DiscordClient
from bot.discord.messenger import Messenger
from bot.serving.languages import PeoplesLanguages
from bot.store import Database
from bot.store.people import DISCORD, Person

log = logging.getLogger(__name__)


class DiscordFrontEnd:
    """Discord, from its connection to its commands.

    Args:
        settings: have the token and the admins.
        database: remembers which messages were answered.
        languages: knows what to speak to admins.

    Attributes:
        admins: the bot's admins.
        notifier: tells them what happens.
    """

    def __init__(self, settings: Settings, database: Database, languages: PeoplesLanguages) -> None:
        self._token = settings.discord_bot_token.get_secret_value()
        self._client = DiscordClient(settings.discord_api_url)
        self.admins = frozenset(Person(DISCORD, str(each)) for each in settings.discord_admin_ids)
        self.notifier = Notifier(Messenger(self._client), database, self.admins, languages)

    @property
    def is_open(self) -> bool:
        """Whether messages are taken now."""
        return self._client.is_ready()

    async def serve(self, services: Services, opened: AsyncExitStack) -> None:
        """Make the commands; nothing is answered before."""
        opened.push_async_callback(self._client.close)
        self._client.serve(services)

    async def run(self, *, say: Callable[[str], None]) -> None:
        """Reach Discord, and take messages until cancelled.

        Args:
            say: tells the person at the terminal how people get the bot.

        Raises:
            SettingsError: Discord does not know the token.
        """
        await self._client.log_in(self._token)
        server, person = self._client.invitations
        say(f"Add the bot to a Discord server: {server}")
        say(f"Add it to your own Discord account: {person}")
        await self._client.listen(self._token)

    async def close(self, seconds: float) -> None:
        """Answer what is pending, but not longer than that."""
        await asyncio.gather(self._client.inbox.close(seconds), self._client.photos.wait(seconds))
