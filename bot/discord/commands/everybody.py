"""The commands of everybody: pictures of anybody's are read, and what /help and others say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import discord
from discord import app_commands

from bot.conversation import help
from bot.conversation.forget import ask_forget
from bot.conversation.languages import ask_language
from bot.conversation.message import Message
from bot.conversation.problems import FORESEEN, explain_problem
from bot.discord.commands.names import name, purpose
from bot.discord.commands.unfinished import UnfinishedCommands
from bot.discord.languages import Languages
from bot.discord.photos import Photos
from bot.discord.pictures import SentPicture, pictures_in, pictures_of
from bot.discord.rendering import shown_in
from bot.discord.replies import Interaction, answer, person_of
from bot.messages.language import html

log = logging.getLogger(__name__)

EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
"""Servers, direct messages with the bot, and those of people with each other."""

BY_ANYBODY = app_commands.AppInstallationType(guild=True, user=True)
"""A command is there where a server has the bot, and where a person has."""


class EverybodysCommands:
    """Answers the commands of everybody.

    Args:
        photos: answers pictures.
        languages: says which language to speak.
        unfinished: keeps commands with pictures until they are answered.
    """

    def __init__(
        self, photos: Photos, languages: Languages, unfinished: UnfinishedCommands
    ) -> None:
        self._photos = photos
        self._languages = languages
        self._unfinished = unfinished

    def add_to(self, tree: app_commands.CommandTree[Any]) -> None:
        """Add the commands to the tree from which Discord's menus are made."""
        for english, act in (
            ("read", self.read),
            ("why", self.why),
            ("help", self._says(lambda: help.show_help(by_menu=True))),
            ("privacy", self._says(lambda: help.privacy(with_channels=True))),
            ("forget", self._says(lambda: ask_forget(group=False))),
            ("language", self._says(ask_language)),
        ):
            command = app_commands.Command[Any, ..., None](
                name=name(english),
                description=purpose(english),
                callback=act,
                allowed_contexts=EVERYWHERE,
                allowed_installs=BY_ANYBODY,
            )
            tree.add_command(command)
        for title, choose in (
            ("Read digits", self.read_message),
            ("Why this reading?", self.why_message),
        ):
            menu = app_commands.ContextMenu(
                name=name(title),
                callback=choose,
                allowed_contexts=EVERYWHERE,
                allowed_installs=BY_ANYBODY,
            )
            tree.add_command(menu)

    @app_commands.rename(picture=name("picture"))
    @app_commands.describe(picture=purpose("picture"))
    async def read(self, interaction: Interaction, picture: discord.Attachment) -> None:
        """Read the picture that is given with the command."""
        await self._languages.defer(interaction)
        await self._answer(interaction, pictures_of([picture]))

    async def read_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Read the pictures in the message whose menu was opened."""
        await self._languages.defer(interaction)
        await self._answer(interaction, pictures_in(message))

    async def why(self, interaction: Interaction) -> None:
        """Explain the last picture of the person who asks."""
        await self._languages.defer(interaction, ephemeral=True)
        picture = self._photos.find_last(person_of(interaction.user))
        await self._explain(interaction, picture, help.why_which())

    async def why_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Explain the answer, or the picture, whose menu was opened."""
        await self._languages.defer(interaction, ephemeral=True)
        answers = shown_in(message).answers
        found = self._photos.find(answers[0]) if answers else None
        pictures = [] if message.author.id == interaction.application_id else pictures_in(message)
        picture = found or (pictures[0] if pictures else None)
        await self._explain(interaction, picture, help.why_which())

    async def _answer(self, interaction: Interaction, pictures: Sequence[SentPicture]) -> None:
        async def say(said: Message) -> None:
            await answer(interaction, said)

        if not pictures:
            await say(help.no_picture())
            return
        person, label = person_of(interaction.user), f"Command {interaction.id}"
        async with self._unfinished.kept(interaction, pictures):
            try:
                await self._photos.answer(pictures, person, label, say)
            except FORESEEN as error:
                await self._tell(interaction, explain_problem(error))

    async def _explain(
        self, interaction: Interaction, picture: SentPicture | None, otherwise: Message
    ) -> None:
        if picture is None:
            await self._tell(interaction, otherwise)
            return
        try:
            said = await self._photos.explain(picture, person_of(interaction.user))
        except FORESEEN as error:
            await self._tell(interaction, explain_problem(error))
        else:
            await self._tell(interaction, said)

    async def _tell(self, interaction: Interaction, said: Message | None) -> None:
        """Say something; where the person was told already, end their waiting all the same."""
        waiting = Message(html("I am still reading your other pictures."))
        await answer(interaction, said or waiting)

    def _says(self, say: Callable[[], Message]) -> Callable[[Interaction], Any]:
        """Make a command that says something to the person alone."""

        async def use(interaction: Interaction) -> None:
            await self._languages.defer(interaction, ephemeral=True)
            await answer(interaction, say())

        return use
