"""What the buttons under an answer bring about, without any chat."""

from __future__ import annotations

import pytest

from bot.conversation.actions import Back, Pick, Right, Say, Wrong
from bot.conversation.corrections import react, verdict_buttons
from bot.conversation.message import Buttons
from bot.conversation.services import Services
from bot.messages import texts
from bot.store import answers, corrections
from bot.store.corrections import State
from tests.bot.store.samples import ANNA, BORIS, answered, digit

GROUP = -1001


@pytest.fixture
async def answer(services: Services) -> str:
    """An answer to Anna's photo of a 7 and a 3."""
    kept = answered(digit(7), digit(3), user=ANNA)
    await answers.keep(services.database, kept)
    return kept.id


def labels(buttons: Buttons | None) -> list[str]:
    return [button.label for row in buttons or () for button in row]


async def test_right_confirms_every_digit(services: Services, answer: str) -> None:
    reaction = await react(services.database, services.answer_log, Right(answer), [ANNA])
    assert reaction.notice == "Thank you!"
    assert labels(reaction.buttons) == ["✓ right, you say", "✗ wrong"]
    counts = await corrections.count(services.database)
    assert counts[State.CONFIRMED] == 2


async def test_of_several_digits_one_picks_which(services: Services, answer: str) -> None:
    which = await react(services.database, services.answer_log, Wrong(answer), [ANNA])
    assert which.notice == "Which one is wrong?"
    assert labels(which.buttons) == ["7", "3", "‹ back"]
    what = await react(services.database, services.answer_log, Pick(answer, 1), [ANNA])
    assert what.notice == "What is digit 2?"
    assert labels(what.buttons) == [*map(str, range(10)), "not a digit", "‹ back"]
    said = await react(services.database, services.answer_log, Say(answer, 1, 5), [ANNA])
    assert labels(said.buttons) == ["✓ right", "✗ digit 2, you say: 5"]
    (waiting,) = await corrections.waiting(services.database, 10)
    assert (waiting.read, waiting.said) == (3, 5)


async def test_the_only_digit_is_asked_for_at_once(services: Services) -> None:
    kept = answered(digit(7), user=ANNA)
    await answers.keep(services.database, kept)
    reaction = await react(services.database, services.answer_log, Wrong(kept.id), [ANNA])
    assert reaction.notice == "What is it?"
    said = await react(services.database, services.answer_log, Say(kept.id, 0, -1), [ANNA])
    assert labels(said.buttons) == ["✓ right", "✗ you say: not a digit"]


async def test_back_shows_the_first_buttons(services: Services, answer: str) -> None:
    reaction = await react(services.database, services.answer_log, Back(answer), [ANNA])
    assert reaction.notice == ""
    assert reaction.buttons == verdict_buttons(answer)


@pytest.mark.parametrize("position", [2, 39])
async def test_a_digit_that_is_not_there_changes_nothing(
    services: Services, answer: str, position: int
) -> None:
    for action in (Pick(answer, position), Say(answer, position, 5)):
        reaction = await react(services.database, services.answer_log, action, [ANNA])
        assert (reaction.notice, reaction.buttons) == (texts.UNKNOWN_BUTTON, None)
    assert not any((await corrections.count(services.database)).values())


async def test_somebody_else_changes_nothing(services: Services, answer: str) -> None:
    for action in (Right(answer), Wrong(answer), Say(answer, 0, 1), Back(answer)):
        reaction = await react(services.database, services.answer_log, action, [BORIS])
        assert "Only the person who sent the photo" in reaction.notice
        assert reaction.alert and reaction.buttons is None
    assert not any((await corrections.count(services.database)).values())


async def test_an_answer_that_is_gone_is_said_so(services: Services) -> None:
    reaction = await react(services.database, services.answer_log, Right("gone"), [ANNA])
    assert "no longer have that digit" in reaction.notice


async def test_the_photo_of_an_anonymous_admin_belongs_to_the_group(services: Services) -> None:
    kept = answered(digit(7), user=GROUP)
    await answers.keep(services.database, kept)
    elsewhere = await react(services.database, services.answer_log, Right(kept.id), [BORIS])
    assert "Only the person who sent the photo" in elsewhere.notice
    reaction = await react(services.database, services.answer_log, Right(kept.id), [BORIS, GROUP])
    assert reaction.notice == "Thank you!"


async def test_an_answer_that_waits_for_the_database_is_not_said_to_be_gone(
    services: Services,
) -> None:
    kept = answered(digit(7), user=ANNA)
    services.answer_log.enqueue(kept)
    reaction = await react(services.database, services.answer_log, Right(kept.id), [ANNA])
    assert (reaction.notice, reaction.buttons) == (texts.NOT_KEPT, None)
