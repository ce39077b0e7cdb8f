"""How admins hear of training runs, over a platform that is played."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from markupsafe import Markup

from bot.conversation.admin.notifier import Notifier, show_run
from bot.conversation.admin.results import failure_text
from bot.conversation.admin.training import final_progress_text, progress_text
from bot.conversation.message import Message
from bot.conversation.services import Services
from bot.errors import ChatClosed, Ending, NotDelivered
from bot.store import runs, versions
from bot.store.people import TELEGRAM, Person
from bot.store.runs import Address, Lease, Run, RunState
from tests.bot.store.samples import ADMIN, REQUEST, RUN, begun, person, version

OTHER = person(9002)
GROUP = "-5"

FAILED = replace(RUN, state=RunState.FAILED, reason=Ending.DISK_FULL)
LEARNING = replace(RUN, epoch=1, epochs=2, loss=0.5, accuracy=0.9, corrections=3)


class Platform:
    """Notes what is said and changed, by chat; a chat is closed, or all of it is away."""

    platform = TELEGRAM

    def __init__(self) -> None:
        self.said: list[tuple[str, Markup]] = []
        self.edits: list[Markup] = []
        self.closed: set[str] = set()
        self.away = False

    async def own_chat(self, admin: Person) -> Address:
        return Address(TELEGRAM, admin.id)

    async def send(self, chat: Address, message: Message) -> Address:
        if self.away:
            raise NotDelivered("away")
        if chat.chat in self.closed:
            raise ChatClosed("closed")
        self.said.append((chat.chat, message.text))
        return chat._replace(message="7")

    async def edit(self, shown: Address, text: Markup, *, patiently: bool) -> None:
        self.edits.append(text)


@pytest.fixture
def platform() -> Platform:
    return Platform()


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


async def requested(services: Services) -> Run:
    own = replace(REQUEST, address=Address(TELEGRAM, ADMIN.id))
    return await runs.request(services.database, own)


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
    run = await requested(services)
    confirmed = await show_run(services.database, run, platform, GROUP)
    assert said in confirmed.text
    kept = (await runs.get(services.database, run.id)).address
    assert kept == Address(TELEGRAM, shown_in or ADMIN.id, "7" if shown_in else "")


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
