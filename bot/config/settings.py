"""Settings, read once from the environment and `.env`.

A person who runs the bot meets this module through its errors: each is one sentence that names
the variable, what was expected and what was received. Secrets are never shown, not even wrong ones.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.config.database_url import DEFAULT_DATABASE_URL, parse_database_url
from bot.config.public_address import find_public_url
from bot.errors import SettingsError

TELEGRAM_API_URL = "https://api.telegram.org"
DISCORD_API_URL = "https://discord.com"

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_DISCORD_TOKEN = re.compile(r"[A-Za-z0-9_=-]+(\.[A-Za-z0-9_-]+){2}")
# What setWebhook accepts as secret_token.
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
# No @: an address with a user and a password would be written to the log.
_HTTP_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#@]*)?")
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+(%\w+)?")

_RATE = re.compile(r"[1-9]\d{0,6}/(second|minute|hour|day)")
_ORIGIN = re.compile(r"https?://[^\s/?#@*]+")

MIN_KEY_LENGTH = 16
"""Characters of an API key: at random, too many to be guessed."""

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names of this machine, to which a webhook may go without encryption."""


class Settings(BaseSettings):
    """What `.env.example` lists. A field's description says what is expected of its value."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    telegram_bot_token: SecretStr = Field(
        SecretStr(""), description="a token from @BotFather, such as 123456789:AAE…"
    )
    admin_ids: Annotated[frozenset[int], NoDecode] = Field(
        frozenset(), description="whole numbers separated by commas"
    )
    discord_bot_token: SecretStr = Field(
        SecretStr(""), description="a bot token from Discord's developer portal, such as MTIz….G….…"
    )
    discord_admin_ids: Annotated[frozenset[int], NoDecode] = Field(
        frozenset(), description="whole numbers separated by commas"
    )
    discord_api_url: str = Field(
        DISCORD_API_URL,
        description="an address that starts with https:// or http:// and holds no password",
    )
    telegram_api_url: str = Field(
        TELEGRAM_API_URL,
        description="an address that starts with https:// or http:// and holds no password",
    )
    database_url: SecretStr = Field(
        SecretStr(DEFAULT_DATABASE_URL), description="sqlite:///FILE or postgres://…"
    )
    # All interfaces: a PaaS reaches a program from outside the machine.
    host: str = Field("0.0.0.0", description="a host name or an IP address")  # noqa: S104
    port: int = Field(
        8080, description="a port from 1 to 65535, or 0 for any free one", ge=0, le=65535
    )
    public_url: str = Field(
        default_factory=lambda: find_public_url(os.environ),
        description="the https:// address under which Telegram reaches this bot",
    )
    webhook_secret: SecretStr = Field(
        default_factory=lambda: SecretStr(secrets.token_urlsafe(32)),
        description="1 to 256 of the characters A-Z, a-z, 0-9, _ and -",
    )
    api_keys: Annotated[frozenset[SecretStr], NoDecode] = Field(
        frozenset(), description="keys of at least 16 characters, separated by commas"
    )
    api_rate_limit: str = Field(
        "120/minute", description="a number of requests in a time, such as 120/minute"
    )
    cors_origins: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(), description="* or addresses such as https://example.org, separated by commas"
    )
    log_format: str = Field("text", description="text or json")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL")

    @property
    def with_telegram(self) -> bool:
        """Whether the bot is on Telegram."""
        return bool(self.telegram_bot_token.get_secret_value())

    @property
    def with_discord(self) -> bool:
        """Whether the bot is on Discord."""
        return bool(self.discord_bot_token.get_secret_value())

    @property
    def local(self) -> bool:
        """Without any token there is no platform: the bot brings a Bot API of its own."""
        return not (self.with_telegram or self.with_discord)

    @field_validator("telegram_bot_token")
    @classmethod
    def _a_token(cls, value: SecretStr) -> SecretStr:
        return _matching(_TOKEN, value) if value.get_secret_value() else value

    @field_validator("discord_bot_token")
    @classmethod
    def _a_discord_token(cls, value: SecretStr) -> SecretStr:
        return _matching(_DISCORD_TOKEN, value) if value.get_secret_value() else value

    @field_validator("webhook_secret")
    @classmethod
    def _a_webhook_secret(cls, value: SecretStr) -> SecretStr:
        return _matching(_WEBHOOK_SECRET, value)

    @field_validator("database_url")
    @classmethod
    def _a_database_url(cls, value: SecretStr) -> SecretStr:
        parse_database_url(value.get_secret_value())
        return value

    @field_validator("api_keys")
    @classmethod
    def _long_keys(cls, value: frozenset[SecretStr]) -> frozenset[SecretStr]:
        if any(len(key.get_secret_value()) < MIN_KEY_LENGTH for key in value):
            raise ValueError
        return value

    @field_validator("api_rate_limit")
    @classmethod
    def _a_rate(cls, value: str) -> str:
        if not _RATE.fullmatch(value):
            raise ValueError
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, value: frozenset[str]) -> frozenset[str]:
        if not all(origin == "*" or _ORIGIN.fullmatch(origin) for origin in value):
            raise ValueError
        return value

    @field_validator("admin_ids", "discord_admin_ids", "api_keys", "cors_origins", mode="before")
    @classmethod
    def _separated_by_commas(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("telegram_api_url", "discord_api_url", "public_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value and not _HTTP_URL.fullmatch(value):
            raise ValueError
        return value.rstrip("/")

    @field_validator("host")
    @classmethod
    def _a_host(cls, value: str) -> str:
        if not _HOST.fullmatch(value):
            raise ValueError
        return value

    @field_validator("public_url")
    @classmethod
    def _encrypted(cls, value: str, others: ValidationInfo) -> str:
        # Telegram calls https:// addresses alone; another Bot API server may do without.
        if (
            value.startswith("http://")
            and urlsplit(value).hostname not in LOOPBACK_HOSTS
            and others.data.get("telegram_api_url") == TELEGRAM_API_URL
        ):
            raise ValueError
        return value

    @field_validator("log_format")
    @classmethod
    def _a_format(cls, value: str) -> str:
        if value.lower() not in ("text", "json"):
            raise ValueError
        return value.lower()

    @field_validator("log_level")
    @classmethod
    def _a_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
            raise ValueError
        return value.upper()


def read_settings(**overrides: Any) -> Settings:
    """Read the environment and `.env`.

    Args:
        overrides: values that win over both, as tests need them (`_env_file=None` among them).

    Raises:
        SettingsError: at the first value that cannot be used.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise SettingsError(_sentence(name, first["input"])) from None
    except UnicodeDecodeError:
        raise SettingsError(
            "Expected .env to be a text file in UTF-8. Received other bytes; save it as UTF-8."
        ) from None
    except OSError as error:
        raise SettingsError(
            f"Expected .env to be a file that can be read. Received {error.strerror}."
        ) from None


def others_may_read(file: Path) -> bool:
    """Tell whether every user of this machine may read a file, if there is one."""
    try:
        return bool(file.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def _sentence(name: str, received: object) -> str:
    field = Settings.model_fields[name.lower()]
    if "SecretStr" in str(field.annotation) or "@" in str(received):
        value = received.get_secret_value() if isinstance(received, SecretStr) else str(received)
        shown = f"something else ({len(value)} characters)"
    else:
        shown = repr(received)
    return f"Expected {name.upper()} to be {field.description}. Received {shown}."


def _matching(pattern: re.Pattern[str], value: SecretStr) -> SecretStr:
    if not pattern.fullmatch(value.get_secret_value()):
        raise ValueError
    return value
