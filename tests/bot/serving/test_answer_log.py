"""What was answered is written down, and no photo waits for that."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from bot.errors import AnswerGone
from bot.serving import answer_log as module
from bot.serving.answer_log import AnswerLog
from bot.serving.tasks import background
from bot.store import Database, answers
from tests.bot.store.samples import ANNA, BORIS, answered, digit


async def test_what_is_noted_is_written(sqlite_database: Database) -> None:
    answer_log = AnswerLog(sqlite_database)
    kept = answered(digit(7))
    assert answer_log.enqueue(kept)
    async with background(answer_log.run(), "answer_log"):
        await answer_log.wait_written(kept.id)
        assert (await answers.get_own(sqlite_database, kept.id, ANNA)).digits[0].label == 7
    last, forgotten = answered(digit(8)), answered(digit(9), user=BORIS)
    answer_log.enqueue(last)
    answer_log.enqueue(forgotten)
    answer_log.forget(BORIS)
    await answer_log.close()
    assert (await answers.get_own(sqlite_database, last.id, ANNA)).digits[0].label == 8
    with pytest.raises(AnswerGone):
        await answers.get_own(sqlite_database, forgotten.id, BORIS)


async def test_a_database_that_is_away_holds_up_nobody() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        database = Database.at(f"postgres://u:p@127.0.0.1:{silent.getsockname()[1]}/d")
        answer_log = AnswerLog(database)
        async with background(answer_log.run(), "answer_log"):
            began = time.monotonic()
            for _ in range(module.MAX_WAITING):
                assert answer_log.enqueue(answered(digit(7)))
            assert not answer_log.enqueue(answered(digit(7))), (
                "full: this answer comes without buttons"
            )
            await asyncio.sleep(0)
            assert time.monotonic() - began < 4, "a transaction that waits takes five seconds"
        await answer_log.close(seconds=0.1)
        await database.close()
