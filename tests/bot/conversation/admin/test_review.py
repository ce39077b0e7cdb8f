from __future__ import annotations

import pytest
from markupsafe import Markup

from bot.conversation.admin import review
from bot.conversation.buttons.actions import Decide, DecidePage, NextPage
from bot.conversation.message import Buttons, Message, Reaction, Shown
from bot.conversation.services import Services
from bot.messages.review_sheet import CORRECTIONS_PER_PAGE
from bot.store import answers, corrections
from bot.store.corrections import State
from tests.bot.store.samples import ADMIN, ANNA, answered, digit


@pytest.fixture
async def waiting(services: Services) -> int:
    """More corrections of Anna's than a page holds; returns how many."""
    count = CORRECTIONS_PER_PAGE + 2
    for seed in range(count):
        kept = answered(digit(7, seed=seed), user=ANNA)
        await answers.keep(services.database, kept)
        await corrections.submit(services.database, kept.id, 0, ANNA, 1)
    return count


def ids(buttons: Buttons | None) -> list[int]:
    """The corrections that a page has buttons for."""
    actions = [button.action for row in buttons or () for button in row]
    return [a.correction for a in actions if isinstance(a, Decide) and a.accept]


def as_shown(page: Message | Reaction) -> Shown:
    """A page as the admin sees it."""
    return Shown(page.text or Markup(""), page.buttons or ())


async def test_nothing_waits_at_first(services: Services) -> None:
    message = await review.show_page(services.database)
    assert message.text.startswith("Nothing is waiting. 0 accepted, 0 rejected so far.")
    assert (message.pictures, message.buttons) == ((), ())


async def test_a_page_is_decided_singly_and_as_a_whole(services: Services, waiting: int) -> None:
    page = await review.show_page(services.database)
    assert f"<b>{waiting} waiting</b>, {CORRECTIONS_PER_PAGE} here" in page.text
    assert len(ids(page.buttons)) == CORRECTIONS_PER_PAGE
    first = ids(page.buttons)[0]
    one = await review.react(services.database, Decide(first, accept=True), as_shown(page), ADMIN)
    assert one.notice == "1 accepted."
    here = CORRECTIONS_PER_PAGE - 1
    assert (one.text or "").startswith(f"<b>{waiting - 1} waiting</b>, {here} here")
    assert ids(one.buttons) == ids(page.buttons)[1:]
    assert one.buttons is not None
    assert one.buttons[0][0].label == "✓ 2", "numbers stay those of the sheet"
    rest = await review.react(services.database, DecidePage(accept=False), as_shown(one), ADMIN)
    assert rest.notice == f"{CORRECTIONS_PER_PAGE - 1} rejected."
    assert ids(rest.buttons) == []
    following = await review.react(services.database, NextPage(), as_shown(rest), ADMIN)
    assert following.buttons == ()
    assert following.reply is not None
    assert len(ids(following.reply.buttons)) == waiting - CORRECTIONS_PER_PAGE
    assert (await corrections.count(services.database))[State.ACCEPTED] == 1


async def test_a_page_of_which_nothing_is_left_says_nothing_of_it(
    services: Services, waiting: int
) -> None:
    page = await review.show_page(services.database)
    marked = Shown(page.text + Markup("\nLook twice at 1, 2."), page.buttons)
    all_ = DecidePage(accept=True)
    done = await review.react(services.database, all_, marked, ADMIN)
    assert "Look twice" not in (done.text or "")
    assert f"<b>{waiting - CORRECTIONS_PER_PAGE} waiting</b>, 0 here" in (done.text or "")
    following = await review.show_page(services.database)
    last = await review.react(services.database, all_, as_shown(following), ADMIN)
    assert (last.text or "").startswith(f"Nothing is waiting. {waiting} accepted, 0 rejected")
    assert last.buttons == ()


async def test_what_was_decided_elsewhere_is_left(services: Services, waiting: int) -> None:
    page = await review.show_page(services.database)
    first = Decide(ids(page.buttons)[0], accept=True)
    await review.react(services.database, first, as_shown(page), ADMIN)
    again = await review.react(services.database, first, as_shown(page), ADMIN)
    assert again.notice == "0 accepted.\n1 had changed or gone in the meantime, and was left."


async def test_an_unknown_correction_is_left(services: Services) -> None:
    reaction = await review.react(
        services.database, Decide(10**18 - 1, accept=True), Shown(Markup("")), ADMIN
    )
    assert reaction.notice.startswith("0 accepted.")
