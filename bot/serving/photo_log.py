"""One line in the log for each photo: what became of it, and how long each stage took."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.errors import BotSignal
from model.errors import InklingError

log = logging.getLogger(__name__)

FAILED = "failed"
"""The outcome of a photo that met an error which nobody foresaw."""


@dataclass(slots=True)
class PhotoRecord:
    """What becomes of one photo. Whoever works on it marks the end of each stage.

    Attributes:
        door: by which way it came: telegram, api, draw, or live for a drawing that is being made.
        request: names the message or the request, for the log.
        outcome: "read", why nothing was read, or the kind of an error. Never what was read.
        digits: how many digits were read.
        seconds: how long each stage took, in the order in which they ended.
    """

    door: str
    request: str
    outcome: str = FAILED
    digits: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.monotonic)

    def mark(self, stage: str) -> None:
        """Say that a stage has ended, which began when the one before it ended."""
        now = time.monotonic()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._since
        self._since = now

    def answered(self, refusal: str | None, digits: int) -> None:
        """Say what was read."""
        self.outcome, self.digits = refusal or "read", digits


class PhotoLog:
    """Writes the lines, and tells whoever counts."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[PhotoRecord], None]] = []

    def listen(self, listener: Callable[[PhotoRecord], None]) -> None:
        """Let a function know of each photo, once it is done with."""
        self._listeners.append(listener)

    @contextmanager
    def photo(self, door: str, request: str, level: int = logging.INFO) -> Iterator[PhotoRecord]:
        """Record what the block does with a photo.

        Args:
            door: by which way it came.
            request: names the message or the request.
            level: of the line. A drawing is read many times while it is made, so it has DEBUG.
        """
        record = PhotoRecord(door, request)
        try:
            yield record
        except (InklingError, BotSignal) as error:
            record.outcome = type(error).__name__
            raise
        except asyncio.CancelledError:
            record.outcome = "cancelled"
            raise
        finally:
            self._report(record, level)

    def _report(self, record: PhotoRecord, level: int) -> None:
        said = f"{record.outcome} {record.digits}" if record.digits else record.outcome
        stages = ", ".join(f"{name} {1000 * each:.0f}" for name, each in record.seconds.items())
        total = 1000 * sum(record.seconds.values())
        fields = {
            "door": record.door,
            "request": record.request,
            "outcome": record.outcome,
            "digits": record.digits,
            "milliseconds": {name: round(1000 * each) for name, each in record.seconds.items()},
        }
        line = f"{record.request}: {said} in {total:.0f} ms ({stages})."
        log.log(level, "%s", line, extra={"photo": fields})
        for listener in self._listeners:
            listener(record)
