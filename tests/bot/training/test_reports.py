"""A report that nobody heard is made again, and a database that is away is no end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.errors import Ending, NotDelivered
from bot.store import Database, runs
from bot.store.runs import Address, Lease, Run, RunState
from bot.training.reports import News, RunReports
from tests.bot.store.samples import REQUEST, begun


class Telegram:
    """What an admin would have read."""

    def __init__(self, platform: str = "telegram") -> None:
        self.platform = platform
        self.told: list[int] = []
        self.spoken: list[int] = []
        self.heard: list[str] = []
        self.away = False

    async def show(self, run: Run) -> None:
        raise AssertionError("Nothing runs in this test.")

    async def report(self, run: Run) -> None:
        if self.away:
            raise ConnectionError("Telegram is away")
        self.told.append(run.id)

    async def spread(self, run: Run) -> None:
        self.spoken.append(run.id)

    async def tell(self, say: Callable[[], str]) -> None:
        if self.away:
            raise NotDelivered("Telegram is away")
        self.heard.append(say())


async def nothing_to_load() -> None:
    """Load no version."""


async def test_a_report_that_nobody_heard_is_made_again(database: Database) -> None:
    telegram = Telegram()
    reports = RunReports(database, (telegram,), "here", nothing_to_load, deque())
    run = await begun(database, "trainer")
    await runs.end(database, Lease(run.id, "trainer"), RunState.FAILED, Ending.DISK_FULL)
    telegram.away = True
    await reports.tell()
    telegram.away = False
    await reports.tell()
    assert telegram.told == [], "another bot may be telling it at this moment"
    async with database.writing() as connection:
        await connection.execute(text("UPDATE runs SET report_at = 0"))
    await reports.tell()
    await reports.tell()
    assert telegram.told == [run.id]


async def test_a_run_is_told_where_it_was_asked_for_and_its_version_everywhere(
    database: Database,
) -> None:
    platforms = telegram, discord = Telegram(), Telegram("discord")
    reports = RunReports(database, platforms, "here", nothing_to_load, deque())
    wanted = replace(REQUEST, address=Address("discord", "1"))
    run = await begun(database, "trainer", wanted)
    await runs.end(database, Lease(run.id, "trainer"), RunState.FAILED, Ending.DISK_FULL)
    await reports.tell()
    assert (telegram.told, discord.told) == ([], [run.id])
    assert telegram.spoken == discord.spoken == [run.id]


async def test_what_one_platform_could_not_be_told_is_told_there_later(database: Database) -> None:
    platforms = telegram, discord = Telegram(), Telegram("discord")
    news: News = deque()
    reports = RunReports(database, platforms, "here", nothing_to_load, news)
    news.append(lambda: "A version is broken.")
    discord.away = True
    await reports.tell()
    assert (telegram.heard, discord.heard) == (["A version is broken."], [])
    discord.away = False
    await reports.tell()
    await reports.tell()
    assert telegram.heard == discord.heard == ["A version is broken."]


async def test_a_database_that_is_away_is_asked_again_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    nowhere = Database.at("postgres://nobody@127.0.0.1:1/nothing")
    caplog.set_level("DEBUG", "bot.training.reports")
    await RunReports(nowhere, (Telegram(),), "here", nothing_to_load, deque()).tell()
    assert "No runs could be looked for" in caplog.text
    await nowhere.close()
