"""Addresses as people and PaaS write them, and a sentence for every other kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config.database_url import (
    DEFAULT_DATABASE_URL,
    PostgresqlServer,
    SqliteFile,
    database_password,
    parse_database_url,
)
from bot.errors import SettingsError


@pytest.mark.parametrize(
    ("url", "file"),
    [
        (DEFAULT_DATABASE_URL, "data/inkling.sqlite3"),
        ("sqlite:////var/lib/inkling/state.db", "/var/lib/inkling/state.db"),
        ("sqlite+aiosqlite:///data/state.db", "data/state.db"),
    ],
)
def test_an_sqlite_address_names_a_file(url: str, file: str) -> None:
    assert parse_database_url(url) == SqliteFile(Path(file))


@pytest.mark.parametrize(
    ("url", "conninfo"),
    [
        ("postgres://u:p%40@h:5432/d", "postgresql://u:p%40@h:5432/d"),
        ("postgresql+psycopg://u:p@h/d", "postgresql://u:p@h/d"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql://u:p@h/d"),
        (
            "postgres://u:p@h/d?sslmode=require&channel_binding=require",
            "postgresql://u:p@h/d?sslmode=require&channel_binding=require",
        ),
        (
            "postgres://u:p@h/d?pgbouncer=true&options=-csearch_path%3Dx%20",
            "postgresql://u:p@h/d?options=-csearch_path%3Dx%20",
        ),
        ("postgres://u:p@h/d?pgbouncer=true", "postgresql://u:p@h/d"),
        ("postgres:///d?host=%2Ftmp%2Fpg", "postgresql:///d?host=%2Ftmp%2Fpg"),
        ("postgres://h1:5432,h2/d", "postgresql://h1:5432,h2/d"),
        ("postgres://u:p[w@h/d", "postgresql://u:p[w@h/d"),
        ("postgres:///d?host=%40abstract", "postgresql:///d?host=%40abstract"),
    ],
)
def test_a_postgresql_address_keeps_all_that_libpq_knows(url: str, conninfo: str) -> None:
    named = parse_database_url(url)
    assert isinstance(named, PostgresqlServer)
    assert named.conninfo == conninfo


@pytest.mark.parametrize(
    ("url", "received"),
    [
        ("mysql://u:hush@h/d", "mysql:…"),
        ("postgresql+psycopg2://u:hush@h/d", "postgresql+psycopg2:…"),
        ("foo", "an address without a scheme"),
        ("sqlite://data.db", "an sqlite: address without three slashes before the file"),
        ("sqlite:///", "an sqlite: address without a file, or with parameters"),
        ("sqlite:///:memory:", "an sqlite: address without a file, or with parameters"),
        ("postgres://u:hush@h:http/d", "a port that is not a number from 1 to 65535"),
        ("postgres://u:hush@h:99999/d", "a port that is not a number from 1 to 65535"),
        ("postgres://u:hush@h/d?schema=public", "the unknown parameter schema"),
        ("postgres://u:hu%sh@h/d", "libpq cannot read"),
        ("postgres://u:hush@[h/d", "libpq cannot read"),
        ("postgres:u:hush@h/d", "libpq cannot read"),
        ("postgres://u:p@hush@h/d", "more than one @ (in a password, write %40)"),
    ],
)
def test_another_kind_of_address_is_refused_without_its_password(url: str, received: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse_database_url(url)
    sentence = str(refused.value)
    assert sentence.startswith("Expected DATABASE_URL to be sqlite:///FILE or postgres://")
    assert received in sentence
    assert "hu" not in sentence


def test_a_password_is_decoded_and_never_shown() -> None:
    url = "postgres://ann:pa%24word@h/d"
    assert database_password(url) == "pa$word"
    assert database_password(DEFAULT_DATABASE_URL) == ""
    assert "word" not in repr(parse_database_url(url))
