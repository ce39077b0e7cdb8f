"""Each update is answered once, whatever comes twice, dies or has to wait."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.messages import texts
from bot.store import Database
from bot.store.updates.memory import UpdateMemory
from bot.store.updates.records import MAX_DEATHS
from bot.telegram.transport.updates import UpdateTracker
from tests.bot.fakes import FakeTelegram, application, until
from tests.bot.telegram.pending import Slow, message, opened


async def ended(dead: list[UpdateTracker]) -> None:
    """Wait for what killed processes would no longer have done, before the database is closed."""
    for tracker in dead:
        await tracker.wait(20)


async def test_a_pending_update_is_not_taken_twice() -> None:
    slow = Slow()
    async with application(FakeTelegram(), [slow.handler]) as bot:
        tracker = opened(bot)
        first = await tracker.take([message(3)])
        assert first is not None and await tracker.take([message(3)]) == first
        assert tracker.oldest == 3
        slow.go_on.set()
        await tracker.close(1)
        assert slow.done == [3]
        assert tracker.oldest is None
        assert await tracker.take([message(4)]) is None


async def test_before_anybody_can_answer_nothing_is_taken() -> None:
    async with application(FakeTelegram(), [Slow().handler]) as bot:
        assert await UpdateTracker(bot, UpdateMemory(None)).take([message(3)]) is None


async def test_an_answered_update_that_comes_again_is_not_answered_again() -> None:
    slow = Slow()
    slow.go_on.set()
    async with application(FakeTelegram(), [slow.handler]) as bot:
        tracker = opened(bot)
        for _ in range(2):
            await tracker.take([message(3)])
            await tracker.wait(5)
    assert slow.done == [3]


async def test_nor_does_a_restart_answer_it_again(sqlite_database: Database) -> None:
    slow = Slow()
    slow.go_on.set()
    async with application(FakeTelegram(), [slow.handler]) as bot:
        for numbers in ((3, 4), (4, 5)):
            tracker = opened(bot, sqlite_database)
            await tracker.take([message(number) for number in numbers])
            await tracker.wait(5)
    assert slow.done == [3, 4, 5]


async def test_an_update_with_which_the_bot_dies_alone_too_is_given_up(
    sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    fake, slow = FakeTelegram(), Slow()
    async with application(fake, [slow.handler]) as bot:
        dead = [opened(bot, sqlite_database) for _ in range(MAX_DEATHS + 1)]
        for death, killed in enumerate(dead):
            # A process that was killed: its tracker is never closed.
            await killed.take([message(3, "poison")])
            await until(lambda: len(slow.seen) > death)  # noqa: B023 - it is called at once
        tracker = opened(bot, sqlite_database)
        await tracker.take([message(3, "poison")])
        await tracker.wait(5)
        assert tracker.oldest is None
        slow.go_on.set()
        await ended(dead)
    assert fake.texts() == [texts.GIVEN_UP]
    assert "Update 3 is given up" in caplog.text
    assert "poison" not in caplog.text


async def test_those_that_were_pending_beside_it_are_tried_one_by_one_and_answered(
    sqlite_database: Database,
) -> None:
    fake, slow = FakeTelegram(), Slow()
    updates = [message(number) for number in (3, 4, 5)]
    async with application(fake, [slow.handler]) as bot:
        dead = [opened(bot, sqlite_database) for _ in range(MAX_DEATHS + 1)]
        for death, killed in enumerate(dead[:-1], 1):
            await killed.take(updates)
            await until(lambda: len(slow.seen) == 3 * death)  # noqa: B023 - as above
        slow.seen = []
        await dead[-1].take(updates)
        await until(lambda: slow.seen == [3])
        # It dies with the first of them.
        tracker, slow.seen = opened(bot, sqlite_database), []
        await tracker.take([*updates, message(6)])
        await until(lambda: slow.seen == [6, 4])
        slow.go_on.set()
        await tracker.wait(5)
        assert tracker.oldest is None and 5 in slow.seen
        await ended(dead)
    assert fake.texts() == [texts.GIVEN_UP]


async def test_what_was_left_when_told_to_stop_is_no_death(sqlite_database: Database) -> None:
    fake, slow = FakeTelegram(), Slow()
    async with application(fake, [slow.handler]) as bot:
        for _ in range(MAX_DEATHS + 1):
            tracker = opened(bot, sqlite_database)
            await tracker.take([message(3)])
            await until(lambda: len(slow.seen) > 0)
            await tracker.close(0.01)
        slow.go_on.set()
        tracker = opened(bot, sqlite_database)
        await tracker.take([message(3)])
        await tracker.wait(5)
    assert slow.done == [3]
    assert fake.texts() == []


async def test_what_has_to_wait_is_kept_and_answered_after_a_restart(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.transport.updates.KEEP_AFTER_SECONDS", 0.0)
    slow = Slow()
    async with application(FakeTelegram(), [slow.handler]) as bot:
        tracker = opened(bot, sqlite_database)
        await tracker.take([message(3), message(4)])
        assert tracker.oldest == 3
        await tracker.keep_waiting()
        assert tracker.oldest is None, "Telegram may forget them"
        await tracker.close(0.01)
        slow.go_on.set()
        restarted = opened(bot, sqlite_database)
        await restarted.resume()
        await restarted.wait(5)
        assert slow.done == [3, 4]
        later = opened(bot, sqlite_database)
        await later.resume()
        await later.wait(5)
    assert slow.done == [3, 4]


async def test_without_a_database_nothing_that_waits_is_confirmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.telegram.transport.updates.KEEP_AFTER_SECONDS", 0.0)
    async with application(FakeTelegram(), [Slow().handler]) as bot:
        tracker = opened(bot)
        await tracker.take([message(3)])
        await tracker.keep_waiting()
        assert tracker.oldest == 3
        await tracker.close(0.01)


async def test_answers_do_not_wait_for_a_database_that_is_locked(sqlite_database: Database) -> None:
    slow = Slow()
    slow.go_on.set()
    async with application(FakeTelegram(), [slow.handler]) as bot:
        tracker = opened(bot, sqlite_database)
        async with sqlite_database.writing(60):
            began = asyncio.get_running_loop().time()
            for number in range(1, 20):
                await tracker.take([message(number)])
                await tracker.wait(5)
            assert asyncio.get_running_loop().time() - began < 5
        await tracker.take([message(number) for number in range(1, 20)])
        await tracker.wait(5)
    assert slow.done == list(range(1, 20))


async def test_an_update_that_cannot_be_parsed_costs_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    slow = Slow()
    slow.go_on.set()
    odd = message(4, "something private")
    odd["message"]["chat"] = {"id": "no number"}
    async with application(FakeTelegram(), [slow.handler]) as bot:
        tracker = opened(bot)
        await tracker.take([message(3), odd, {"update_id": 5, "message": 7}, message(6)])
        await tracker.wait(5)
        assert tracker.oldest is None
    assert slow.done == [3, 6]
    assert "Update 4 is left out: it cannot be parsed (TypeError)." in caplog.text
    assert "private" not in caplog.text


async def test_what_takes_too_long_is_left(caplog: pytest.LogCaptureFixture) -> None:
    slow = Slow()
    async with application(FakeTelegram(), [slow.handler]) as bot:
        tracker = opened(bot)
        await tracker.take([message(3), message(4)])
        with caplog.at_level(logging.INFO):
            await tracker.close(0.01)
        assert tracker.oldest == 3
    assert slow.done == []
    assert "Left 2 unanswered" in caplog.text
