"""Which language somebody on Discord is answered in."""

from __future__ import annotations

from collections import OrderedDict

import discord

from bot.discord.replies import Interaction, person_of
from bot.messages.language import speak
from bot.serving.languages import PeoplesLanguages
from bot.store.people import Person

MAX_REMEMBERED_PEOPLE = 1000
"""People whose language is known from what they pressed or commanded."""


class Languages:
    """Sets the language for whoever wrote, pressed or commanded.

    Discord tells a person's language with a press or a command, not with a message. For messages
    the last one that it told counts, or else the server's.

    Args:
        languages: knows what people have chosen by /language.
    """

    def __init__(self, languages: PeoplesLanguages) -> None:
        self._languages = languages
        self._told: OrderedDict[Person, str] = OrderedDict()

    async def defer(self, interaction: Interaction, *, ephemeral: bool = False) -> None:
        """Promise an answer at once, as Discord waits for 3 s only; then find the language for it.

        Args:
            interaction: a command, or a press that is answered by a message of its own.
            ephemeral: whether the answer is for the person alone.
        """
        await interaction.response.defer(thinking=True, ephemeral=ephemeral)
        await self.speak_to(interaction)

    async def speak_to(self, interaction: Interaction) -> None:
        """Speak the language of the person who pressed or commanded."""
        person, code = person_of(interaction.user), interaction.locale.value
        self._told[person] = code
        self._told.move_to_end(person)
        if len(self._told) > MAX_REMEMBERED_PEOPLE:
            self._told.popitem(last=False)
        speak(await self._languages.find(person, code))

    async def answer_in(self, message: discord.Message) -> None:
        """Speak the language of the person who wrote."""
        person = person_of(message.author)
        of_server = message.guild.preferred_locale.value if message.guild else None
        speak(await self._languages.find(person, self._told.get(person, of_server)))
