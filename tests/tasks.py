"""What tests leave running in the loop that all of a process share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection


@asynccontextmanager
async def no_task_left() -> AsyncIterator[None]:
    """Cancel what was begun in the block and still runs at its end.

    It would go on beside the next tests, and open again a database that is closed.
    """
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    for task in left:
        # SQLAlchemy gives a connection back in a task of its own; without it, the connection stays.
        if getattr(task.get_coro(), "cr_code", None) is not AsyncConnection.close.__code__:
            task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
