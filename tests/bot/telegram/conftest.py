"""What tests of the Telegram front end share: nothing of a test goes on after it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.tasks import no_task_left


@pytest_asyncio.fixture(autouse=True)
async def every_task_ended() -> AsyncIterator[None]:
    """Leave no update pending that a test began."""
    async with no_task_left():
        yield
