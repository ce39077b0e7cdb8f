from __future__ import annotations

import pytest

from bot.conversation.buttons.actions import DecideForget
from bot.conversation.forget import ask_forget, decide_forget, forget
from bot.conversation.services import Services
from bot.errors import AnswerGone, StoreUnavailable
from bot.messages import texts
from bot.store import answers, corrections
from bot.store.people import DISCORD, TELEGRAM, Person
from tests.bot.store.samples import ANNA, BORIS, answered, digit, person


async def test_everything_that_a_person_gave_is_deleted(services: Services) -> None:
    anna, boris = answered(digit(7), user=ANNA), answered(digit(3), user=BORIS)
    for kept in (anna, boris):
        await answers.keep(services.database, kept)
    await corrections.submit(services.database, anna.id, 0, ANNA, 1)
    said = await forget(services, ANNA)
    assert "1 correction, the digits of 1 photo." in said
    with pytest.raises(AnswerGone):
        await answers.get_own(services.database, anna.id, ANNA)
    assert (await answers.get_own(services.database, boris.id, BORIS)).digits
    again = await forget(services, ANNA)
    assert again == texts.NOTHING_TO_FORGET


async def test_what_is_not_written_yet_is_deleted_too(services: Services) -> None:
    kept = answered(digit(7), user=ANNA)
    services.answer_log.enqueue(kept)
    await forget(services, ANNA)
    await services.answer_log.close()
    with pytest.raises(AnswerGone):
        await answers.get_own(services.database, kept.id, ANNA)


async def test_it_asks_once_and_leaves_all_if_the_person_says_no(services: Services) -> None:
    kept = answered(digit(7), user=ANNA)
    await answers.keep(services.database, kept)
    ((yes, no),) = ask_forget(group=False).buttons
    assert yes.action == DecideForget(delete=True)
    left = await decide_forget(services, DecideForget(delete=False), ANNA, None)
    assert (left.text, left.buttons) == ("I have deleted nothing.", ())
    assert no.action == DecideForget(delete=False)
    assert (await answers.get_own(services.database, kept.id, ANNA)).digits
    gone = await decide_forget(services, DecideForget(delete=True), ANNA, None)
    assert "the digits of 1 photo" in (gone.text or "")
    with pytest.raises(AnswerGone):
        await answers.get_own(services.database, kept.id, ANNA)


async def test_what_an_anonymous_admin_gave_belongs_to_the_group(services: Services) -> None:
    group = person(-1001)
    kept = answered(digit(7), user=group)
    await answers.keep(services.database, kept)
    action = DecideForget(delete=True, group=True)
    await decide_forget(services, action, BORIS, None)
    assert (await answers.get_own(services.database, kept.id, group)).digits
    await decide_forget(services, action, BORIS, group)
    with pytest.raises(AnswerGone):
        await answers.get_own(services.database, kept.id, group)


class Remembering:
    """What a front end remembers."""

    def __init__(self, *people: Person, away: bool = False) -> None:
        self.people = set(people)
        self.away = away

    async def forget(self, person: Person) -> None:
        if self.away:
            raise StoreUnavailable("away")
        self.people.discard(person)


async def test_a_front_end_forgets_its_own_people_too(services: Services) -> None:
    ours, others = Remembering(ANNA, BORIS), Remembering(ANNA)
    services.memories.update({TELEGRAM: ours, DISCORD: others})
    await forget(services, ANNA)
    assert (ours.people, others.people) == ({BORIS}, {ANNA})


async def test_what_a_front_end_could_not_forget_is_to_be_asked_for_again(
    services: Services,
) -> None:
    await answers.keep(services.database, answered(digit(7), user=ANNA))
    services.memories[TELEGRAM] = Remembering(ANNA, away=True)
    assert await forget(services, ANNA) == texts.FORGET_LATER
    services.memories[TELEGRAM] = Remembering(ANNA)
    assert "the digits of 1 photo" in await forget(services, ANNA)
