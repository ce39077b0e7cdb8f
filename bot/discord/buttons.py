"""What is pressed under a message, and the form in which one types what a photo says.

Everything that a button means stands in it, and the form is known by its name, so both work after a
restart and in any process.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Self

import discord
from markupsafe import escape

from bot.conversation.admin.training import FINE_TUNE_NAME
from bot.conversation.buttons.actions import Insist, TrainAnyway, Why, Wrong, decode
from bot.conversation.buttons.presses import press
from bot.conversation.corrections.pressed import refuse_others
from bot.conversation.corrections.typed import correct_answer
from bot.conversation.message import Message, Reaction
from bot.conversation.problems import FORESEEN, explain_problem, unforeseen
from bot.conversation.services import Services
from bot.conversation.why import photo_gone
from bot.discord.languages import Languages
from bot.discord.messenger import begin_training
from bot.discord.photos import Photos
from bot.discord.pictures import SentPicture, pictures_in
from bot.discord.rendering import FORM, shown_in, to_content, to_form, to_view, typed_in
from bot.discord.replies import answer, follow_up, person_of
from bot.discord.retries import AWAY, MAX_INTERACTION_AGE, with_retries
from bot.messages import texts
from bot.messages.language import gettext
from bot.store.answers import photo_number
from bot.store.people import Person

if TYPE_CHECKING:
    from bot.discord.client import DiscordClient

log = logging.getLogger(__name__)

FORM_SECONDS = 2.0
"""How long it may take to find out whether to show the form. Discord waits for 3 s."""

EPHEMERAL = 64
"""The flag of a message that only one person sees."""


class PressedButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=re.compile(r"(?s).{1,100}")
):
    """Any button of the bot's, when it is pressed."""

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """Make it of what Discord sends with a press."""
        assert isinstance(item, discord.ui.Button), "the bot sends no other component"
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to the client that received it."""
        client: DiscordClient = interaction.client
        await client.presses.pressed(interaction, self.item.custom_id or "")


class Presses:
    """Does what a press or a form means.

    Args:
        services: what the conversation works with.
        photos: answers pictures.
        languages: says which language to speak.
    """

    def __init__(self, services: Services, photos: Photos, languages: Languages) -> None:
        self._services = services
        self._photos = photos
        self._languages = languages

    async def pressed(self, interaction: discord.Interaction[Any], data: str) -> None:
        """Do what a button means."""
        async with self._answering(interaction):
            match decode(data):
                case Wrong(identity) | Insist(identity):
                    await self._ask(interaction, identity)
                case Why(identity):
                    await self._explain(interaction, identity)
                case TrainAnyway() if _presser(interaction) in self._services.admins:
                    await self._train(interaction)
                case _:
                    await self._react(interaction, data)

    async def submitted(self, interaction: discord.Interaction[Any], name: str) -> None:
        """Take what somebody typed into the form."""
        message, person = interaction.message, _presser(interaction)
        assert message is not None, "the form opens by a button under a message"
        async with self._answering(interaction):
            await interaction.response.defer()
            await self._languages.speak_to(interaction)
            correction = await correct_answer(
                self._services,
                name.removeprefix(FORM),
                typed_in(interaction),
                shown_in(message),
                [person],
            )
            if correction.change is not None:
                await _change(interaction, correction.change)
            else:
                await follow_up(interaction, correction.reply, ephemeral=True)

    @asynccontextmanager
    async def _answering(self, interaction: discord.Interaction[Any]) -> AsyncIterator[None]:
        """Say what becomes of errors."""
        try:
            yield
        except (discord.HTTPException, *AWAY) as error:
            # Deleted meanwhile, or pressed while the bot was restarting. It counts all the same.
            log.info("A press could not be answered (%s).", error)
        except Exception:
            log.exception("A press failed.")
            await follow_up(interaction, unforeseen(), ephemeral=True)

    async def _ask(self, interaction: discord.Interaction[Any], identity: str) -> None:
        """Show the form in which one types what a photo really says, to whom it belongs."""
        services, person = self._services, _presser(interaction)
        try:
            # A form can only be the first answer, so nothing can be promised before.
            async with asyncio.timeout(FORM_SECONDS):
                await self._languages.speak_to(interaction)
                refused = await refuse_others(
                    services.database, services.answer_log, identity, [person]
                )
        except TimeoutError:
            refused = gettext(texts.NOT_KEPT)
        if refused is not None:
            await interaction.response.send_message(refused, ephemeral=True)
        else:
            await interaction.response.send_modal(to_form(identity))

    async def _explain(self, interaction: discord.Interaction[Any], identity: str) -> None:
        await self._languages.defer(interaction, ephemeral=_is_private(interaction.message))
        picture = self._photos.find(identity) or await _picture_replied_to(interaction, identity)
        if picture is None:
            said: Message | None = Message(escape(photo_gone(by_menu=True)))
        else:
            try:
                said = await self._photos.explain(picture, _presser(interaction))
            except FORESEEN as error:
                said = explain_problem(error)
        if said is not None:
            await answer(interaction, said)

    async def _train(self, interaction: discord.Interaction[Any]) -> None:
        """Train although nothing new is accepted, as an admin wants."""
        await interaction.response.defer()
        await self._languages.speak_to(interaction)
        try:
            said = await begin_training(self._services, interaction, [FINE_TUNE_NAME])
        except FORESEEN as error:
            said = explain_problem(error) or unforeseen()
        await _change(interaction, Reaction(text=said.text, buttons=()))

    async def _react(self, interaction: discord.Interaction[Any], data: str) -> None:
        """Show what a press brings about."""
        await interaction.response.defer()
        await self._languages.speak_to(interaction)
        message = interaction.message
        assert message is not None, "a button stands under a message"
        reaction = await press(self._services, data, shown_in(message), _presser(interaction))
        await _change(interaction, reaction)
        if reaction.reply is not None:
            private = _is_private(message)
            await follow_up(interaction, reaction.reply, ephemeral=private)
        if reaction.notice and (reaction.alert or reaction.text is None):
            await with_retries(
                lambda: interaction.followup.send(reaction.notice, ephemeral=True),
                MAX_INTERACTION_AGE,
            )


async def _change(interaction: discord.Interaction[Any], change: Reaction) -> None:
    """Change the message that was pressed."""
    parts: dict[str, Any] = {}
    if change.text is not None:
        parts["content"] = to_content(change.text)
    if change.buttons is not None:
        parts["view"] = to_view(change.buttons)
    if parts:
        await with_retries(lambda: interaction.edit_original_response(**parts), MAX_INTERACTION_AGE)


async def _picture_replied_to(
    interaction: discord.Interaction[Any], identity: str
) -> SentPicture | None:
    """Find the picture of an answer by the message that the answer replies to."""
    reference = interaction.message.reference if interaction.message is not None else None
    channel, number = interaction.channel, reference.message_id if reference else None
    if number is None or not isinstance(channel, discord.abc.Messageable):
        return None
    try:
        message = await with_retries(lambda: channel.fetch_message(number), MAX_INTERACTION_AGE)
    except (discord.HTTPException, *AWAY) as error:
        log.debug("The message with the picture cannot be had (%s).", error)
        return None
    pictures = pictures_in(message)
    place = (photo_number(identity) or 1) - 1
    return pictures[place] if place < len(pictures) else None


def _presser(interaction: discord.Interaction[Any]) -> Person:
    return person_of(interaction.user)


def _is_private(message: discord.Message | None) -> bool:
    return message is not None and bool(message.flags.value & EPHEMERAL)
