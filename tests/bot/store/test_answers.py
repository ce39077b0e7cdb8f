"""What becomes of a photo, and how the answers of an album are named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import text

from bot.store import Database, answers, corrections, statistics
from bot.store.answers import album_answer_id, album_of, new_id, photo_number
from model.types import NOT_A_DIGIT, Reading, Refusal
from tests.bot.store.samples import ANNA, answered, digit


async def test_the_probabilities_of_each_digit_come_back(database: Database) -> None:
    kept = answered(digit(7, 0.9), digit(1, 0.6))
    await answers.keep(database, kept)
    found = await answers.get_own(database, kept.id, ANNA)
    for stored, read in zip(found.digits, kept.reading.digits, strict=True):
        np.testing.assert_allclose(stored.probabilities, read.probabilities, atol=1e-3)


async def test_what_was_written_though_its_time_was_up_is_kept_once(database: Database) -> None:
    kept = answered(digit(7))
    await answers.keep(database, kept)
    await corrections.submit(database, kept.id, 0, ANNA, 1)
    await answers.keep(database, kept)
    assert (await answers.get_own(database, kept.id, ANNA)).corrected_text == "1"
    assert (await statistics.gather(database)).photos == 1


async def test_an_answer_of_an_earlier_version_spreads_what_is_left(database: Database) -> None:
    kept = answered(digit(7, 0.91))
    await answers.keep(database, kept)
    async with database.writing() as connection:
        await connection.execute(text("UPDATE answers SET probabilities = NULL"))
    (stored,) = (await answers.get_own(database, kept.id, ANNA)).digits
    assert stored.probabilities[7] == pytest.approx(0.91)
    assert stored.probabilities[3] == pytest.approx(0.01)


async def test_of_a_refused_photo_the_likeliest_glyphs_are_kept(database: Database) -> None:
    refused = replace(
        answered(), reading=Reading((), Refusal.UNSURE), candidates=(digit(4, 0.8), digit(1, 0.5))
    )
    await answers.keep(database, refused)
    found = await answers.get_own(database, refused.id, ANNA)
    assert found.is_refused and found.text == ""
    assert [each.label for each in found.digits] == [NOT_A_DIGIT, NOT_A_DIGIT]
    assert np.array_equal(found.digits[0].glyph, refused.candidates[0].glyph)
    figures = await statistics.gather(database)
    assert (figures.photos, figures.digits) == (1, 0)


async def test_what_a_person_said_stands_beside_what_was_read(database: Database) -> None:
    kept = answered(digit(3), digit(1), digit(8))
    await answers.keep(database, kept)
    assert (await answers.get_own(database, kept.id, ANNA)).corrected_text is None
    await corrections.submit(database, kept.id, 0, ANNA, 5)
    await corrections.submit(database, kept.id, 2, ANNA, NOT_A_DIGIT)
    found = await answers.get_own(database, kept.id, ANNA)
    assert (found.text, found.corrected_text) == ("318", "51")


async def test_each_answer_of_an_album_finds_those_that_can_be_corrected(
    database: Database,
) -> None:
    album = new_id()
    names = [album_answer_id(album, number) for number in (1, 2, 10)]
    for name, digits in zip(names, ([digit(1)], [], [digit(2)]), strict=True):
        await answers.keep(database, replace(answered(*digits), id=name))
    assert [photo_number(name) for name in names] == [1, 2, 10]
    assert await album_of(database, names[0]) == (names[0], names[2])


async def test_an_answer_to_a_single_photo_is_alone(database: Database) -> None:
    name = new_id()
    assert await album_of(database, name) == (name,)
    assert photo_number(name) is None
