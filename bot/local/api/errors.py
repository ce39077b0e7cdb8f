"""Refusals, in the words that Telegram uses: a client that matches on them must not notice."""

from __future__ import annotations


class ApiError(Exception):
    """What the Bot API answers instead of a result.

    Args:
        code: also the HTTP status.
        description: for code 400 without the prefix "Bad Request: ".
        retry_after: seconds, with code 429.
    """

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def answer(self) -> dict[str, object]:
        """Return the JSON object that Telegram sends."""
        body: dict[str, object] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


def bad_request(reason: str) -> ApiError:
    """Make a 400: the request is understood and refused."""
    return ApiError(400, f"Bad Request: {reason}")


def conflict(reason: str) -> ApiError:
    """Make a 409: somebody else already receives this bot's updates."""
    return ApiError(409, f"Conflict: {reason}")


def too_many_requests(retry_after: int) -> ApiError:
    """Make a 429: the bot asks too often."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after)
