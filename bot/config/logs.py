"""What the operator reads, with nothing in it that the operator must keep secret.

Lines go to standard error. Secrets are replaced in the finished line, so that it does not matter
whether they came by the message, by an argument or by the text of an exception.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from urllib.parse import quote

from bot.config.database_url import database_password
from bot.config.settings import Settings

REDACTED = "[secret]"
"""What stands in the place of a secret."""

TEXT_FORMAT = "{asctime} {levelname:<7} {name}: {message}"
"""A line of the log for people."""

MIN_SECRET_LENGTH = 4
"""Characters. Something shorter is part of ordinary words, and would leave no line readable."""

_QUIET = {
    # At INFO it writes each request's address, and the token is part of it.
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    # At DEBUG these write what people sent.
    "telegram.Bot": logging.INFO,
    "telegram.ext.ExtBot": logging.INFO,
    "telegram.ext.Application": logging.WARNING,
    # At DEBUG it writes what people sent.
    "discord": logging.WARNING,
    # It writes a traceback for each connection that failed; `bot.discord.client` says it in a line.
    "discord.client": logging.CRITICAL,
    # At DEBUG it writes each statement with its values, and so what was read in a photo.
    "aiosqlite": logging.INFO,
    # Whoever sends waits and tries again, and says so.
    "telegram.ext.AIORateLimiter": logging.CRITICAL,
    # It writes what it could not parse, with a traceback; whoever asked says that in a line.
    "telegram.request.BaseRequest": logging.CRITICAL,
    # At each start it says which database it meets, and that it will do nothing.
    "alembic": logging.WARNING,
    # One line a request, long polls included.
    "uvicorn.access": logging.WARNING,
    "uvicorn.error": logging.WARNING,
    # At DEBUG: font look-ups and codec names by the hundred.
    "matplotlib": logging.WARNING,
    "PIL": logging.WARNING,
    "python_multipart": logging.WARNING,
}


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object: time, level, logger, message, and what it is about."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object as a line."""
        content: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            content["exception"] = self.formatException(record.exc_info)
        # A line about a photo has its figures beside the words.
        content |= getattr(record, "photo", {})
        return json.dumps(content, ensure_ascii=False)


class RedactingFormatter(logging.Formatter):
    """Formats as another formatter does, then replaces each secret, exceptions' text included.

    Args:
        secrets: what must not be seen; those under MIN_SECRET_LENGTH are left as they are.
        formatter: None for a line of words.
    """

    def __init__(self, secrets: list[str], formatter: logging.Formatter | None = None) -> None:
        super().__init__()
        self._formatter = formatter or logging.Formatter(TEXT_FORMAT, style="{")
        # The longest first: a secret may be part of another.
        long_enough = [secret for secret in secrets if len(secret) >= MIN_SECRET_LENGTH]
        self._secrets = sorted(long_enough, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one text without secrets."""
        text = self._formatter.format(record)
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        return text


def set_up(settings: Settings) -> None:
    """Send this process's log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    formatter = JsonFormatter() if settings.log_format == "json" else None
    handler.setFormatter(RedactingFormatter(secrets_of(settings), formatter))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(max(level, logging.getLogger().level))


def secrets_of(settings: Settings) -> list[str]:
    """Return what must appear in no line: the tokens, the webhook's secret and passwords."""
    plain = [
        settings.telegram_bot_token.get_secret_value(),
        settings.discord_bot_token.get_secret_value(),
        settings.webhook_secret.get_secret_value(),
        database_password(settings.database_url.get_secret_value()),
        *(key.get_secret_value() for key in settings.api_keys),
    ]
    return plain + [quote(secret, safe="") for secret in plain]
