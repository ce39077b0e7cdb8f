"""What `/stats` counts is what happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.store import Database, answers, corrections
from bot.store.answers import Answered, new_id
from bot.store.statistics import DAYS_SHOWN, Judged, gather
from model.types import Reading, Refusal
from tests.bot.store.samples import ANNA, BORIS, answered, digit


async def test_nothing_has_happened_yet(database: Database) -> None:
    empty = await gather(database)
    assert (empty.photos, empty.digits, empty.people) == (0, 0, 0)
    assert (empty.median_ms, empty.by_day) == (None, (0,) * DAYS_SHOWN)


async def test_everything_is_counted(database: Database) -> None:
    now = datetime(2026, 5, 20, 12, tzinfo=UTC)
    two = answered(digit(7), digit(1), ms=10)
    one = answered(digit(7), user=BORIS, version="v2", ms=30)
    await answers.keep(database, two, now)
    await answers.keep(database, one, now - timedelta(days=1))
    for refused in (Refusal.NO_INK, Refusal.NO_INK, Refusal.UNSURE):
        nothing = Answered(new_id(), ANNA, "v1", Reading((), refused), 20)
        await answers.keep(database, nothing, now - timedelta(days=40))
    broken = Answered(new_id(), ANNA, "v1", Reading(()), 20, "BrokenImage")
    await answers.keep(database, broken, now)
    await corrections.submit(database, two.id, 0, ANNA, 7)
    await corrections.submit(database, two.id, 1, ANNA, 7)
    await corrections.submit(database, one.id, 0, BORIS, 1)
    found = await gather(database, now)
    assert (found.photos, found.digits, found.people) == (6, 3, 2)
    assert found.refusals == {"no ink": 2, "unsure": 1, "BrokenImage": 1}
    assert next(iter(found.refusals)) == "no ink"
    assert found.by_digit == {7: Judged(1, 1), 1: Judged(0, 1)}
    assert found.by_version == {"v1": Judged(1, 1), "v2": Judged(0, 1)}
    assert found.by_day[-2:] == (1, 2)
    assert sum(found.by_day) == 3, "the refused ones are too long ago"
    assert found.median_ms == 20
