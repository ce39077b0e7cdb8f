"""Reads `DATABASE_URL`: which kind of database it names, and where that database is.

    sqlite:///FILE     one file; four slashes begin an absolute path
    postgres://…       as a PaaS gives it, with any of libpq's parameters

SQLAlchemy's spelling with a driver, such as `sqlite+aiosqlite:///FILE` or
`postgresql+psycopg://…`, names the same database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import SettingsError

DEFAULT_DATABASE_URL = "sqlite:///data/inkling.sqlite3"
"""One file under `data/`, so that the bot starts without any setup."""

SQLITE_SCHEMES = frozenset({"sqlite", "sqlite+aiosqlite", "sqlite+pysqlite"})
"""The schemes that name an SQLite file."""

POSTGRESQL_SCHEMES = frozenset(
    {"postgres", "postgresql", "postgresql+psycopg", "postgresql+asyncpg"}
)
"""The schemes that name a PostgreSQL database; the bot connects with psycopg to all of them."""

POOLER_PARAMETER = "pgbouncer"
"""A parameter that some PaaS add for other clients; libpq refuses it."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_UNKNOWN_PARAMETER = re.compile(r'invalid URI query parameter: "([^"]*)"')


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """An SQLite database."""

    path: Path


@dataclass(frozen=True, slots=True)
class PostgresqlServer:
    """A PostgreSQL database.

    Attributes:
        conninfo: the address as libpq reads it, password included.
        password: empty if the address holds none.
    """

    conninfo: str = field(repr=False)
    password: str = field(repr=False)


def parse_database_url(url: str) -> SqliteFile | PostgresqlServer:
    """Find out what an address names. Nothing is opened or connected.

    Raises:
        SettingsError: the address is of another kind; the message never shows its password.
    """
    found = _SCHEME.match(url)
    if found is None:
        raise _refusal("an address without a scheme")
    scheme, rest = found[1].lower(), url[found.end() :]
    if scheme in SQLITE_SCHEMES:
        return _sqlite(rest)
    if scheme in POSTGRESQL_SCHEMES:
        return _postgresql(f"postgresql:{rest}")
    raise _refusal(f"{scheme}:…")


def database_password(url: str) -> str:
    """Return the password in an address, decoded; empty if there is none."""
    named = parse_database_url(url)
    return named.password if isinstance(named, PostgresqlServer) else ""


def _sqlite(rest: str) -> SqliteFile:
    if not rest.startswith("///"):
        raise _refusal("an sqlite: address without three slashes before the file")
    file = rest.removeprefix("///")
    if file in ("", ":memory:") or "?" in file:
        raise _refusal("an sqlite: address without a file, or with parameters")
    return SqliteFile(Path(file))


def _postgresql(url: str) -> PostgresqlServer:
    # Imported here, since a bot with an SQLite database needs no PostgreSQL driver.
    from psycopg import ProgrammingError  # noqa: PLC0415
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

    address, _, query = url.partition("?")
    kept = [part for part in query.split("&") if part.partition("=")[0] != POOLER_PARAMETER]
    conninfo = f"{address}?{'&'.join(kept)}" if any(kept) else address
    try:
        parameters = conninfo_to_dict(conninfo)
    except ProgrammingError as error:
        # libpq's own message may quote the whole address.
        unknown = _UNKNOWN_PARAMETER.search(str(error))
        if unknown is not None:
            reason = f"with the unknown parameter {unknown[1]}"
        else:
            reason = "that libpq cannot read"
        raise _refusal(f"a PostgreSQL address {reason}") from None
    if str(parameters.get("host") or "").rpartition("@")[0]:
        # What stands before it is the end of the password, and would be in each line of the log
        # that says that this host cannot be reached.
        raise _refusal("a PostgreSQL address with more than one @ (in a password, write %40)")
    ports = str(parameters.get("port") or "5432").split(",")
    if not all(_is_port(port) for port in ports if port):
        raise _refusal("a PostgreSQL address with a port that is not a number from 1 to 65535")
    return PostgresqlServer(conninfo, str(parameters.get("password") or ""))


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 1 <= int(text) <= 65535


def _refusal(received: str) -> SettingsError:
    return SettingsError(
        "Expected DATABASE_URL to be sqlite:///FILE or postgres://USER:PASSWORD@HOST/DATABASE. "
        f"Received {received}."
    )
