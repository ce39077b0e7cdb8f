"""What is known of updates is the same in both kinds of database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store import Database
from bot.store.updates import records
from bot.store.updates.records import Begun

BOT, OTHER_BOT = 1, 2


async def test_an_update_is_fresh_once(database: Database) -> None:
    assert await records.begin(database, BOT, [7, 8]) == {}
    await records.finish(database, BOT, [7])
    assert await records.begin(database, BOT, [7, 8, 9]) == {
        7: Begun(1, answered=True),
        8: Begun(1, answered=False),
    }
    assert (await records.begin(database, BOT, [8]))[8].times == 2
    assert await records.begin(database, OTHER_BOT, [7]) == {}


async def test_what_was_laid_down_counts_as_never_begun(database: Database) -> None:
    await records.begin(database, BOT, [7])
    await records.lay_down(database, BOT, [7])
    assert (await records.begin(database, BOT, [7]))[7].times == 0


async def test_what_waits_is_kept_until_it_is_answered(database: Database) -> None:
    await records.begin(database, BOT, [8, 7])
    await records.keep(database, BOT, {8: "eight", 7: "seven"})
    assert await records.kept(database, BOT) == ["seven", "eight"]
    assert await records.kept(database, OTHER_BOT) == []
    await records.finish(database, BOT, [7])
    assert await records.kept(database, BOT) == ["eight"]


async def test_old_numbers_say_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await records.begin(database, BOT, [7])
    monkeypatch.setattr(records, "KEPT_FOR", timedelta(seconds=-1))
    assert await records.begin(database, BOT, [7]) == {}
