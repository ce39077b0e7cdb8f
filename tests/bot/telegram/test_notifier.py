"""How admins hear of training runs, over a fake Telegram."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from telegram.error import NetworkError

from bot.conversation.admin.results import failure_text
from bot.conversation.admin.training import final_progress_text, progress_text
from bot.conversation.services import Services
from bot.errors import Ending
from bot.store import versions
from bot.store.runs import Lease, RunState
from bot.telegram.notifier import Notifier, address
from tests.bot.fakes import FakeTelegram, application, refused
from tests.bot.store.samples import ADMIN, RUN, begun, person, version

OTHER = person(9002)

FAILED = replace(RUN, state=RunState.FAILED, reason=Ending.DISK_FULL)


@pytest.fixture
def fake() -> FakeTelegram:
    return FakeTelegram()


async def test_every_admin_who_can_be_reached_is_told(
    fake: FakeTelegram, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    fake.answers["sendMessage"] = [refused(403, "Forbidden: bot was blocked by the user")]
    async with application(fake, []) as bot:
        await Notifier(bot.bot, services.database, {ADMIN, OTHER}, services.languages).tell(
            lambda: "Version <v> is broken."
        )
    assert fake.texts() == ["Version &lt;v&gt; is broken."] * 2
    assert f"Admin {ADMIN} could not be told" in caplog.text


async def test_the_progress_message_is_edited_when_something_has_changed(
    fake: FakeTelegram, services: Services
) -> None:
    early, later = RUN, replace(RUN, epoch=1, epochs=2, loss=0.5, accuracy=0.9)
    unseen = replace(RUN, address=address(int(ADMIN.id)))
    async with application(fake, []) as bot:
        notifier = Notifier(bot.bot, services.database, {ADMIN}, services.languages)
        for run in (early, early, later, unseen):
            await notifier.show(run)
    edits = [given["text"] for name, given in fake.calls if name == "editMessageText"]
    assert edits == [progress_text(run, run.started_at) for run in (early, later)]


async def test_a_failed_run_closes_its_message_and_is_told(
    fake: FakeTelegram, services: Services
) -> None:
    async with application(fake, []) as bot:
        await Notifier(bot.bot, services.database, {ADMIN}, services.languages).report(FAILED)
    assert fake.methods() == ["editMessageText", "sendMessage"]
    assert fake.calls[0][1]["text"] == final_progress_text(FAILED)
    assert fake.texts() == [failure_text(FAILED)]


async def test_an_admin_who_stopped_the_bot_is_not_told_again(
    fake: FakeTelegram, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    fake.answers["sendMessage"] = [refused(403, "Forbidden: bot was blocked by the user")]
    with caplog.at_level(logging.WARNING):
        async with application(fake, []) as bot:
            await Notifier(bot.bot, services.database, {ADMIN}, services.languages).report(FAILED)
    assert "was not told of run" in caplog.text


async def test_a_telegram_that_is_away_is_tried_again_later(
    fake: FakeTelegram, services: Services
) -> None:
    fake.answers["sendMessage"] = [NetworkError("gone")] * 9
    async with application(fake, []) as bot:
        with pytest.raises(NetworkError):
            await Notifier(bot.bot, services.database, {ADMIN}, services.languages).report(FAILED)


async def test_the_other_admins_hear_that_a_new_version_reads_photos(
    fake: FakeTelegram, services: Services
) -> None:
    database = services.database
    held = Lease((await begun(database, "here")).id, "here")
    assert await versions.publish(database, version("v2"), b"archive", held, compared_with=0)
    done = replace(RUN, state=RunState.DONE, version="v2")
    async with application(fake, []) as bot:
        admins = {ADMIN, OTHER}
        await Notifier(bot.bot, database, admins, services.languages).spread(done)
    news = [given for name, given in fake.calls if "v2" in str(given.get("text"))]
    assert [given["chat_id"] for given in news] == [int(OTHER.id)]
    assert "It reads photos from now on." in news[0]["text"]
