from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import optuna
import pytest
from optuna.trial import FrozenTrial, TrialState

from bot.store import Database, migrate
from model.errors import StorageError
from model.evaluation import plots
from model.recipes import RECIPES, Recipe
from model.training import tuning, tuning_plots
from model.training.tuning import Report, open_study, search, searched, storage_url, varied
from tests.bot.databases import address, postgres_server
from tests.bot.postgres import Server

__all__ = ["address", "postgres_server"]

RECIPE = replace(RECIPES["baseline"], learning_rate=1e-3)


def likes_three_thousandths(recipe: Recipe, report: Report) -> float:
    """Stands in for a training: best at a learning rate of 0.003."""
    value = 1 - abs(math.log(recipe.learning_rate / 0.003)) / 10
    for epoch in (1, 2, 3):
        report(epoch, value * epoch / 3)
    return value


def test_the_recipe_itself_is_tried_first_and_beaten(tmp_path: Path) -> None:
    seen: list[FrozenTrial] = []
    with open_study(RECIPE, 3, f"sqlite:///{tmp_path / 'new' / 'tuning.sqlite3'}") as study:
        best = search(RECIPE, study, likes_three_thousandths, 12, seen.append)
    assert len(seen) == 12
    assert seen[0].params == {"learning_rate": 1}
    assert best.value is not None
    assert seen[0].value is not None
    assert best.value > seen[0].value
    found = tuning.settings(RECIPE, best)["learning_rate"]
    assert abs(math.log(found / 0.003)) < abs(math.log(0.001 / 0.003))


def test_a_search_goes_on_where_it_was(address: str) -> None:
    for total in (2, 4):  # on SQLite and on PostgreSQL
        with open_study(RECIPE, 3, address) as study:
            search(RECIPE, study, likes_three_thousandths, 2)
            assert len(study.trials) == total
            firsts = [trial.params["learning_rate"] == 1 for trial in study.trials]
            assert firsts.count(True) == 1


def test_machines_that_begin_together_share_one_search(postgres_server: Server) -> None:
    address = postgres_server.create("together")

    def machine(_: int) -> None:
        with open_study(RECIPE, 3, address) as study:
            search(RECIPE, study, likes_three_thousandths, 2)

    with ThreadPoolExecutor(3) as machines:
        list(machines.map(machine, range(3)))
    with open_study(RECIPE, 3, address) as study:
        assert len(study.trials) == 6
        assert sum(trial.params["learning_rate"] == 1 for trial in study.trials) == 1


async def test_a_search_and_the_bot_can_share_a_database(postgres_server: Server) -> None:
    address = postgres_server.create("shared")
    for _ in range(2):
        database = Database.at(address)
        await migrate(database)
        await database.close()
        with open_study(RECIPE, 3, address) as study:
            search(RECIPE, study, likes_three_thousandths, 1)


def test_other_settings_are_another_study(tmp_path: Path) -> None:
    names = set()
    for recipe in (RECIPE, replace(RECIPE, batch_size=64)):
        for epochs in (3, 4):
            where = f"sqlite:///{tmp_path / 'tuning.sqlite3'}"
            with open_study(recipe, epochs, where) as study:
                names.add(study.study_name)
    assert len(names) == 4
    assert all(name.startswith("baseline-") for name in names)


def test_what_is_hopeless_is_given_up(tmp_path: Path) -> None:
    ended: list[float] = []

    def worse_each_time(recipe: Recipe, report: Report) -> float:
        value = 0.9 - len(study.trials) / 100
        for epoch in (1, 2, 3):
            report(epoch, value)
        ended.append(value)
        return value

    with open_study(RECIPE, 3, f"sqlite:///{tmp_path / 'tuning.sqlite3'}") as study:
        search(RECIPE, study, worse_each_time, 10)
        assert sum(trial.state == TrialState.PRUNED for trial in study.trials) == 5
        assert len(ended) == len(tuning.finished(study)) == 5


def test_every_searched_setting_can_be_varied() -> None:
    for recipe in RECIPES.values():
        names = searched(recipe)
        assert "learning_rate" in names
        assert varied(recipe, dict.fromkeys(names, 1)) == recipe
        for name in names:
            assert varied(recipe, {name: 1.5}) != recipe


def test_addresses_as_people_have_them() -> None:
    assert storage_url("postgres://u:p@host:5432/db?sslmode=require") == (
        "postgresql+psycopg://u:p@host:5432/db?sslmode=require&options=-csearch_path%3Dtuning"
    )
    assert storage_url("postgresql+asyncpg://host/db").startswith("postgresql+psycopg://host/db?")
    assert storage_url("sqlite:///some.db") == "sqlite:///some.db"
    with pytest.raises(StorageError, match="Received mysql"):
        storage_url("mysql://host/db")


def test_no_address_is_a_file_under_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert storage_url() == "sqlite:///data/tuning.sqlite3"
    assert (tmp_path / "data").is_dir()


def test_the_pictures_are_drawn(tmp_path: Path) -> None:
    trials = [
        optuna.trial.create_trial(value=0.9 + number / 100, state=TrialState.COMPLETE)
        for number in range(3)
    ]
    plots.save(tuning_plots.history(trials), tmp_path / "history.png")
    plots.save(
        tuning_plots.importances({"learning_rate": 0.7, "weight_decay": 0.3}),
        tmp_path / "importance.png",
    )
    assert all(path.stat().st_size > 5_000 for path in tmp_path.iterdir())
