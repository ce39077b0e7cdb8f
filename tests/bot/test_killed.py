"""Kill -9 of the child and of the bot at random moments: the database stays whole, and serves."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil
import pytest
from sqlalchemy import text

from bot.local import ADA, ADMIN
from bot.store import Database, migrate, runs, versions
from bot.store.archive import unpack
from bot.store.runs import RunState
from model.artifact import ModelFolder
from tests.bot.models import install, weak
from tests.bot.running import BotProcess, Chat, running_bot, telegram, wait_equal
from tests.bot.training_runs import TOKEN, TRAINING_SECONDS, child_of, told

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

KILLS = 20

PUBLISHING_SECONDS = 2.0
"""What measuring and publishing take, from the end of the training process."""

NEWEST = 5
"""Versions that are unpacked at each check."""

PLAIN = (0, 1, 3, 4, 7)
"""Digits among the photos of which a network that has learned for one epoch is sure."""

SEED = 5
"""So that a moment which once did harm can be met again."""


async def check(address: str, scratch: Path) -> list[RunState]:
    """Assert that a database is whole and has a version that serves; how its runs stand."""
    database = Database.at(address)
    try:
        for version in await versions.listed(database, NEWEST):
            path = unpack(await versions.archive_of(database, version.id), scratch / version.id)
            assert ModelFolder.open(path).manifest.version == version.id
        active = (await versions.active(database)).version
        assert active is None or await versions.get(database, active) is not None
        async with database.reading() as connection:
            if database.dialect == "sqlite":
                whole = await connection.exec_driver_sql("PRAGMA integrity_check")
                assert whole.scalar_one() == "ok"
            numbers = (await connection.execute(text("SELECT id FROM runs ORDER BY id"))).scalars()
        found = [await runs.get(database, number) for number in numbers.all()]
        for run in found:
            assert (run.version is not None) == (run.state is RunState.DONE)
            assert run.version is None or await versions.get(database, run.version) is not None
        states = [run.state for run in found]
        assert states.count(RunState.RUNNING) <= 1
        return states
    finally:
        await database.close()


def test_killed_in_training_and_publishing(tmp_path: Path, photos: list[bytes]) -> None:
    chance = random.Random(SEED)
    address = f"sqlite:///{tmp_path}/data/inkling.sqlite3"
    asyncio.run(install(address, weak(tmp_path)))
    with telegram(TOKEN) as url, ExitStack() as bots:
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": url,
            "ADMIN_IDS": str(ADMIN),
        }
        ada = Chat(url, ADA)
        bot = bots.enter_context(running_bot(tmp_path, **settings))
        began = time.monotonic()
        admin = started(url)
        told(admin, r"Model version \w+", TRAINING_SECONDS)
        whole_run = time.monotonic() - began
        for kill in range(KILLS):
            admin = started(url)
            child = child_of(bot)
            if kill % 4 == 0:
                # In the middle of measuring and publishing.
                wait_until_trained(bot)
                time.sleep(chance.uniform(0, PUBLISHING_SECONDS))
            else:
                time.sleep(chance.uniform(0, whole_run))
            if kill % 2:
                end(child)
            else:
                end(psutil.Process(bot.pid))
                gone(child)
                asyncio.run(check(address, tmp_path / "unpacked"))
                bot = bots.enter_context(running_bot(tmp_path, **settings))
            # Whatever was killed: photos are read, and the admin hears how the run ended.
            digit = chance.choice(PLAIN)
            answer = ada.ask(photos[digit])
            assert answer.get("caption", "").startswith(str(digit)), answer
            asyncio.run(all_reported(address))
            told(admin, r"Model version \w+|did not end well")
            states = asyncio.run(check(address, tmp_path / "unpacked"))
            assert RunState.RUNNING not in states, states
        told(started(url), r"Model version \w+", TRAINING_SECONDS)


async def all_reported(address: str) -> None:
    """Wait until every run has ended, and its admin been told."""
    database = Database.at(address)
    until = time.monotonic() + 90
    unsaid = "SELECT count(*) FROM runs WHERE state = 'running' OR report_at IS NOT NULL"
    while True:
        async with database.reading() as connection:
            if (await connection.execute(text(unsaid))).scalar_one() == 0:
                break
        assert time.monotonic() < until
        await asyncio.sleep(0.2)
    await database.close()


def started(url: str) -> Chat:
    """An admin who has just started a run."""
    admin = Chat(url, ADMIN)
    said = admin.say("/train baseline 1")["text"]
    assert "/cancel stops it" in said, said
    return admin


def wait_until_trained(bot: BotProcess) -> None:
    """Wait until the run that was started last is trained."""
    until = time.monotonic() + TRAINING_SECONDS
    while "is trained, and measured now" not in bot.text.rpartition("is requested by admin")[2]:
        assert time.monotonic() < until, bot.text
        time.sleep(0.02)


def end(process: psutil.Process) -> None:
    """Kill -9; a process that has just ended by itself was quicker."""
    try:
        process.kill()
        process.wait(10)
    except psutil.NoSuchProcess:
        pass


def gone(child: psutil.Process) -> None:
    """No child outlives the bot."""
    until = time.monotonic() + 10
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.05)


def photos_in_hand(url: str) -> int:
    """How many photos wait or are being answered."""
    text = httpx.get(f"{url}/metrics", trust_env=False).text
    found = re.search(r"^inkling_queue_photos (\d+)", text, re.MULTILINE)
    assert found, text
    return int(found.group(1))


def test_no_reading_outlives_the_bot(tmp_path: Path) -> None:
    with running_bot(tmp_path, PORT="0") as bot:
        assert bot.url
        (reading,) = psutil.Process(bot.pid).children()
        end(psutil.Process(bot.pid))
        gone(reading)


def test_a_bot_whose_reading_hangs_stops_in_time(tmp_path: Path, photos: list[bytes]) -> None:
    with running_bot(tmp_path, PORT="0") as bot:
        chat = Chat(bot.url)
        (reading,) = psutil.Process(bot.pid).children()
        reading.suspend()
        chat.send(photos[1])
        wait_equal(lambda: photos_in_hand(bot.url), 1)
        bot.stop()
        gone(reading)
        assert "Left 1 unanswered" in bot.text


PUBLISHER = """
import asyncio, os, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.store import Database, versions
from bot.store.archive import pack
from bot.store.runs import Lease
from bot.store.versions import Version
from tests.bot.models import variant
from tests.bot.store.samples import begun

