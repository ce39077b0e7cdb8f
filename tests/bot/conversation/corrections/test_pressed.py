"""What the buttons under an answer bring about, without any chat."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markupsafe import Markup

from bot.conversation.buttons.actions import (
    Back,
    CorrectionAction,
    Insist,
    Pick,
    Right,
    RightAll,
    Say,
    SayRefused,
    Wrong,
)
from bot.conversation.corrections import pressed
from bot.conversation.corrections.buttons import answer_buttons
from bot.conversation.message import Buttons, Reaction, Shown
from bot.conversation.services import Services
from bot.messages import texts
from bot.store import answers, corrections, people
from bot.store.answers import album_answer_id, new_id
from bot.store.corrections import State
from bot.store.people import Person
from model.types import Reading, Refusal
from tests.bot.store.samples import ANNA, BORIS, answered, digit, person

GROUP = person(-1001)
SHOWN = Shown(Markup("<code>73</code>\nI am sure."), number=5)


@pytest.fixture
async def answer(services: Services) -> str:
    """An answer to Anna's photo of a 7 and a 3."""
    kept = answered(digit(7), digit(3), user=ANNA)
    await answers.keep(services.database, kept)
    return kept.id


def labels(buttons: Buttons | None) -> list[str]:
    return [button.label for row in buttons or () for button in row]


def note(reaction: Reaction) -> str:
    """What was added to the answer."""
    return (reaction.text or "").removeprefix(SHOWN.text)


async def react(
    services: Services, action: CorrectionAction, owners: tuple[Person, ...] = (ANNA,)
) -> Reaction:
    return await pressed.react(services.database, services.answer_log, action, SHOWN, owners)


async def test_right_confirms_every_digit(services: Services, answer: str) -> None:
    reaction = await react(services, Right(answer))
    assert reaction.notice == "Thank you!"
    assert note(reaction) == "\n\n✓ You say that it is right."
    assert labels(reaction.buttons) == ["✓ right", "✗ wrong", "why?"]
    counts = await corrections.count(services.database)
    assert counts[State.CONFIRMED] == 2


async def test_of_several_digits_one_picks_which(services: Services, answer: str) -> None:
    which = await react(services, Wrong(answer))
    assert note(which) == (
        "\n\nWhat does it say? Type the number, or press the digit that is wrong."
    )
    assert labels(which.buttons) == ["7", "3", "‹ back"]
    what = await react(services, Pick(answer, 1))
    assert note(what) == "\n\nWhat is digit 2, which I read as 3?"
    assert labels(what.buttons) == [*map(str, range(10)), "not a digit", "‹ back"]
    said = await react(services, Say(answer, 1, 5))
    assert note(said) == "\n\n✎ You say that it is <code>75</code>."
    (waiting,) = await corrections.waiting(services.database, 10)
    assert (waiting.read, waiting.said) == (3, 5)


async def test_two_corrections_are_both_shown(services: Services, answer: str) -> None:
    await react(services, Say(answer, 1, 5))
    both = await react(services, Say(answer, 0, 1))
    assert note(both) == "\n\n✎ You say that it is <code>15</code>."


async def test_the_only_digit_is_asked_for_at_once(services: Services) -> None:
    kept = answered(digit(7), user=ANNA)
    await answers.keep(services.database, kept)
    reaction = await react(services, Wrong(kept.id))
    assert note(reaction) == "\n\nWhat is it? Type it, or press the digit."
    said = await react(services, Say(kept.id, 0, -1))
    assert note(said) == "\n\n✎ You say that it is no digit."


async def test_back_shows_what_is_stored(services: Services, answer: str) -> None:
    nothing = await react(services, Back(answer))
    assert (nothing.notice, nothing.text) == ("", SHOWN.text)
    assert nothing.buttons == answer_buttons(answer, refused=False)
    await react(services, Say(answer, 1, 5))
    await react(services, Wrong(answer))
    stored = await react(services, Back(answer))
    assert note(stored) == "\n\n✎ You say that it is <code>75</code>."
    assert await people.find_question(services.database, ANNA) is None


async def test_a_refused_photo_can_be_a_digit_after_all(services: Services) -> None:
    refused = replace(
        answered(user=ANNA),
        reading=Reading((), Refusal.UNSURE),
        candidates=(digit(1, 0.5), digit(4, 0.5)),
    )
    await answers.keep(services.database, refused)
    asked = await react(services, Insist(refused.id))
    assert note(asked) == "\n\nWhat does it show? Type the number, or press the digit."
    assert labels(asked.buttons) == [*map(str, range(10)), "‹ back"]
    said = await react(services, SayRefused(refused.id, 4))
    assert note(said) == "\n\n✎ You say that it is <code>4</code>."
    assert labels(said.buttons) == ["but it is a digit", "why?"]
    (waiting,) = await corrections.waiting(services.database, 10)
    assert (waiting.read, waiting.said) == (-1, 4)


async def test_all_photos_of_an_album_are_right_at_once(services: Services) -> None:
    album = new_id()
    names = [album_answer_id(album, number) for number in (1, 2)]
    for name in names:
        await answers.keep(services.database, replace(answered(digit(7), user=ANNA), id=name))
    reaction = await react(services, RightAll(names[0]))
    assert note(reaction) == "\n\n✓ You say that all of it is right."
    assert labels(reaction.buttons) == ["✗ 1", "✗ 2", "✓ all right"]
    wrong = await react(services, Wrong(names[1]))
    assert note(wrong) == "\n\nPhoto 2: What is it? Type it, or press the digit."
    assert (await corrections.count(services.database))[State.CONFIRMED] == 2


@pytest.mark.parametrize("position", [2, 39])
async def test_a_digit_that_is_not_there_changes_nothing(
    services: Services, answer: str, position: int
) -> None:
    for action in (Pick(answer, position), Say(answer, position, 5)):
        reaction = await react(services, action, (ANNA,))
        assert (reaction.notice, reaction.buttons) == (texts.UNKNOWN_BUTTON, None)
    assert not any((await corrections.count(services.database)).values())


async def test_somebody_else_changes_nothing(services: Services, answer: str) -> None:
    for action in (Right(answer), Wrong(answer), Say(answer, 0, 1), Back(answer)):
        reaction = await react(services, action, (BORIS,))
        assert "Only the person who sent the photo" in reaction.notice
        assert reaction.alert and reaction.buttons is None
    assert not any((await corrections.count(services.database)).values())


async def test_an_answer_that_is_gone_is_said_so(services: Services) -> None:
    reaction = await react(services, Right("gone"), (ANNA,))
    assert "no longer have that digit" in reaction.notice


async def test_the_photo_of_an_anonymous_admin_belongs_to_the_group(services: Services) -> None:
    kept = answered(digit(7), user=GROUP)
    await answers.keep(services.database, kept)
    elsewhere = await react(services, Right(kept.id), (BORIS,))
    assert "Only the person who sent the photo" in elsewhere.notice
    reaction = await react(
        services,
        Right(kept.id),
        (
            BORIS,
            GROUP,
        ),
    )
    assert reaction.notice == "Thank you!"


async def test_an_answer_that_waits_for_the_database_is_not_said_to_be_gone(
    services: Services,
) -> None:
    kept = answered(digit(7), user=ANNA)
    services.answer_log.enqueue(kept)
    reaction = await react(services, Right(kept.id), (ANNA,))
    assert (reaction.notice, reaction.buttons) == (texts.NOT_KEPT, None)
