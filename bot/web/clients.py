"""Who calls: which key a program has, who a person is, and how often each may call."""

from __future__ import annotations

import hashlib
import math
import re
import secrets
import time
from datetime import timedelta

from fastapi import Request
from fastapi.responses import JSONResponse
from init_data_py import errors as init_data_errors
from init_data_py import validate_by_hash
from limits import parse as parse_rate
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.store.people import TELEGRAM, WEB, Person
from bot.web.problems import ProblemError

FIRST_CLIENT_NUMBER = 2**62
"""The ids of clients are negative numbers beyond this one."""

MAX_INIT_DATA_AGE = timedelta(days=1)
"""How long Telegram's word for who opened a Mini App counts: a day, as in Telegram's examples."""

VISITOR_COOKIE = "inkling_visitor"
"""Holds the name of a person who gave something outside Telegram, so that it can be deleted."""

COOKIE_AGE = timedelta(days=365)
"""How long a browser keeps that name."""

_VISITOR_NAME = re.compile(r"[A-Za-z0-9_-]{22,64}")


class RateLimit:
    """Says how often each client may call. Each process counts for itself.

    Args:
        rate: such as "60/minute".
    """

    def __init__(self, rate: str) -> None:
        self._rate = parse_rate(rate)
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


class Visitors:
    """Says who a person at the draw page is.

    Inside Telegram that is the person's own account, as Telegram's signature proves. Elsewhere it
    is a random name, which a browser is given once the person gives something.

    Args:
        bot_token: with which Telegram signs who opened a Mini App; "" if nobody can have.
    """

    def __init__(self, bot_token: str) -> None:
        self._token = bot_token

    def person(self, request: Request) -> tuple[Person, str | None]:
        """Return who a person is, and the name that the browser is to keep, if any.

        Raises:
            ProblemError: what should prove the account is forged, too old, or of another bot.
        """
        scheme, _, init_data = request.headers.get("authorization", "").partition(" ")
        if scheme == "tma":
            return self._account(init_data), None
        name = request.cookies.get(VISITOR_COOKIE, "")
        if not _VISITOR_NAME.fullmatch(name):
            name = secrets.token_urlsafe(24)
        return web_person(name), name

    def remember(self, request: Request, response: JSONResponse, name: str | None) -> JSONResponse:
        """Let the browser keep a name."""
        if name is not None:
            response.set_cookie(
                VISITOR_COOKIE,
                name,
                max_age=int(COOKIE_AGE.total_seconds()),
                path="/draw",
                httponly=True,
                secure=request.url.scheme == "https",
                samesite="strict",
            )
        return response

    def _account(self, init_data: str) -> Person:
        try:
            if not self._token:  # without a bot on Telegram, everybody could sign
                raise init_data_errors.InitDataError
            user = validate_by_hash(init_data, self._token, expires_in=MAX_INIT_DATA_AGE).user
        except init_data_errors.InitDataError:
            user = None
        if user is None:
            raise ProblemError(
                401,
                "unknown-person",
                "Expected the account with which Telegram opened this page. Open the page again.",
            )
        return Person(TELEGRAM, str(user.id))


def address_of(request: Request) -> str:
    """Return the address of the caller, as the router in front tells it."""
    return request.client.host if request.client else ""


def web_person(name: str) -> Person:
    """Return as whom the queue and the database know a client that has no account."""
    digest = hashlib.sha256(name.encode()).digest()
    # A number, as it was before people had a platform: what a browser gave then is found by it.
    return Person(WEB, str(-FIRST_CLIENT_NUMBER - int.from_bytes(digest[:7])))
