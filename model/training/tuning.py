"""Search for better settings of a recipe, alone or on several machines at once.

What is searched are factors on a recipe's own settings: 1 is the recipe as it stands, and it is the
first that is tried, so that any gain is a gain over it. Optuna proposes the rest (Akiba and others
2019, arXiv:1907.10902): its tree-structured Parzen estimator, with trials given up early that are
worse than the median of the others at the same epoch.

A trial's value is the accuracy on images held out of the training set. The test set is not read.
Everything is kept in a database, so that a search that was stopped goes on, and machines that are
given the same one share it.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import optuna
import psycopg
from optuna.exceptions import ExperimentalWarning
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from optuna.trial import FrozenTrial, TrialState

from model.errors import StorageError
from model.recipes import Recipe

RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "learning_rate": (0.25, 4),
        "weight_decay": (0.1, 10),
        "deformation.elastic": (0.4, 2),
        "deformation.smoothness": (0.6, 1.6),
        "deformation.rotation": (0.4, 2),
        "deformation.scale": (0.4, 2),
        "deformation.aspect": (0.4, 2),
        "deformation.shear": (0.4, 2),
        "deformation.shift": (0.4, 2.5),
        "deformation.stroke": (0.4, 2),
    }
)
"""How far each setting is varied, as factors. A recipe that does not use one is left without."""

DEFAULT_FILE = Path("data") / "tuning.sqlite3"

SCHEMA = "tuning"
"""Where Optuna's tables go in PostgreSQL: it keeps its version in a table `alembic_version`, and so
does the bot, so one schema would not do for both."""

LOCK = 0x696E6B  # "ink": any number that nobody else in this database takes

HEARTBEAT = 60
"""Seconds between signs of life; a machine that gave none for two of them has its trial redone."""

Report = Callable[[int, float], None]
"""Takes an epoch and its validation accuracy; raises where going on is not worth it."""

Score = Callable[[Recipe, Report], float]
"""Trains a recipe and returns its validation accuracy, 0–1."""


@contextmanager
def open_study(recipe: Recipe, epochs: int, address: str = "") -> Iterator[optuna.Study]:
    """Begin a search, or go on with one of the same recipe and as many epochs; closes it after.

    Args:
        recipe: what is varied; a study of other settings or ranges is another study.
        epochs: of each trial.
        address: of the database, see `storage_url`.
    """
    definition = repr((recipe, epochs, sorted(RANGES.items())))
    url = storage_url(address)
    with _alone(url):
        with warnings.catch_warnings():
            # Heartbeats and what follows from them are marked experimental, since 2021.
            warnings.simplefilter("ignore", ExperimentalWarning)
            storage = RDBStorage(
                url,
                heartbeat_interval=HEARTBEAT,
                heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(max_retry=2),
            )
        study = optuna.create_study(
            study_name=f"{recipe.name}-{hashlib.sha256(definition.encode()).hexdigest()[:8]}",
            storage=storage,
            direction="maximize",
            load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=epochs // 3),
        )
        if names := searched(recipe):
            study.enqueue_trial(dict.fromkeys(names, 1.0), skip_if_exists=True)
    try:
        yield study
    finally:
        storage.remove_session()
        storage.engine.dispose()


def search(
    recipe: Recipe,
    study: optuna.Study,
    score: Score,
    trials: int,
    on_trial: Callable[[FrozenTrial], None] = lambda trial: None,
) -> FrozenTrial:
    """Try so many settings and return the best trial of the study so far.

    Args:
        recipe: what is varied.
        study: where trials are kept.
        score: what they are judged by.
        trials: how many more; those that other machines make do not count.
        on_trial: called after each.
    """

    def objective(trial: optuna.Trial) -> float:
        factors = {
            name: trial.suggest_float(name, *RANGES[name], log=True) for name in searched(recipe)
        }

        def report(epoch: int, accuracy: float) -> None:
            trial.report(accuracy, epoch)
            if trial.should_prune():
                raise optuna.TrialPruned

        return score(varied(recipe, factors), report)

    study.optimize(objective, trials, callbacks=[lambda _, trial: on_trial(trial)])
    return study.best_trial


def searched(recipe: Recipe) -> tuple[str, ...]:
    """The settings that a recipe uses and that can be varied."""
    return tuple(name for name in RANGES if _setting(recipe, name))


def varied(recipe: Recipe, factors: Mapping[str, float]) -> Recipe:
    """Return a recipe with some settings multiplied."""
    for name, factor in factors.items():
        recipe = _replaced(recipe, name.split("."), factor)
    return recipe


def settings(recipe: Recipe, trial: FrozenTrial) -> dict[str, Any]:
    """What a trial's factors make of the recipe's own settings, by name."""
    changed = varied(recipe, trial.params)
    return {name: _setting(changed, name) for name in trial.params}


def finished(study: optuna.Study) -> list[FrozenTrial]:
    """The trials that ran to their end, the best first."""
    done = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return sorted(done, key=lambda trial: -(trial.value or 0.0))


def storage_url(address: str = "") -> str:
    """Turn a database's address into one for Optuna.

    Args:
        address: `sqlite:///FILE`, or `postgres://…` as a PaaS gives it, whose tables then go into a
            schema of their own; "" for a file of its own under data/.
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
def _alone(url: str) -> Iterator[None]:
    """Make the schema in PostgreSQL, and let no other machine begin the study meanwhile."""
    if not url.startswith("postgresql"):
        yield
        return
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        yield  # closing the connection gives the lock back


def _setting(recipe: Any, name: str) -> Any:
    """The value of a dotted name, or None where the recipe has none."""
    for part in name.split("."):
        recipe = getattr(recipe, part, None)
    return recipe


def _replaced(recipe: Any, path: list[str], factor: float) -> Any:
    """A copy of a dataclass with one field, however deep, multiplied; pairs by both ends."""
    first, *rest = path
    value = getattr(recipe, first)
    if rest:
        value = _replaced(value, rest, factor)
    elif isinstance(value, tuple):
        value = tuple(end * factor for end in value)
    else:
        value *= factor
    return replace(recipe, **{first: value})
