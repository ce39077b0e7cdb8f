"""Pictures come in, and are answered."""

from __future__ import annotations

import pytest

from bot.conversation.services import Services
from bot.messages import texts
from model.errors import FileTooLarge, NotAnImage
from model.types import Reading, Refusal
from tests.bot.discord.simulated import PHOTO, labels, serving
from tests.bot.fakes import FakeReader, digit


async def test_a_photo_in_a_direct_message_is_answered_in_reply_with_a_described_card(
    services: Services,
) -> None:
    async with serving(services) as server:
        answer = await server.ask_alone(server.ada.user, PHOTO)
        assert answer.content.startswith("`7`")
        (card,) = answer.attachments
        assert card.description.startswith("7")
        assert (await card.read()).startswith(b"\x89PNG")
        assert labels(answer) == ["✓ right", "✗ wrong", "why?"]
        (sent,) = [m for m in server.ada.user.dm_channel.history() if m.author.id == server.ada.id]
        assert answer.reference.message_id == sent.id


async def test_among_people_it_answers_mentions_and_replies_and_is_silent_otherwise(
    services: Services, reader: FakeReader
) -> None:
    async with serving(services) as server:
        await server.ada.send(server.channel, "look", attachments=[PHOTO])
        answer = await server.ask()
        assert answer.content.startswith("`7`") and len(server.said) == 1
        await server.boris.send(server.channel, "", reply_to=answer, attachments=[PHOTO])
        assert len(server.said) == 2 and server.said[-1].content.startswith("`7`")
        # Discord hides from the bot what other people write, also where somebody replies to it.
        picture = await server.boris.send(server.channel, "", attachments=[PHOTO])
        await server.ada.send(server.channel, server.mention, reply_to=picture)
        assert server.said[-1].content == texts.READ_BY_MENU and len(reader.photos) == 2


async def test_several_digits_are_one_number_with_a_picture_of_where_they_are(
    services: Services, reader: FakeReader
) -> None:
    reader.result = Reading(tuple(digit(label) for label in (3, 1, 8)))
    async with serving(services) as server:
        answer = await server.ask_alone(server.ada.user, PHOTO)
        assert answer.content.startswith("`318`") and len(answer.attachments) == 1
        changed = await server.correct(server.ada.user, answer, "319")
        assert changed.response.content.endswith("You say that it is `319`.")


async def test_several_pictures_are_one_answer(services: Services) -> None:
    async with serving(services) as server:
        answer = await server.ask(PHOTO, PHOTO, PHOTO)
        assert [line.partition(" ")[2] for line in answer.content.splitlines()] == ["`7`"] * 3
        assert labels(answer) == ["✗ 1", "✗ 2", "✗ 3", "✓ all right"]
        shown = await server.ada.click(answer, label="✗ 2")
        assert shown.modal["title"] == "What does photo 2 say?"
        changed = await server.correct(server.ada, answer, "5", "✗ 2")
        assert "Photo 2: ✎ You say that it is `5`." in changed.response.content


async def test_a_refusal_says_why_and_can_be_contradicted(
    services: Services, reader: FakeReader
) -> None:
    reader.result, reader.candidates = Reading((), refusal=Refusal.UNSURE), (digit(4),)
    async with serving(services) as server:
        answer = await server.ask_alone(server.ada.user, PHOTO)
        assert answer.content == texts.REFUSALS[Refusal.UNSURE] and answer.attachments == []
        (insist, _) = labels(answer)
        changed = await server.correct(server.ada.user, answer, "4", insist)
        assert "You say that it is `4`." in changed.response.content


@pytest.mark.parametrize("error", [NotAnImage("no"), FileTooLarge("large")])
async def test_what_cannot_be_read_is_answered_with_a_sentence(
    services: Services, reader: FakeReader, error: NotAnImage | FileTooLarge
) -> None:
    reader.result = error
    async with serving(services) as server:
        answer = await server.ask_alone(server.ada.user, PHOTO)
        assert answer.content == texts.PHOTO_PROBLEMS[type(error)]
        assert "Telegram" not in answer.content
