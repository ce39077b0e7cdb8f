"""What a person was last asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.store import Database, answers, people
from bot.store.answers import GLYPHS_KEPT
from bot.store.people import QUESTION_KEPT, Question
from tests.bot.store.samples import ANNA, BORIS

FIRST, SECOND = Question("a", 5, "<b>7</b>"), Question("b", 6, "<b>8</b>")


async def test_the_last_question_counts(database: Database) -> None:
    await people.ask_question(database, ANNA, FIRST)
    await people.ask_question(database, ANNA, SECOND)
    assert await people.find_question(database, ANNA) == SECOND
    assert await people.find_question(database, BORIS) is None


async def test_a_question_is_over_when_it_is_answered_forgotten_or_old(database: Database) -> None:
    await people.ask_question(database, ANNA, FIRST)
    await people.drop_question(database, ANNA)
    assert await people.find_question(database, ANNA) is None
    await people.ask_question(database, ANNA, FIRST)
    later = datetime.now(UTC) + QUESTION_KEPT + timedelta(minutes=1)
    assert await people.find_question(database, ANNA, later) is None
    await answers.drop_old_glyphs(database, later + GLYPHS_KEPT)
    assert await people.find_question(database, ANNA) is None
    await people.ask_question(database, ANNA, FIRST)
    await people.forget(database, ANNA)
    assert await people.find_question(database, ANNA) is None
