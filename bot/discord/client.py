"""The connection to Discord, and what comes by it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from urllib.parse import urlsplit

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.config.settings import DISCORD_API_URL
from bot.conversation.services import Services
from bot.discord.buttons import PressedButton, Presses
from bot.discord.commands.admin import AdminCommands
from bot.discord.commands.everybody import EverybodysCommands
from bot.discord.commands.names import Translator
from bot.discord.commands.tree import Tree
from bot.discord.commands.unfinished import UnfinishedCommands
from bot.discord.conversation import Conversation, is_addressed
from bot.discord.inbox import Inbox
from bot.discord.languages import Languages
from bot.discord.messenger import Messenger
from bot.discord.photos import Photos
from bot.discord.rendering import FORM
from bot.discord.retries import AWAY
from bot.errors import NotDelivered, SettingsError
from bot.store.people import DISCORD, Person

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 1.0
"""How long to wait after a connection that failed; doubled after each further one."""

LONGEST_PAUSE_SECONDS = 30.0
"""The longest of those pauses."""

AUTHENTICATION_FAILED = 4004
"""The code with which Discord closes the connection of a token that it does not know."""

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    attach_files=True,
    read_message_history=True,
)
"""What the bot needs in a server: to see what mentions it, and to answer in reply with a card."""


class DiscordClient(discord.Client):
    """Talks to Discord.

    It asks for no privileged intent, so the content of what is not meant for the bot never comes.

    Args:
        url: where Discord is.

    Attributes:
        photos: answers pictures.
        presses: does what buttons mean.
        inbox: has the messages.
        unfinished: has the commands with pictures.
    """

    photos: Photos
    presses: Presses
    inbox: Inbox
    unfinished: UnfinishedCommands

    def __init__(self, url: str = DISCORD_API_URL) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        self.url = url
        if url != DISCORD_API_URL:
            Route.BASE = f"{url}/api/v10"
            socket = yarl.URL(url).with_scheme("wss" if url.startswith("https") else "ws")
            DiscordWebSocket.DEFAULT_GATEWAY = socket / "gateway"
        self.tree = Tree(self)

    def serve(self, services: Services) -> None:
        """Take what the conversation works with; nothing is answered before."""
        self.photos = photos = Photos(services)
        languages = Languages(services.languages)
        self.inbox = Inbox(
            services.database,
            Conversation(services, photos, languages).answer,
            lambda message: is_addressed(message, self._own_id),
            self.get_partial_messageable,
        )
        self.presses = Presses(services, photos, languages)
        self.unfinished = UnfinishedCommands(self, self.inbox.memory, photos)
        EverybodysCommands(photos, languages, self.unfinished).add_to(self.tree)
        services.memories[DISCORD] = self
        if services.admins:
            AdminCommands(services, languages).add_to(self.tree)

    @property
    def invitations(self) -> tuple[str, str]:
        """The links by which a server, and by which a person, gets the bot; after `log_in`."""
        application = self.application_id
        assert application is not None, "it has logged in"
        server = discord.utils.oauth_url(application, permissions=PERMISSIONS)
        person = discord.utils.oauth_url(application, scopes=("applications.commands",))
        return server, f"{person}&integration_type=1"

    async def log_in(self, token: str) -> None:
        """Ask Discord who we are, until it answers.

        Raises:
            SettingsError: it says that the token is wrong.
        """
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self.login(token)
            except discord.LoginFailure:
                raise self._refused() from None
            except (discord.HTTPException, *AWAY) as error:
                log.warning("%s does not answer (%s). Trying in %.0f s.", self._host, error, pause)
                await self._start_over()
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            else:
                break
        self.inbox.belongs_to(self._own_id)

    async def listen(self, token: str) -> None:
        """Receive what Discord sends, until cancelled.

        discord.py connects again by itself, except where the first connection fails
        (Rapptz/discord.py#10520), and where Discord closes one with a code that it does not know.

        Raises:
            SettingsError: Discord no longer knows the token.
        """
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self.connect()
            except discord.ConnectionClosed as error:
                if error.code == AUTHENTICATION_FAILED:
                    raise self._refused() from None
                problem: object = error
            except (discord.DiscordException, AttributeError, *AWAY) as error:
                problem = error
            else:
                problem = "it closed the connection"
            log.warning("Discord cannot be heard (%s). Trying in %.0f s.", problem, pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            if self.is_closed():
                await self._start_over()
                await self.log_in(token)

    async def forget(self, person: Person) -> None:
        """Forget a person's pictures, and where that person alone writes to the bot.

        Raises:
            StoreUnavailable: the database is away; the channel stays noted.
        """
        await self.photos.forget(person)
        try:
            own = await Messenger(self).own_chat(person)
        except NotDelivered as error:
            log.warning("The channel of a person stays noted (%s).", error)
        else:
            await self.inbox.forget(int(own.chat))

    async def setup_hook(self) -> None:
        """Tell Discord which commands there are."""
        self.add_dynamic_items(PressedButton)
        await self.tree.set_translator(Translator())
        try:
            await self.tree.sync()
        except (discord.HTTPException, *AWAY) as error:
            log.warning("The commands could not be set (%s).", error)

    async def on_ready(self) -> None:
        """Look for what came while the bot was away: a new session does not bring it."""
        log.info("Connected to Discord.")
        await asyncio.gather(self.inbox.catch_up(), self.unfinished.catch_up())

    async def on_disconnect(self) -> None:
        """Say that nothing is heard for now; discord.py connects again."""
        log.info("Connecting to Discord again.")

    async def on_resumed(self) -> None:
        """Say that all is well: what came meanwhile comes now."""
        log.info("Connected to Discord again.")

    async def on_message(self, message: discord.Message) -> None:
        """Take a message."""
        await self.inbox.take(message)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Take a form that somebody has filled in; discord.py brings the rest elsewhere."""
        if interaction.type is discord.InteractionType.modal_submit:
            sent: Any = interaction.data
            name = str(sent["custom_id"])
            if name.startswith(FORM):
                await self.presses.submitted(interaction, name)

    async def on_error(self, event_method: str, /, *arguments: Any, **more: Any) -> None:
        """Log an error that nobody foresaw, without what was in the event."""
        log.exception("An event failed: %s.", event_method)

    async def _start_over(self) -> None:
        """Close what a login has opened, so that the next one can open it anew."""
        await self.http.close()
        self.http.connector = discord.utils.MISSING
        self.clear()

    def _refused(self) -> SettingsError:
        return SettingsError(
            f"Expected DISCORD_BOT_TOKEN to be a token that {self._host} knows. "
            "Received one that it refuses."
        )

    @property
    def _own_id(self) -> int:
        return self.user.id if self.user is not None else 0

    @property
    def _host(self) -> str:
        return urlsplit(self.url).netloc
