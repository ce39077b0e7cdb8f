"""The database of a search, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from bot.store import Database, migrate
from model.errors import StorageError
from model.training.tuning.storage import SCHEMA, open_study, storage_url
from model.training.tuning.study import search
from tests.bot.postgres import Server
from tests.model.training.learning_rates import RECIPE, SPACE, prefer_three_thousandths


def test_a_search_goes_on_where_it_was(empty_address: str) -> None:
    for total in (2, 4):
        with open_study(RECIPE, 3, SPACE, empty_address) as study:
            search(RECIPE, study, prefer_three_thousandths, 2)
            assert len(study.trials) == total
            firsts = [trial.params["learning_rate"] == 1 for trial in study.trials]
            assert firsts.count(True) == 1


def test_machines_that_begin_together_share_one_search(postgres_server: Server) -> None:
    address = postgres_server.create("together")

    def machine(_: int) -> None:
        with open_study(RECIPE, 3, SPACE, address) as study:
            search(RECIPE, study, prefer_three_thousandths, 2)

    with ThreadPoolExecutor(3) as machines:
        list(machines.map(machine, range(3)))
    with open_study(RECIPE, 3, SPACE, address) as study:
        assert len(study.trials) == 6
        assert sum(trial.params["learning_rate"] == 1 for trial in study.trials) == 1


async def test_a_search_and_the_bot_can_share_a_database(postgres_server: Server) -> None:
    address = postgres_server.create("shared")
    for total in (1, 2):
        database = Database.at(address)
        await migrate(database)
        await database.close()
        with open_study(RECIPE, 3, SPACE, address) as study:
            search(RECIPE, study, prefer_three_thousandths, 1)
            assert len(study.trials) == total
    engine = create_engine(storage_url(address))
    tables = inspect(engine)
    assert {"alembic_version", "answers"} <= set(tables.get_table_names("public"))
    assert {"alembic_version", "trials"} <= set(tables.get_table_names(SCHEMA))
    engine.dispose()


@pytest.mark.slow
def test_other_settings_are_another_study(tmp_path: Path) -> None:
    names = set()
    for recipe in (RECIPE, replace(RECIPE, batch_size=64)):
        for epochs in (3, 4):
            address = f"sqlite:///{tmp_path / 'tuning.sqlite3'}"
            with open_study(recipe, epochs, SPACE, address) as study:
                names.add(study.study_name)
    assert len(names) == 4
    assert all(name.startswith("baseline-") for name in names)


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
