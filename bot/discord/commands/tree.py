"""The commands as discord.py keeps them, and what becomes of their errors."""

from __future__ import annotations

import logging
from typing import Any

import discord
from discord import app_commands

from bot.conversation.problems import unforeseen
from bot.discord.replies import Interaction, answer
from bot.discord.retries import AWAY
from bot.errors import NotDelivered

log = logging.getLogger(__name__)


class Tree(app_commands.CommandTree[Any]):
    """The commands, and what becomes of their errors."""

    async def on_error(
        self, interaction: Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the person that something went wrong, and the log what."""
        cause = error.__cause__ or error
        if isinstance(cause, (discord.HTTPException, *AWAY)):
            log.warning("Command %d could not be answered (%s).", interaction.id, cause)
            return
        if isinstance(cause, NotDelivered):
            log.warning("Command %d could not be carried out (%s).", interaction.id, cause)
        else:
            log.error("Command %d failed.", interaction.id, exc_info=cause)
        try:
            await answer(interaction, unforeseen())
        except (discord.HTTPException, *AWAY) as failed:
            log.warning("Command %d: the person could not be told (%s).", interaction.id, failed)
