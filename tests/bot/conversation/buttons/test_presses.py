from __future__ import annotations

import logging

import pytest
from markupsafe import Markup

from bot.conversation.buttons.actions import DecidePage, ListVersions, Right, encode
from bot.conversation.buttons.presses import press
from bot.conversation.message import Shown
from bot.conversation.services import Services
from bot.local import ADA, ADMIN
from bot.messages import texts
from tests.bot.store.samples import person

NOTHING = Shown(Markup(""))


@pytest.mark.parametrize(
    "data", ["", "z:1", "s:ANSWER:-1:5", "m:a:../x", "\ud800", "i:ANSWER:-1", "f:x"]
)
async def test_an_unknown_button_is_answered_and_changes_nothing(
    services: Services, data: str
) -> None:
    reaction = await press(services, data, NOTHING, person(ADA))
    assert reaction.notice == texts.UNKNOWN_BUTTON
    assert (reaction.text, reaction.buttons, reaction.reply) == (None, None, None)


async def test_an_old_button_is_answered(services: Services) -> None:
    reaction = await press(services, encode(Right("ANSWER")), NOTHING, person(ADA))
    assert "no longer have that digit" in reaction.notice


@pytest.mark.parametrize("action", [ListVersions(), DecidePage(accept=True)])
async def test_an_admins_button_is_for_admins(
    services: Services, action: ListVersions | DecidePage, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        refused = await press(services, encode(action), NOTHING, person(ADA))
        assert (refused.notice, refused.alert) == (texts.NOT_YOUR_BUTTON, True)
        assert caplog.text == ""
        taken = await press(services, encode(action), NOTHING, person(ADMIN))
        assert taken.notice != texts.NOT_YOUR_BUTTON
    assert f"Admin telegram:{ADMIN} pressed {encode(action)}" in caplog.text


def test_notices_fit() -> None:
    for notice in (texts.UNKNOWN_BUTTON, texts.NOT_YOUR_BUTTON, texts.NOT_KEPT, texts.MEMORY_AWAY):
        assert len(notice) <= 200
