"""The database in which a search for settings is kept.

A search that was stopped goes on, and machines that are given the same database share it.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import optuna
import psycopg
from optuna.exceptions import ExperimentalWarning
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback

from model.errors import StorageError
from model.recipes import Recipe

DEFAULT_FILE = Path("data") / "tuning.sqlite3"
"""Where a search is kept if no database is named."""

SCHEMA = "tuning"
"""The schema of Optuna's tables in PostgreSQL. Optuna and the bot both keep their version in a
table `alembic_version`, so that they cannot share a schema."""

ADVISORY_LOCK = 0x696E6B  # "ink"
"""The number of the lock that a machine holds while it begins a study: any that nobody else in the
database uses."""

HEARTBEAT_SECONDS = 60
"""Time between signs of life. The trial of a machine that misses two of them is done again."""

MAX_RETRIES = 2
"""How often a trial is done again."""


@contextmanager
def open_study(
    recipe: Recipe, epochs: int, space: Mapping[str, tuple[float, float]], address: str = ""
) -> Iterator[optuna.Study]:
    """Begin a study, or go on with one of the same arguments; close it at the end.

    Args:
        recipe: what is varied.
        epochs: of each trial.
        space: how far each setting is varied, see `tuning.search_space`.
        address: of the database, see `storage_url`.

    Raises:
        StorageError: the address is not one of a database that can keep a study.
    """
    definition = repr((recipe, epochs, sorted(space.items())))
    url = storage_url(address)
    with _exclusively(url):
        with warnings.catch_warnings():
            # Heartbeats and what follows from them are marked experimental, since 2021.
            warnings.simplefilter("ignore", ExperimentalWarning)
            storage = RDBStorage(
                url,
                heartbeat_interval=HEARTBEAT_SECONDS,
                heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(
                    max_retry=MAX_RETRIES
                ),
            )
        study = optuna.create_study(
            study_name=f"{recipe.name}-{hashlib.sha256(definition.encode()).hexdigest()[:8]}",
            storage=storage,
            direction="maximize",
            load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=epochs // 3),
        )
        if space:  # the recipe itself is tried first
            study.enqueue_trial(dict.fromkeys(space, 1.0), skip_if_exists=True)
    try:
        yield study
    finally:
        storage.remove_session()
        storage.engine.dispose()


def storage_url(address: str = "") -> str:
    """Turn the address of a database into one for Optuna.

    Args:
        address: `sqlite:///FILE`, or `postgres://…` as a PaaS gives it, whose tables then go into a
            schema of their own; "" for `DEFAULT_FILE`.

    Raises:
        StorageError: it is of another kind.
    """
    parts = urlsplit(address)
    match parts.scheme.partition("+")[0]:
        case "":
            file = Path(address or DEFAULT_FILE)
        case "sqlite":
            file = Path(parts.path.removeprefix("/"))
        case "postgres" | "postgresql":
            query = dict(parse_qsl(parts.query)) | {"options": f"-csearch_path={SCHEMA}"}
            return urlunsplit(parts._replace(scheme="postgresql+psycopg", query=urlencode(query)))
        case other:
            raise StorageError(
                "Expected sqlite:///FILE or postgres://… as the database of a search. "
                f"Received {other}:…"
            )
    file.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{file}"


@contextmanager
def _exclusively(url: str) -> Iterator[None]:
    """Make the schema in PostgreSQL, and keep other machines from beginning a study."""
    if not url.startswith("postgresql"):
        yield
        return
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        yield  # closing the connection releases the lock
