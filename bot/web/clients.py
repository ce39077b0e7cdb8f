"""Who calls: which key a program has, how often a client may call, and how it is known."""

from __future__ import annotations

import hashlib
import math
import time

from fastapi import Request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.web.problems import ProblemError

FIRST_CLIENT_NUMBER = 2**62
"""Clients that no chat platform knows have negative numbers beyond this one, where no chat
platform has people or groups."""


class RateLimit:
    """Says how often each client may call. Each process counts for itself.

    Args:
        rate: such as "60/minute".
    """

    def __init__(self, rate: str) -> None:
        self._rate = parse(rate)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def check(self, client: str) -> None:
        """Count one call.

        Raises:
            ProblemError: that was one too many; it says when to try again.
        """
        if self._limiter.hit(self._rate, client):
            return
        reset = self._limiter.get_window_stats(self._rate, client).reset_time
        seconds = max(1, math.ceil(reset - time.time()))
        raise ProblemError(
            429,
            "too-many-requests",
            f"Expected at most {self._rate}. Try again in {seconds} s.",
            {"Retry-After": str(seconds)},
        )


class ApiKeys:
    """Lets only programs in that have a key; without any key, everybody.

    Args:
        keys: those that are valid.
    """

    def __init__(self, keys: frozenset[str]) -> None:
        self._digests = {hashlib.sha256(key.encode()).digest() for key in keys}

    def client(self, request: Request) -> str:
        """Return what names the client: its key, or its address where no key is needed.

        Raises:
            ProblemError: it has none of the keys.
        """
        if not self._digests:
            return address_of(request)
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        given = hashlib.sha256(key.strip().encode()).digest()
        if scheme.lower() != "bearer" or given not in self._digests:
            raise ProblemError(
                401,
                "unknown-key",
                "Expected a valid API key in the header Authorization: Bearer KEY.",
                {"WWW-Authenticate": "Bearer"},
            )
        return given.hex()


def address_of(request: Request) -> str:
    """Return the address of the caller, as the router in front tells it."""
    return request.client.host if request.client else ""


def client_number(name: str) -> int:
    """Return the number by which the queue and the database know a client that has no account."""
    digest = hashlib.sha256(name.encode()).digest()
    return -FIRST_CLIENT_NUMBER - int.from_bytes(digest[:7])
