"""Commands with pictures that are being answered: a restart in the middle does not lose them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import discord

from bot.conversation.message import Message
from bot.conversation.problems import FORESEEN, explain_problem
from bot.discord.photos import Photos
from bot.discord.pictures import SentPicture
from bot.discord.rendering import to_parts
from bot.discord.replies import Interaction, person_of
from bot.discord.retries import AWAY, MAX_INTERACTION_AGE, with_retries
from bot.messages import texts
from bot.messages.language import current_language, html, speaking
from bot.store.people import Person
from bot.store.updates.memory import Json, UpdateMemory
from bot.store.updates.records import MAX_DEATHS

log = logging.getLogger(__name__)

ORIGINAL: Any = "@original"
"""Stands for the number of the answer that was promised."""


class UnfinishedCommands:
    """Writes commands down while they are answered, and answers them after a restart.

    Args:
        client: has the connection.
        memory: keeps what is not answered.
        photos: answers pictures.
    """

    def __init__(self, client: discord.Client, memory: UpdateMemory, photos: Photos) -> None:
        self._client = client
        self._memory = memory
        self._photos = photos
        self._here: set[int] = set()

    @asynccontextmanager
    async def kept(
        self, interaction: Interaction, pictures: Sequence[SentPicture]
    ) -> AsyncIterator[None]:
        """Keep a command until the block ends; if the block is broken off, beyond it."""
        number = interaction.id
        content = {
            "command": number,
            "application": interaction.application_id,
            "token": interaction.token,
            "person": str(person_of(interaction.user)),
            "language": current_language(),
            "pictures": [picture.attachment.to_dict() for picture in pictures],
        }
        self._here.add(number)
        await self._memory.begin([number])
        await self._memory.keep({number: content})
        try:
            yield
        except Exception:
            await self._memory.finish(number)
            raise
        else:
            await self._memory.finish(number)
        finally:
            self._here.discard(number)

    async def catch_up(self) -> None:
        """Answer what was not answered before the last stop."""
        for content in await self._memory.kept():
            if "command" in content and content["command"] not in self._here:
                await self._resume(content)

    async def _resume(self, content: Json) -> None:
        """Answer a command that was kept before the last stop; after 15 minutes nobody can."""
        number = content["command"]
        begun = (await self._memory.begin([number])).get(number)
        webhook = discord.Webhook.partial(
            content["application"], content["token"], client=self._client
        )

        async def say(said: Message) -> None:
            async def edit() -> None:
                parts = to_parts(said)
                files = parts.pop("files", [])
                await webhook.edit_message(ORIGINAL, attachments=files, **parts)

            await with_retries(edit, MAX_INTERACTION_AGE)

        with speaking(content["language"]):
            try:
                if begun is not None and begun.times >= MAX_DEATHS:
                    log.error("Command %d is given up: the bot died with it.", number)
                    await say(Message(html(texts.GIVEN_UP)))
                else:
                    await self._answer(content, say)
            except (discord.HTTPException, *AWAY) as error:
                log.info("Command %d can no longer be answered (%s).", number, error)
        await self._memory.finish(number)

    async def _answer(self, content: Json, say: Any) -> None:
        state = self._client._connection
        pictures = [
            SentPicture(discord.Attachment(data=each, state=state), None)
            for each in content["pictures"]
        ]
        person, name = Person.parse(content["person"]), f"Command {content['command']}"
        try:
            await self._photos.answer(pictures, person, name, say)
        except FORESEEN as error:
            said = explain_problem(error)
            if said is not None:
                await say(said)
