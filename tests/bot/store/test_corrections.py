"""What people say of their digits, what admins think of it, and forgetting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select, text

from bot.errors import AnswerGone, NotTheirs
from bot.store import Database, answers, corrections, people
from bot.store.answers import GLYPHS_KEPT
from bot.store.corrections import State
from bot.store.people import pseudonym
from bot.store.tables import AnswerRow, CorrectionRow
from model.types import NOT_A_DIGIT
from tests.bot.store.samples import ADMIN, ANNA, BORIS, answered, digit, person


async def test_an_answer_comes_back_as_it_was_read(database: Database) -> None:
    kept = answered(digit(7, 0.93), digit(0, 0.5))
    await answers.keep(database, kept)
    found = await answers.get_own(database, kept.id, ANNA)
    assert [d.label for d in found.digits] == [7, 0]
    assert found.digits[0].confidence == pytest.approx(0.93, abs=1e-4)
    assert np.array_equal(found.digits[1].glyph, kept.reading.digits[1].glyph)


async def test_an_answer_belongs_to_whoever_sent_the_photo(database: Database) -> None:
    kept = answered(digit(7))
    await answers.keep(database, kept)
    with pytest.raises(NotTheirs):
        await answers.get_own(database, kept.id, BORIS)
    with pytest.raises(NotTheirs):
        await corrections.submit(database, kept.id, 0, BORIS, 1)
    with pytest.raises(AnswerGone):
        await answers.get_own(database, "no such answer", ANNA)


async def test_a_second_thought_replaces_the_first(database: Database) -> None:
    kept = answered(digit(7), digit(4))
    await answers.keep(database, kept)
    assert await corrections.submit(database, kept.id, 0, ANNA, 1) is State.WAITING
    assert await corrections.submit(database, kept.id, 0, ANNA, NOT_A_DIGIT) is State.WAITING
    assert await corrections.submit(database, kept.id, 1, ANNA, 4) is State.CONFIRMED
    found = await corrections.waiting(database, 10)
    assert [(c.read, c.said) for c in found] == [(7, NOT_A_DIGIT)]
    assert np.array_equal(found[0].glyph, kept.reading.digits[0].glyph)
    counted = await corrections.count(database)
    assert counted == {
        State.CONFIRMED: 1,
        State.WAITING: 1,
        State.ACCEPTED: 0,
        State.REJECTED: 0,
    }


async def test_a_typed_number_replaces_all_that_was_said_before(database: Database) -> None:
    kept = answered(digit(3), digit(1), digit(8))
    await answers.keep(database, kept)
    await corrections.submit(database, kept.id, 1, ANNA, 7)
    await corrections.submit_number(database, kept.id, ANNA, "3180", {0: 3, 2: 6})
    found = await answers.get_own(database, kept.id, ANNA)
    assert (found.said, dict(found.corrected)) == ("3180", {0: 3, 2: 6})
    assert [(c.read, c.said) for c in await corrections.waiting(database, 10)] == [(8, 6)]
    await corrections.submit(database, kept.id, 0, ANNA, 9)
    assert (await answers.get_own(database, kept.id, ANNA)).said is None


async def test_a_second_thought_undoes_what_an_admin_decided_on_the_first(
    database: Database,
) -> None:
    kept = answered(digit(7))
    await answers.keep(database, kept)
    await corrections.submit(database, kept.id, 0, ANNA, 1)
    first = await corrections.waiting(database, 10)
    assert await corrections.decide(database, [first[0].id], State.ACCEPTED, ADMIN) == 1
    assert await corrections.submit(database, kept.id, 0, ANNA, 1) is State.ACCEPTED, "no change"
    assert await corrections.submit(database, kept.id, 0, ANNA, 2) is State.WAITING
    assert await corrections.decide(database, [first[0].id], State.ACCEPTED, ADMIN) == 0
    assert len((await corrections.accepted(database)).said) == 0


async def test_only_accepted_corrections_train(database: Database) -> None:
    for seed in range(60):
        kept = answered(digit(seed % 10, seed=seed))
        await answers.keep(database, kept)
        await corrections.submit(database, kept.id, 0, ANNA, (seed + 1) % 10)
    page = await corrections.waiting(database, 50)
    assert len(page) == 50
    await corrections.decide(database, [c.id for c in page[:40]], State.ACCEPTED, ADMIN)
    await corrections.decide(database, [c.id for c in page[40:]], State.REJECTED, ADMIN)
    found = await corrections.accepted(database)
    assert found.glyphs.shape == (40, 28, 28)
    assert sorted(found.said.tolist()) == sorted(c.said for c in page[:40])
    assert 0 < found.held_out.sum() < 20, "about a fifth only measures"
    again = await corrections.accepted(database)
    assert np.array_equal(found.held_out, again.held_out), "the same ones each time"


async def test_confident_contradictions_and_careless_people_stand_out(database: Database) -> None:
    for seed, (user, confidence) in enumerate(
        [(ANNA, 0.6), (BORIS, 0.8), (BORIS, 0.7), (BORIS, 0.75), (ANNA, 0.99)]
    ):
        kept = answered(digit(3, confidence, seed), user=user)
        await answers.keep(database, kept)
        await corrections.submit(database, kept.id, 0, user, 5)
    page = await corrections.waiting(database, 10)
    assert [round(c.confidence, 2) for c in page] == [0.99, 0.8, 0.75, 0.7, 0.6]
    await corrections.decide(database, [c.id for c in page[1:4]], State.REJECTED, ADMIN)
    kept = answered(digit(1, 0.9, 9), user=BORIS)
    await answers.keep(database, kept)
    await corrections.submit(database, kept.id, 0, BORIS, 2)
    standing = {c.giver: c.standing.often_wrong for c in await corrections.waiting(database, 10)}
    async with database.reading() as connection:
        anna = (await pseudonym(connection, ANNA)).hex()[:4]
        boris = (await pseudonym(connection, BORIS)).hex()[:4]
    assert standing == {anna: False, boris: True}


async def test_forgetting_deletes_all_that_one_person_gave(database: Database) -> None:
    for user in (ANNA, BORIS):
        for said in (1, 7):
            kept = answered(digit(7), user=user)
            await answers.keep(database, kept)
            await corrections.submit(database, kept.id, 0, user, said)
    gone = await people.forget(database, ANNA)
    assert (gone.corrections, gone.answers) == (2, 2)
    async with database.reading() as connection:
        anna = await pseudonym(connection, ANNA)
        rows = (await connection.execute(select(CorrectionRow.person))).scalars().all()
        owners = (await connection.execute(select(AnswerRow.person, AnswerRow.glyphs))).all()
    assert len(rows) == 2 and anna not in rows
    assert sorted(row.person is None for row in owners) == [False, False, True, True]
    assert all(row.glyphs is None for row in owners if row.person is None)
    assert await people.forget(database, ANNA) == people.Forgotten(0, 0)


async def test_a_user_id_stands_nowhere_in_the_database(database: Database) -> None:
    kept = answered(digit(7), user=person(123456789012))
    await answers.keep(database, kept)
    await corrections.submit(database, kept.id, 0, person(123456789012), 1)
    async with database.reading() as connection:
        for table in ("answers", "corrections"):
            rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()
            assert "123456789012" not in repr(rows)


async def test_glyphs_go_after_a_week_and_the_count_stays(database: Database) -> None:
    now = datetime.now(UTC)
    old, fresh = answered(digit(7)), answered(digit(8))
    await answers.keep(database, old, now - GLYPHS_KEPT - timedelta(minutes=1))
    await answers.keep(database, fresh, now)
    assert await answers.drop_old_glyphs(database, now) == 1
    with pytest.raises(AnswerGone):
        await corrections.submit(database, old.id, 0, ANNA, 1)
    assert (await answers.get_own(database, fresh.id, ANNA)).digits[0].label == 8
