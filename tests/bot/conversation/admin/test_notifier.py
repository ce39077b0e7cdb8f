"""How admins hear of training runs, over a platform that is played."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from markupsafe import Markup

from bot.conversation.admin.notifier import Notifier
from bot.conversation.admin.results import failure_text
from bot.conversation.admin.training import final_progress_text, progress_text
from bot.conversation.services import Services
from bot.errors import Ending, NotDelivered
from bot.store import versions
from bot.store.people import TELEGRAM
from bot.store.runs import Address, Lease, RunState
from tests.bot.conversation.admin.conftest import Platform
from tests.bot.store.samples import ADMIN, RUN, begun, person, version

OTHER = person(9002)
GROUP = "-5"

FAILED = replace(RUN, state=RunState.FAILED, reason=Ending.DISK_FULL)
LEARNING = replace(RUN, epoch=1, epochs=2, loss=0.5, accuracy=0.9, corrections=3)


@pytest.fixture
def notifier(platform: Platform, services: Services) -> Notifier:
    return Notifier(platform, services.database, {ADMIN, OTHER}, services.languages)


async def test_every_admin_who_can_be_reached_is_told(
    platform: Platform, notifier: Notifier, caplog: pytest.LogCaptureFixture
) -> None:
    platform.closed = {ADMIN.id}
    await notifier.tell(lambda: "Version <v> is broken.")
    assert platform.said == [(OTHER.id, Markup("Version &lt;v&gt; is broken."))]
    assert f"Admin {ADMIN} could not be told" in caplog.text


async def test_the_progress_message_is_edited_when_something_has_changed(
    platform: Platform, notifier: Notifier
) -> None:
    later, unseen = LEARNING, replace(RUN, address=Address(TELEGRAM, ADMIN.id))
    for run in (RUN, RUN, later, unseen):
        await notifier.show(run)
    assert platform.edits == [progress_text(run, run.started_at) for run in (RUN, later)]


async def test_a_failed_run_closes_its_message_and_is_told(
    platform: Platform, notifier: Notifier
) -> None:
    await notifier.report(FAILED)
    assert platform.edits == [final_progress_text(FAILED)]
    assert platform.said == [(ADMIN.id, failure_text(FAILED))]


async def test_an_admin_who_stopped_the_bot_is_not_told_again(
    platform: Platform, notifier: Notifier, caplog: pytest.LogCaptureFixture
) -> None:
    platform.closed = {ADMIN.id}
    with caplog.at_level(logging.WARNING):
        await notifier.report(FAILED)
    assert "was not told of run" in caplog.text


async def test_a_platform_that_is_away_is_tried_again_later(
    platform: Platform, notifier: Notifier
) -> None:
    platform.away = True
    with pytest.raises(NotDelivered):
        await notifier.report(FAILED)
    with pytest.raises(NotDelivered):
        await notifier.tell(lambda: "Something.")


async def test_the_other_admins_hear_that_a_new_version_reads_photos(
    platform: Platform, notifier: Notifier, services: Services
) -> None:
    held = Lease((await begun(services.database, "here")).id, "here")
    made = version("v2")
    assert await versions.publish(services.database, made, b"archive", held, compared_with=0)
    done = replace(RUN, state=RunState.DONE, version="v2")
    await notifier.spread(done)
    ((chat, news),) = platform.said
    assert chat == OTHER.id and "v2" in news and "It reads photos from now on." in news
    # Who asked for the run has been told; a platform that is away is not to bring that again.
    platform.away = True
    await notifier.spread(done)


async def test_among_people_nothing_is_said_that_is_for_admins_alone(
    platform: Platform, notifier: Notifier
) -> None:
    here = replace(LEARNING, address=Address(TELEGRAM, GROUP, "7"))
    await notifier.show(here)
    await notifier.report(replace(here, state=RunState.DONE, version="v2"))
    await notifier.report(replace(here, state=RunState.FAILED, reason=f"{Ending.GAVE_UP}\n/srv/x"))
    texts = [*platform.edits, *(text for _, text in platform.said)]
    assert [chat for chat, _ in platform.said] == [GROUP, GROUP]
    for text in texts:
        assert not any(secret in text for secret in ("accuracy", "loss", "/srv", "correction"))
    assert "/models shows you alone" in texts[-2] and "no new version" in texts[-1]
