from __future__ import annotations

import pytest

from bot.conversation.forget import forget
from bot.conversation.services import Services
from bot.errors import AnswerGone
from bot.messages import texts
from bot.store import answers, corrections
from tests.bot.store.samples import ANNA, BORIS, answered, digit


async def test_everything_that_a_person_gave_is_deleted(services: Services) -> None:
    anna, boris = answered(digit(7), user=ANNA), answered(digit(3), user=BORIS)
    for kept in (anna, boris):
        await answers.keep(services.database, kept)
    await corrections.submit(services.database, anna.id, 0, ANNA, 1)
    said = await forget(services.database, services.answer_log, ANNA)
    assert "1 correction, the digits of 1 photo." in said.text
    with pytest.raises(AnswerGone):
        await answers.get_own(services.database, anna.id, ANNA)
    assert (await answers.get_own(services.database, boris.id, BORIS)).digits
    again = await forget(services.database, services.answer_log, ANNA)
    assert again.text == texts.NOTHING_TO_FORGET


async def test_what_is_not_written_yet_is_deleted_too(services: Services) -> None:
    kept = answered(digit(7), user=ANNA)
    services.answer_log.enqueue(kept)
    await forget(services.database, services.answer_log, ANNA)
    await services.answer_log.close()
    with pytest.raises(AnswerGone):
        await answers.get_own(services.database, kept.id, ANNA)
