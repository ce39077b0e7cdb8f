"""What people write that is no picture."""

from __future__ import annotations

import pytest

from bot.conversation.services import Services
from bot.messages import texts
from tests.bot.discord.simulated import serving


async def test_a_number_typed_in_reply_replaces_the_reading(services: Services) -> None:
    async with serving(services) as server:
        answer = await server.ask()
        await server.ada.send(server.channel, "4", reply_to=answer)
        first, thanks = server.said
        assert thanks.content == "Thank you, I have noted `4`."
        assert "You say that it is `4`" in first.content
        # Somebody else's number changes nothing.
        await server.boris.send(server.channel, "5", reply_to=answer)
        assert "Only the person who sent the photo" in server.said[-1].content
        assert "`4`" in server.said[0].content


async def test_among_people_one_person_is_not_told_without_end_what_to_send(
    services: Services,
) -> None:
    async with serving(services) as server:
        for _ in range(5):
            await server.ada.send(server.channel, f"{server.mention} hello")
        assert [each.content for each in server.said] == [texts.NOT_FOR_ME["text"]] * 3


@pytest.mark.parametrize(
    ("name", "said"),
    [("a.pdf", texts.NOT_FOR_ME["file"]), ("a.mp4", texts.NOT_FOR_ME["video"])],
)
async def test_what_is_no_picture_is_answered_with_what_to_send(
    services: Services, name: str, said: str
) -> None:
    async with serving(services) as server:
        answer = await server.ask_alone(server.ada.user, (name, b"something"))
        assert answer.content == said and "Telegram" not in said
