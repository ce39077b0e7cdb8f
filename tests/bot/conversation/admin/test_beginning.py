"""A run begins, over a platform that is played."""

from __future__ import annotations

import pytest

from bot.conversation.admin.beginning import Asker, begin
from bot.conversation.services import Services
from bot.store import runs
from bot.store.people import TELEGRAM
from bot.store.runs import Address
from tests.bot.conversation.admin.conftest import Platform
from tests.bot.store.samples import ADMIN

GROUP = "-5"
ASKER = Asker(ADMIN, "Root", GROUP)


@pytest.mark.parametrize(
    ("closed", "shown_in", "said"),
    [
        (set[str](), ADMIN.id, "in our own chat how far"),
        ({ADMIN.id}, GROUP, "others see that, too"),
        ({ADMIN.id, GROUP}, None, "neither to you"),
    ],
)
async def test_a_run_is_shown_alone_or_among_people_or_nowhere(
    platform: Platform, services: Services, closed: set[str], shown_in: str | None, said: str
) -> None:
    platform.closed = closed
    confirmed, run = await begin(services, ["baseline"], ASKER, platform)
    assert said in confirmed.text and run is not None
    kept = (await runs.get(services.database, run.id)).address
    assert kept == Address(TELEGRAM, shown_in or ADMIN.id, "7" if shown_in else "")


async def test_what_makes_no_sense_is_answered_where_it_was_asked(
    platform: Platform, services: Services
) -> None:
    answer, run = await begin(services, ["<b>"], ASKER, platform)
    assert "no recipe &lt;b&gt;" in answer.text and run is None
    assert platform.said == [] and await runs.running(services.database) is None
