"""What a typed number brings about, without any chat."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markupsafe import Markup

from bot.conversation.buttons.actions import Wrong
from bot.conversation.corrections.buttons import album_buttons, answer_buttons
from bot.conversation.corrections.pressed import react
from bot.conversation.corrections.typed import correct_asked, correct_replied, is_number, number_in
from bot.conversation.message import Shown
from bot.conversation.services import Services
from bot.store import answers, corrections
from bot.store.answers import album_answer_id, new_id
from model.types import Reading, Refusal
from tests.bot.store.samples import ANNA, BORIS, answered, digit


@pytest.fixture
async def shown(services: Services) -> Shown:
    """The answer 317 to a photo of Anna's."""
    kept = answered(digit(3), digit(1), digit(7), user=ANNA)
    await answers.keep(services.database, kept)
    return Shown(Markup("<code>317</code>"), answer_buttons(kept.id, refused=False), number=5)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("318", "318"),
        (" 3 1 8 ", "3 1 8"),
        ("-3,14", "-3,14"),
        ("157\n2043", "157\n2043"),
        ("No, it is 3.14!", "3.14"),
        ("It is a 4.", "4"),
        ("३१८", "३१८"),
        ("3 or a 4", None),
        ("no", None),
        ("9" * 200, None),
    ],
)
def test_a_number_is_found_in_what_people_type(text: str, number: str | None) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["", "-", "seven", "7 cats", "9" * 200])
def test_other_words_are_no_number(text: str) -> None:
    assert not is_number(text)


async def test_a_reply_replaces_the_reading(services: Services, shown: Shown) -> None:
    correction = await correct_replied(services, "318", shown, [ANNA])
    assert correction is not None and correction.change is not None
    note = "✎ You say that it is <code>318</code>."
    assert correction.change.text == f"<code>317</code>\n\n{note}"
    assert correction.change.buttons == shown.buttons
    assert correction.reply.text == "Thank you, I have noted <code>318</code>."
    (waiting,) = await corrections.waiting(services.database, 10)
    assert (waiting.read, waiting.said) == (7, 8)


async def test_a_digit_more_corrects_only_what_surely_matches(
    services: Services, shown: Shown
) -> None:
    correction = await correct_replied(services, "3170", shown, [ANNA])
    assert correction is not None and correction.change is not None
    assert "<code>3170</code>" in (correction.change.text or "")
    assert await corrections.waiting(services.database, 10) == ()


async def test_the_number_that_was_read_is_right(services: Services, shown: Shown) -> None:
    correction = await correct_replied(services, "317", shown, [ANNA])
    assert correction is not None and correction.change is not None
    assert (correction.change.text or "").endswith("✓ You say that it is right.")


async def test_a_number_that_is_typed_answers_the_last_question(
    services: Services, shown: Shown
) -> None:
    assert await correct_asked(services, "318", ANNA) is None
    wrong = Wrong(shown.answers[0])
    await react(services.database, services.answer_log, wrong, shown, [ANNA])
    assert await correct_asked(services, "318", BORIS) is None
    correction = await correct_asked(services, "318", ANNA)
    assert correction is not None and correction.change is not None
    assert correction.message == 5
    assert (correction.change.text or "").startswith("<code>317</code>\n\n✎")
    assert await correct_asked(services, "319", ANNA) is None, "the question is answered"


async def test_of_a_refused_photo_the_likeliest_glyph_becomes_the_correction(
    services: Services,
) -> None:
    refused = replace(
        answered(user=ANNA),
        reading=Reading((), Refusal.UNSURE),
        candidates=(digit(1, 0.5), digit(9, 0.6), digit(4, 0.55)),
    )
    await answers.keep(services.database, refused)
    shown = Shown(Markup("This looks like letters."), answer_buttons(refused.id, refused=True))
    correction = await correct_replied(services, "but it is a 4", shown, [ANNA])
    assert correction is not None and correction.change is not None
    assert correction.change.buttons == shown.buttons
    (waiting,) = await corrections.waiting(services.database, 10)
    assert (waiting.read, waiting.said) == (-1, 4)
    assert (waiting.glyph == refused.candidates[2].glyph).all()


async def test_of_an_album_one_says_which_photo(services: Services) -> None:
    album = new_id()
    names = [album_answer_id(album, number) for number in (1, 2)]
    for name, label in zip(names, (7, 3), strict=True):
        await answers.keep(services.database, replace(answered(digit(label), user=ANNA), id=name))
    shown = Shown(Markup("1. 7\n2. 3"), album_buttons(names))
    unclear = await correct_replied(services, "8", shown, [ANNA])
    assert unclear is not None and unclear.change is None
    assert "Which photo" in unclear.reply.text
    correction = await correct_replied(services, "2: 8", shown, [ANNA])
    assert correction is not None and correction.change is not None
    assert correction.change.buttons == shown.buttons
    assert "Photo 2: ✎ You say that it is <code>8</code>." in (correction.change.text or "")


async def test_words_without_a_number_are_asked_for_one(services: Services, shown: Shown) -> None:
    correction = await correct_replied(services, "that is wrong", shown, [ANNA])
    assert correction is not None and correction.change is None
    assert "type the number" in correction.reply.text


async def test_somebody_else_changes_nothing(services: Services, shown: Shown) -> None:
    correction = await correct_replied(services, "318", shown, [BORIS])
    assert correction is not None and correction.change is None
    assert "Only the person who sent the photo" in correction.reply.text


async def test_a_reply_to_something_else_is_no_correction(services: Services) -> None:
    assert await correct_replied(services, "318", Shown(Markup("Hello!")), [ANNA]) is None
