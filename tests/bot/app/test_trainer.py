"""`python -m bot trainer`: what an admin asks of a bot is carried out by a process elsewhere.

Each training starts TensorFlow and goes through MNIST once: half a minute on two cores. So all of
this is for the machine that has time.
"""

from __future__ import annotations

import asyncio
import re
import signal
import sysconfig
import time
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bot.local import ADMIN
from bot.store.runs import LEASE_SECONDS
from tests.bot.models import WEAK_VERSION, install, weak
from tests.bot.running import BotProcess, Chat, running_bot
from tests.bot.training_runs import child_of, measure, told

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def python_without_tensorflow(folder: Path) -> str:
    """Make an environment as a worker has it: all our packages, but not TensorFlow."""
    venv.create(folder, with_pip=False, symlinks=True)
    (theirs,) = folder.glob("lib/python*/site-packages")
    for package in Path(sysconfig.get_path("purelib")).iterdir():
        if not package.name.startswith(("tensorflow", "keras")):
            (theirs / package.name).symlink_to(package)
    return str(folder / "bin" / "python")


@contextmanager
def worker(folder: Path, address: str) -> Iterator[Chat]:
    """Run a bot that cannot train, and give its admin's chat."""
    asyncio.run(install(address, weak(folder)))
    (folder / "worker").mkdir()
    python = python_without_tensorflow(folder / "environment")
    settings = {"PORT": "0", "DATABASE_URL": address}
    with running_bot(folder / "worker", python=python, **settings) as bot:
        yield Chat(bot.url, ADMIN)


@contextmanager
def trainer(folder: Path, name: str, address: str) -> Iterator[BotProcess]:
    """Run a trainer with the same database."""
    (folder / name).mkdir()
    with running_bot(folder / name, "trainer", DATABASE_URL=address) as process:
        process.wait_for("Waiting for training runs. These recipes fit here: .*baseline")
        yield process


def test_without_a_trainer_the_admin_reads_how_to_start_one(tmp_path: Path) -> None:
    with worker(tmp_path, f"sqlite:///{tmp_path}/state.sqlite3") as admin:
        live = admin.say("/train fine-tune")
        assert "Looking for a process that can train" in live["text"]
        said = told(admin, "python -m bot trainer", 60)
        assert said["message_id"] == live["message_id"]
        assert "MB of memory and TensorFlow" in said["text"]
        assert "Stopping" in admin.say("/cancel")["text"]
        told(admin, "Training stopped. Grace stopped it. Nothing has changed", 60)


def test_a_trainer_trains_for_a_worker_and_the_worker_tells(tmp_path: Path, address: str) -> None:
    with worker(tmp_path, address) as admin:
        live = admin.say("/train baseline 1")
        told(admin, "python -m bot trainer", 60)
        # It is started when the admin has read that there is none, and begins by itself.
        with ExitStack() as running:
            one, two = (
                running.enter_context(trainer(tmp_path, name, address)) for name in ("one", "two")
            )
            told(admin, r"epoch 1 of 1\nwhile training: loss 0\.\d+, accuracy 9\d\.\d+%")
            result = told(admin, "Model version")
            made = re.search(r"Model version (\w+)", result["text"])
            assert made is not None and made[1] != WEAK_VERSION
            assert "reads photos from now on" in result["text"]
            assert "✓ done" in admin.now(live)["text"]
            measure(admin, made[1])
            took = [process for process in (one, two) if "training baseline" in process.text]
            assert len(took) == 1, "one of two trainers carries out a run"
            assert one.stop() == 0
            assert two.stop(signal.SIGINT) == 0


def test_a_trainer_that_is_killed_or_stopped_is_told_and_the_next_one_trains(
    tmp_path: Path, address: str
) -> None:
    with worker(tmp_path, address) as admin:
        with trainer(tmp_path, "killed", address) as process:
            admin.say("/train baseline")
            child = child_of(process, 60)
            killed = time.monotonic()
            process.kill()
            said = told(admin, "did not end well", LEASE_SECONDS + 60)
            assert "killed, or restarted" in said["text"]
            assert time.monotonic() - killed > LEASE_SECONDS / 2, "its lease had to lapse"
            child.wait(10)
        with trainer(tmp_path, "stopped", address) as process:
            admin.say("/train baseline")
            child = child_of(process, 60)
            assert process.stop() == 0
            assert not child.is_running()
            told(admin, "did not end well.*was stopped meanwhile", 60)
        with trainer(tmp_path, "cancelled", address) as process:
            admin.say("/train baseline")
            child = child_of(process, 60)
            admin.say("/cancel")
            told(admin, "Training stopped. Grace stopped it", 60)
            child.wait(10)
