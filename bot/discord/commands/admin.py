"""The commands of admins: people whose user id is in DISCORD_ADMIN_IDS.

Discord hides them from the members of a server, except from the server's own admins, who are none
of the bot's. So each use is checked. What they say is seen by the admin alone.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands

from bot.conversation import help
from bot.conversation.admin import models, review, statistics, training
from bot.conversation.message import Message
from bot.conversation.problems import FORESEEN, explain_problem
from bot.conversation.services import Services
from bot.discord.commands.names import name, purpose
from bot.discord.languages import Languages
from bot.discord.messenger import begin_training
from bot.discord.replies import Interaction, answer, person_of
from model.recipes import RECIPES

log = logging.getLogger(__name__)

NOT_AMONG_PEOPLE = app_commands.AppCommandContext(guild=True, dm_channel=True)
"""Servers, and direct messages with the bot."""

BY_SERVERS = app_commands.AppInstallationType(guild=True, user=False)
"""Discord hides nothing from a person who has added the bot to their own account."""

RECIPE_CHOICES = [app_commands.Choice(name=recipe, value=recipe) for recipe in RECIPES]


class AdminCommands:
    """Hands the admins' commands to the conversation, and logs each use.

    Args:
        services: what the conversation works with.
        languages: says which language to speak.
    """

    def __init__(self, services: Services, languages: Languages) -> None:
        self._services = services
        self._languages = languages

    def add_to(self, tree: app_commands.CommandTree[Any]) -> None:
        """Add the commands to the tree from which Discord's menus are made."""
        database = self._services.database
        active_model = self._services.active_model
        says: tuple[tuple[str, Callable[[Interaction], Awaitable[Message]]], ...] = (
            ("review", lambda _: review.show_page(database)),
            ("cancel", lambda asked: training.cancel(database, asked.user.display_name)),
            ("models", lambda _: models.list_versions(database)),
            ("accuracy", lambda _: models.measure_accuracy(active_model)),
            ("stats", lambda _: statistics.show_statistics(database)),
        )
        for english, say in says:
            tree.add_command(self._command(english, self._says(english, say)))
        tree.add_command(self._command("train", self.train))

    @app_commands.rename(recipe=name("recipe"), epochs=name("epochs"))
    @app_commands.describe(recipe=purpose("recipe"), epochs=purpose("epochs"))
    @app_commands.choices(recipe=RECIPE_CHOICES)
    async def train(
        self,
        interaction: Interaction,
        recipe: str = "",
        epochs: app_commands.Range[int, 1, training.MAX_EPOCHS] | None = None,
    ) -> None:
        """Start a run, with one message that is edited while it lasts.

        What is said to a command can be edited for 15 minutes only, and a run may last longer. So
        that message is in the admin's own chat or, where that is closed, in the channel.
        """
        words = [recipe, *([] if epochs is None else [str(epochs)])] if recipe else []
        if await self._let_in(interaction, " ".join(("train", *words))):
            await self._tell(interaction, begin_training(self._services, interaction, words))

    def _says(self, english: str, say: Callable[[Interaction], Awaitable[Message]]) -> Any:
        async def use(interaction: Interaction) -> None:
            if await self._let_in(interaction, english):
                await self._tell(interaction, say(interaction))

        return use

    async def _tell(self, interaction: Interaction, saying: Awaitable[Message]) -> None:
        try:
            said: Message | None = await saying
        except FORESEEN as error:
            said = explain_problem(error)
        if said is not None:
            await answer(interaction, said)

    async def _let_in(self, interaction: Interaction, used: str) -> bool:
        """Tell whether somebody is an admin; to others the command does not exist."""
        await self._languages.defer(interaction, ephemeral=True)
        person = person_of(interaction.user)
        if person not in self._services.admins:
            await answer(interaction, help.unknown_command())
            return False
        log.info("Admin %s: /%s", person, used)
        return True

    def _command(self, english: str, act: Any) -> app_commands.Command[Any, ..., None]:
        command = app_commands.Command[Any, ..., None](
            name=name(english),
            description=purpose(english),
            callback=act,
            allowed_contexts=NOT_AMONG_PEOPLE,
            allowed_installs=BY_SERVERS,
        )
        command.default_permissions = discord.Permissions.none()
        return command