async def main(address, scratch):
    database = Database.at(address)
    number = 0
    while True:
        number += 1
        run = await begun(database, str(os.getpid()))
        name = f"v{os.getpid()}x{number}"
        archive = pack(variant(scratch / name))
        made = Version(name, datetime.now(UTC), "baseline", 0, 0.9, 0.1, True, "")
        active = await versions.active(database)
        lease = Lease(run.id, str(os.getpid()))
        print("publishing", flush=True)
        await versions.publish(database, made, archive, lease, active.number)
        print("published", flush=True)

asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
"""


def publish_and_kill(address: str, folder: Path, seconds: float | None = None) -> float:
    """Kill -9 a process that publishes, that long after it begins to, or else when it has.

    Returns the seconds that it had to publish.
    """
    folder.mkdir()
    command = [sys.executable, "-c", PUBLISHER, address, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as publisher:
        assert publisher.stdout is not None
        assert publisher.stdout.readline() == b"publishing\n"
        began = time.monotonic()
        if seconds is None:
            assert publisher.stdout.readline() == b"published\n"
        else:
            time.sleep(seconds)
        os.kill(publisher.pid, signal.SIGKILL)
    return time.monotonic() - began


async def test_killed_while_publishing_one_version_after_the_other(
    address: str, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    database = Database.at(address)
    await migrate(database)
    # How long it takes depends on the machine: about half of the kills come before it is done.
    takes = await asyncio.to_thread(publish_and_kill, address, tmp_path / "measured")
    for kill in range(KILLS):
        run = await runs.running(database)
        if run is not None:
            await runs.give_up(database, runs.Lease(run.id, run.holder))
            assert (await runs.to_tell(database, "telegram")) is not None
        made = tmp_path / f"made-{kill}"
        await asyncio.to_thread(publish_and_kill, address, made, chance.uniform(0, 2 * takes))
        states = await check(address, tmp_path / "unpacked")
        assert set(states) <= {RunState.DONE, RunState.RUNNING, RunState.INTERRUPTED}
    assert len(await versions.listed(database, 100)) > 1
    assert RunState.INTERRUPTED in states
    await database.close()
