"""What is pressed under an answer, and by whom."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.conversation.services import Services
from bot.discord.rendering import FIELD
from bot.messages import texts
from bot.store import corrections
from bot.store.corrections import State
from bot.store.engine.database import CALL_SECONDS, Database
from tests.bot import fakes
from tests.bot.discord.simulated import PHOTO, serving
from tests.bot.fakes import FakeReader


async def test_right_is_noted(services: Services) -> None:
    async with serving(services) as server:
        pressed = await server.ada.click(await server.ask(), label="✓ right")
        assert "right" in pressed.response.content
    assert (await corrections.count(services.database))[State.CONFIRMED] == 1


async def test_a_wrong_answer_opens_a_form_and_what_is_no_number_is_asked_again(
    services: Services,
) -> None:
    async with serving(services) as server:
        answer = await server.ask()
        shown = await server.ada.click(answer, label="✗ wrong")
        assert shown.modal["title"] == "What does it say?"
        nothing = await server.correct(server.ada, answer, "none")
        assert nothing.followups[0].ephemeral
        assert "type the number alone" in nothing.followups[0].content
        changed = await server.correct(server.ada, answer, "4")
        assert changed.response.content.startswith("`7`")
        assert changed.response.content.endswith("You say that it is `4`.")
    assert (await corrections.count(services.database))[State.WAITING] == 1


@pytest.mark.parametrize("label", ["✓ right", "✗ wrong"])
async def test_other_peoples_clicks_are_refused_and_nobody_else_sees_that(
    services: Services, label: str
) -> None:
    async with serving(services) as server:
        refused = await server.boris.click(await server.ask(), label=label)
        said = refused.followups or [refused.response]
        assert said[0].ephemeral and refused.modal is None
        assert "Only the person who sent the photo" in said[0].content
    assert sum((await corrections.count(services.database)).values()) == 0


async def test_why_shows_how_it_was_read(services: Services) -> None:
    async with serving(services) as server:
        said = await server.boris.click(await server.ask(), label="why?")
        assert said.response.content == "Why." and said.response.attachments


async def test_buttons_of_an_answer_from_before_a_restart_work(
    services: Services, reader: FakeReader, tmp_path: Path
) -> None:
    async with serving(services) as server:
        answer, second = await server.ask(), await server.ask()
        await services.answer_log.close()
        # Another process knows what stands in the database, and nothing else.
        await server.restart(fakes.services(services.database, reader, tmp_path))
        pressed = await server.ada.click(second, label="✓ right")
        assert "right" in pressed.response.content
        refused = await server.boris.click(answer, label="✗ wrong")
        assert refused.response.ephemeral
        changed = await server.correct(server.ada, answer, "4")
        assert changed.response.content.endswith("You say that it is `4`.")
        why = await server.ada.click(answer, label="why?")
        assert why.response.content == "Why."
    counted = await corrections.count(services.database)
    assert (counted[State.CONFIRMED], counted[State.WAITING]) == (1, 1)


class SlowDatabase(Database):
    """Takes long for everything; notes whether Discord had been answered before it was asked.

    Attributes:
        seconds: how long.
        answered: tells whether Discord has been answered.
        asked: what that was, each time.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self.answered: Callable[[], bool] = lambda: False
        self.asked: list[bool] = []
        self.seconds = 0.2

    @asynccontextmanager
    async def reading(self, seconds: float = CALL_SECONDS) -> AsyncIterator[AsyncConnection]:
        self.asked.append(self.answered())
        await asyncio.sleep(self.seconds)
        async with super().reading(seconds) as connection:
            yield connection


@pytest_asyncio.fixture
async def slow(sqlite_address: str) -> AsyncIterator[SlowDatabase]:
    """The database of `services`, slower."""
    slow = SlowDatabase.at(sqlite_address)
    assert isinstance(slow, SlowDatabase)
    yield slow
    await slow.close()


@pytest.mark.parametrize("act", ["help", "read", "Read digits", "train", "✓ right", "why?", "say"])
async def test_an_answer_is_promised_before_a_slow_database_is_asked(
    services: Services, slow: SlowDatabase, reader: FakeReader, tmp_path: Path, act: str
) -> None:
    async with serving(services) as server:
        answer = await server.ask()
        await services.answer_log.close()
        shown = await server.ada.click(answer, label="✗ wrong")
        pictures = await server.boris.send(server.channel, "", attachments=[PHOTO])
        requests = server.env.http_requests
        await server.restart(fakes.services(slow, reader, tmp_path))
        before = len(requests)
        slow.asked.clear()
        slow.answered = lambda: any("/callback" in each.path for each in requests[before:])
        if act == "help":
            done = await server.ada.slash(server.channel, act)
        elif act == "read":
            done = await server.ada.slash(server.channel, act, picture=PHOTO)
        elif act == "Read digits":
            done = await server.ada.context_menu(server.channel, act, pictures)
        elif act == "train":
            done = await server.root.slash(server.channel, act)
        elif act == "say":
            done = await server.ada.submit_modal(shown, {FIELD: "4"})
        else:
            done = await server.ada.click(answer, label=act)
        assert done.acknowledged and slow.asked and all(slow.asked)


async def test_a_form_that_a_slow_database_holds_up_is_not_waited_for(
    services: Services, slow: SlowDatabase, reader: FakeReader, tmp_path: Path
) -> None:
    async with serving(services) as server:
        answer = await server.ask()
        await services.answer_log.close()
        await server.restart(fakes.services(slow, reader, tmp_path))
        slow.seconds = 5.0
        refused = await server.ada.click(answer, label="✗ wrong")
        assert refused.response.content == texts.NOT_KEPT and refused.response.ephemeral
