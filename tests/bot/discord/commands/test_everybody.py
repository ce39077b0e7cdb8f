"""The commands of everybody."""

from __future__ import annotations

import pytest

from bot.conversation.services import Services
from bot.messages import texts
from bot.store.updates import channels
from tests.bot.discord.simulated import PHOTO, labels, serving
from tests.bot.fakes import FakeReader, until


async def test_read_takes_a_picture(services: Services) -> None:
    async with serving(services) as server:
        read = await server.ada.slash(server.channel, "read", picture=PHOTO)
        assert read.response.content.startswith("`7`") and read.response.attachments
        assert not read.response.ephemeral
        changed = await server.correct(server.ada, read.response, "4")
        assert changed.response.content.endswith("You say that it is `4`.")
        alone = await server.boris.user.slash("read", picture=PHOTO)
        assert alone.response.content.startswith("`7`")


async def test_read_digits_answers_in_the_menu_of_anybodys_message(services: Services) -> None:
    async with serving(services) as server:
        pictures = await server.boris.send(server.channel, "", attachments=[PHOTO, PHOTO])
        read = await server.ada.context_menu(server.channel, "Read digits", pictures)
        assert labels(read.response) == ["✗ 1", "✗ 2", "✓ all right"]
        refused = await server.boris.click(read.response, label="✓ all right")
        assert "Only the person who sent the photo" in refused.followups[0].content
        empty = await server.boris.send(server.channel, "hello")
        read = await server.ada.context_menu(server.channel, "Read digits", empty)
        assert read.response.content == texts.NO_PICTURE


async def test_why_explains_the_last_picture_or_that_of_a_message(services: Services) -> None:
    async with serving(services) as server:
        nothing = await server.ada.slash(server.channel, "why")
        assert nothing.response.content == texts.WHY_WHICH
        answer = await server.ask()
        picture = await server.boris.send(server.channel, "", attachments=[PHOTO])
        for asked in (
            await server.ada.slash(server.channel, "why"),
            await server.boris.context_menu(server.channel, "Why this reading?", answer),
            await server.ada.context_menu(server.channel, "Why this reading?", picture),
        ):
            assert asked.response.content == "Why." and asked.response.attachments
            assert asked.response.ephemeral


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("help", "**Among others**"),
        ("privacy", "numbers of the channels"),
        ("forget", "I cannot undo that"),
        ("language", "Which language"),
    ],
)
async def test_what_commands_say_is_seen_by_one_person(
    services: Services, command: str, said: str
) -> None:
    async with serving(services) as server:
        answer = await server.ada.slash(server.channel, command)
        assert said in answer.response.content and answer.response.ephemeral
        alone = await server.ada.user.slash(command)
        assert alone.response.content == answer.response.content


async def test_everything_is_forgotten_after_one_question(services: Services) -> None:
    async with serving(services) as server:
        mine = await server.ask_alone(server.ada.user, PHOTO)
        await server.ask_alone(server.boris.user, PHOTO)
        bot, own = server.env.bot.user.id, server.ada.user.dm_channel.id
        known: dict[int, int] = {}

        async def noted() -> None:
            known.update(await channels.recent(services.database, bot))

        await noted()
        assert set(known) == {own, server.boris.user.dm_channel.id}
        asked = await server.ada.slash(server.channel, "forget")
        left = await server.ada.click(asked.response, label="No, leave it")
        assert left.response.content == "I have deleted nothing."
        asked = await server.ada.slash(server.channel, "forget")
        done = await server.ada.click(asked.response, label="Yes, delete it")
        assert "1 photo" in done.response.content and labels(done.response) == []
        assert set(await channels.recent(services.database, bot)) == set(known) - {own}
        which = await server.ada.slash(server.channel, "why")
        assert which.response.attachments == []
        gone = await server.ada.user.click(mine, label="✓ right")
        assert "no longer have that digit" in gone.followups[0].content


async def test_the_language_that_is_chosen_is_spoken_from_then_on(
    services: Services, reader: FakeReader
) -> None:
    async with serving(services) as server:
        asked = await server.ada.slash(server.channel, "language")
        assert asked.response.content == "Which language shall I speak?"
        chosen = await server.ada.click(asked.response, label="Italiano")
        assert "italiano" in chosen.response.content and "✓ Italiano" in labels(chosen.response)
        said = await server.ask_alone(server.ada.user, words="ciao")
        assert "Leggo" in said.content
        # Nobody else's language has changed.
        said = await server.ask_alone(server.boris.user, words="hello")
        assert said.content == texts.NOT_FOR_ME["text"]


async def test_commands_come_back_where_a_restart_broke_them_off(services: Services) -> None:
    """What a process had in hand is answered by the next one: see `test_wire`."""
    async with serving(services) as server:
        await server.ada.slash(server.channel, "read", picture=PHOTO)
        await until(lambda: not server.client.unfinished._here)
        assert await server.client.inbox.memory.kept() == []
