from __future__ import annotations

import asyncio

import pytest

from bot.app.worker import Options, all_of, check
from bot.config.settings import read_settings
from bot.errors import SettingsError


def test_a_webhook_needs_telegram() -> None:
    settings = read_settings(
        _env_file=None, discord_bot_token="MTIz.GabcDe.fgh", public_url="https://bot.example.org"
    )
    with pytest.raises(SettingsError, match="On Discord alone, use --web"):
        check(settings, Options(by_webhook=True))
    check(settings, Options(with_web=True))


async def test_when_one_platform_fails_the_other_is_left_too() -> None:
    left = asyncio.Event()

    async def goes_on() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            left.set()

    async def fails() -> None:
        await asyncio.sleep(0)
        raise SettingsError("a wrong token")

    with pytest.raises(SettingsError, match="a wrong token"):
        await all_of([goes_on(), fails()])
    assert left.is_set()
