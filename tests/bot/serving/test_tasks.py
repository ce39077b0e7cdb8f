"""Work beside a block goes on as long as the block, and no longer."""

from __future__ import annotations

import asyncio

import pytest

from bot.serving.tasks import background


async def test_work_beside_a_block_ends_with_it() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async with background(work(), "work"):
        await begun.wait()
        assert not ended.is_set()
    assert ended.is_set()


async def test_an_error_in_it_is_raised_at_the_end() -> None:
    async def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        async with background(fail(), "work"):
            await asyncio.sleep(0)
