"""What happened in the local Telegram, in order, for the pages that show it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass
from typing import Any

MAX_EVENTS = 5_000
"""Events that are kept. A page that missed more loads everything again."""


@dataclass(frozen=True)
class Event:
    """Something that the page must show.

    Attributes:
        number: counts from 1.
        kind: says how to show it: "message", "deleted", "action", "seen", "answer" and others.
        content: what the page needs for that, as JSON.
    """

    number: int
    kind: str
    content: dict[str, Any]


class EventLog:
    """What happened, in order, for any number of pages that follow it.

    Attributes:
        last: the number of the newest event, 0 at first.
        closed: whether the server stops, so that nothing more will happen.
    """

    def __init__(self) -> None:
        self.last = 0
        self.closed = False
        self._events: deque[Event] = deque(maxlen=MAX_EVENTS)
        self._changed = asyncio.Event()

    def add(self, kind: str, **content: Any) -> int:
        """Record that something happened, and return the number of the event."""
        self.last += 1
        self._events.append(Event(self.last, kind, content))
        self._changed.set()
        self._changed = asyncio.Event()
        return self.last

    def since(self, number: int) -> list[Event]:
        """Return the events after that number, as far as they are kept."""
        return [event for event in self._events if event.number > number]

    def reaches(self, number: int) -> bool:
        """Tell whether all events after that number are kept."""
        return self.last - number <= len(self._events)

    async def wait(self, number: int, seconds: float | None = None) -> None:
        """Wait until there is an event after that number, at most for some seconds."""
        if self.last <= number and not self.closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)

    def close(self) -> None:
        """End every wait, now and later."""
        self.closed = True
        self._changed.set()
