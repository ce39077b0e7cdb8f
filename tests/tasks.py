"""What tests leave running in the loop that all of a process share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def no_task_left() -> AsyncIterator[None]:
    """Cancel what was begun in the block and still runs at its end.

    It would go on beside the next tests, and open again a database that is closed.
    """
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
