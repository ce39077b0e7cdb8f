from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from bot.conversation.admin import models
from bot.conversation.buttons.actions import ActivateVersion, ListVersions, ShowVersion
from bot.conversation.message import Buttons
from bot.conversation.services import Services
from bot.store import versions
from bot.store.tables import VersionRow
from tests.bot.models import install, variant
from tests.bot.store.samples import ADMIN

STORED = "0123abcdef"


@pytest.fixture
async def stored(services: Services, tmp_path: Path) -> str:
    """A version that was trained, passed the gate and is active."""
    await install(f"sqlite:///{tmp_path / 'inkling.sqlite3'}", variant(tmp_path / STORED))
    return STORED


def labels(buttons: Buttons | None) -> list[str]:
    return [button.label for row in buttons or () for button in row]


async def test_the_shipped_version_is_always_listed(services: Services) -> None:
    message = await models.list_versions(services.database)
    assert "ships with the program" in message.text
    ((shipped,),) = message.buttons
    assert shipped.action == ShowVersion(None)
    assert shipped.label.startswith("▶")


async def test_a_version_is_activated_and_left_again(services: Services, stored: str) -> None:
    database, active_model = services.database, services.active_model
    listed = await models.list_versions(database)
    assert f"▶ <code>{stored}</code> baseline, 90.00%" in listed.text
    assert labels(listed.buttons)[-1] == "Go back to the shipped version"
    back = await models.react(database, active_model, ActivateVersion(None), ADMIN)
    assert "reads photos from now on, everywhere" in back.notice
    assert labels(back.buttons)[-1] == f"Go back to {stored}"
    assert (await versions.active(database)).version is None
    shown = await models.react(database, active_model, ShowVersion(stored), ADMIN)
    assert labels(shown.buttons) == ["Activate it", "‹ all versions"]
    again = await models.react(database, active_model, ActivateVersion(stored), ADMIN)
    assert again.notice.startswith(f"Version {stored} reads photos")
    serving = await models.react(database, active_model, ShowVersion(stored), ADMIN)
    assert serving.text is not None and "It reads photos now." in serving.text
    assert labels(serving.buttons) == ["‹ all versions"]


async def test_a_version_that_is_not_there_is_said_so(services: Services) -> None:
    database, active_model = services.database, services.active_model
    shown = await models.react(database, active_model, ShowVersion(STORED), ADMIN)
    assert shown.text == f"There is no version {STORED}."
    told = await models.react(database, active_model, ActivateVersion(STORED), ADMIN)
    assert told.notice.startswith("It cannot be used:")
    listed = await models.react(database, active_model, ListVersions(), ADMIN)
    assert listed.text is not None and STORED not in listed.text


async def test_a_version_that_failed_is_activated_by_a_button_that_says_so(
    services: Services, stored: str
) -> None:
    database, active_model = services.database, services.active_model
    async with database.writing() as connection:
        await connection.execute(update(VersionRow).values(passed=False))
    await models.react(database, active_model, ActivateVersion(None), ADMIN)
    shown = await models.react(database, active_model, ShowVersion(stored), ADMIN)
    assert labels(shown.buttons)[0] == "Activate it although it failed the gate"
    told = await models.react(database, active_model, ActivateVersion(stored), ADMIN)
    assert told.notice.startswith(f"Version {stored} reads photos")
