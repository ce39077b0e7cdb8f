from __future__ import annotations

import pytest

from bot.conversation.buttons.actions import DecideForget
from bot.conversation.forget import ask_forget, decide_forget, forget
from bot.conversation.services import Services
from bot.errors import AnswerGone
from bot.messages import texts
from bot.store import answers, corrections
from tests.bot.store.samples import ANNA, BORIS, answered, digit, person


async def test_everything_that_a_person_gave_is_deleted(services: Services) -> None:
    anna, boris = answered(digit(7), user=ANNA), answered(digit(3), user=BORIS)
    for kept in (anna, boris):
        await answers.keep(services.database, kept)
    await corrections.submit(services.database, anna.id, 0, ANNA, 1)
    said = await forget(services.database, services.answer_log, ANNA)
    assert "1 correction, the digits of 1 photo." in said
    with pytest.raises(AnswerGone):
        await answers.get_own(services.database, anna.id, ANNA)
    assert (await answers.get_own(services.database, boris.id, BORIS)).digits
    again = await forget(services.database, services.answer_log, ANNA)
    assert again == texts.NOTHING_TO_FORGET


async def test_what_is_not_written_yet_is_deleted_too(services: Services) -> None:
    kept = answered(digit(7), user=ANNA)
    services.answer_log.enqueue(kept)
    await forget(services.database, services.answer_log, ANNA)
    await services.answer_log.close()
    with pytest.raises(AnswerGone):
        await answers.get_own(services.database, kept.id, ANNA)


async def test_it_asks_once_and_leaves_all_if_the_person_says_no(services: Services) -> None:
    kept = answered(digit(7), user=ANNA)
    await answers.keep(services.database, kept)
    ((yes, no),) = ask_forget(group=False).buttons
    assert yes.action == DecideForget(delete=True)
    database, log = services.database, services.answer_log
    left = await decide_forget(database, log, DecideForget(delete=False), ANNA, None)
    assert (left.text, left.buttons) == ("I have deleted nothing.", ())
    assert no.action == DecideForget(delete=False)
    assert (await answers.get_own(services.database, kept.id, ANNA)).digits
    gone = await decide_forget(database, log, DecideForget(delete=True), ANNA, None)
    assert "the digits of 1 photo" in (gone.text or "")
    with pytest.raises(AnswerGone):
        await answers.get_own(services.database, kept.id, ANNA)


async def test_what_an_anonymous_admin_gave_belongs_to_the_group(services: Services) -> None:
    group = person(-1001)
    kept = answered(digit(7), user=group)
    await answers.keep(services.database, kept)
    action = DecideForget(delete=True, group=True)
    await decide_forget(services.database, services.answer_log, action, BORIS, None)
    assert (await answers.get_own(services.database, kept.id, group)).digits
    await decide_forget(services.database, services.answer_log, action, BORIS, group)
    with pytest.raises(AnswerGone):
        await answers.get_own(services.database, kept.id, group)
