"""An admin has a model made, in the real bot, over real HTTP, with the real training.

Each training starts TensorFlow and goes through MNIST once: half a minute on two cores. So all of
this is for the machine that has time.
"""

from __future__ import annotations

import asyncio
import re
import signal
import time
from pathlib import Path

import psutil
import pytest

from bot.local import ADA, ADMIN, BORIS
from tests.bot.models import WEAK_VERSION, install, weak
from tests.bot.postgres import Server
from tests.bot.running import Chat, running_bot, telegram
from tests.bot.training_runs import TOKEN, child_of, measure, told, told_in

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_train_gate_activate_read_and_go_back(tmp_path: Path, photos: list[bytes]) -> None:
    # One epoch of the classic does not come near the model that ships.
    asyncio.run(install(f"sqlite:///{tmp_path}/data/inkling.sqlite3", weak(tmp_path)))
    with running_bot(tmp_path, PORT="0") as bot:
        ada, admin = Chat(bot.url, ADA), Chat(bot.url, ADMIN)
        live = admin.say("/train baseline 1")
        second = admin.say("/train baseline")
        assert "Grace is already training baseline: started" in second["text"]
        assert "no epoch is over yet" in second["text"]
        # The bot answers meanwhile.
        assert ada.ask(photos[7])["reply_to_message"]
        told(admin, r"epoch 1 of 1.*loss 0\.\d+, accuracy 9\d\.\d+%")
        result = told(admin, "Model version")
        made = re.search(r"Model version (\w+)", result["text"])
        assert made is not None
        for words in (
            rf"Test accuracy 9\d\.\d\d%, loss 0\.\d+; version {WEAK_VERSION} has \d\d\.\d\d%",
            r"✓ MNIST test images: no worse than chance explains",
            r"✓ corrections kept out of training",
            r"✓ Keras and LiteRT agree",
            r"reads photos from now on",
            r"Most often wrong\n\d: \d+ of \d",
        ):
            assert re.search(words, result["text"]), result["text"]
        album = [m for m in admin.from_bot() if "media_group_id" in m]
        assert len(album) == 3, "two learning curves and the confusion matrix"
        assert "✓ done" in admin.now(live)["text"]
        measure(admin, made[1])
        answer = ada.ask(photos[4])
        assert answer["caption"].startswith("4")
        ada.press(answer, "✓ right")
        assert f"{made[1]}: 1/0" in admin.say("/stats")["caption"]
        # And back to the one before.
        models = admin.say("/models")
        assert f"▶ {made[1]} baseline" in models["text"]
        back = admin.press(models, f"Go back to {WEAK_VERSION}")
        assert f"Version {WEAK_VERSION} reads photos from now on" in back
        told(admin, rf"▶ {WEAK_VERSION} baseline")
        measure(admin, WEAK_VERSION)


def test_cancelled_killed_and_stopped_runs_are_told(tmp_path: Path) -> None:
    with telegram(TOKEN) as url:
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": url,
            "ADMIN_IDS": str(ADMIN),
        }
        admin = Chat(url, ADMIN)
        with running_bot(tmp_path, **settings) as bot:
            admin.say("/train baseline")
            child = child_of(bot)
            assert "Stopping" in admin.say("/cancel")["text"]
            told(admin, "Training stopped. Grace stopped it. Nothing has changed")
            child.wait(10)
            admin.say("/train baseline")
            child = child_of(bot)
            child.send_signal(signal.SIGKILL)
            said = told(admin, "did not end well")
            assert "killed from outside" in said["text"] and "/train again" in said["text"]
            admin.say("/train baseline")
            child = child_of(bot)
            began = time.monotonic()
            assert bot.stop() == 0
            assert time.monotonic() - began < 15
            assert not child.is_running()
        told(admin, "did not end well.*The bot was stopped meanwhile", 1)


def test_two_bots_on_one_database(
    postgres_server: Server, tmp_path: Path, photos: list[bytes]
) -> None:
    address = postgres_server.create("two_bots")
    asyncio.run(install(address, weak(tmp_path)))
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    with (
        running_bot(folders[0], PORT="0", DATABASE_URL=address) as one,
        running_bot(folders[1], PORT="0", DATABASE_URL=address) as other,
    ):
        here, there = Chat(one.url, ADMIN), Chat(other.url, ADMIN)
        here.say("/train baseline 1")
        assert "already training" in there.say("/train baseline 1")["text"], "one lock"
        result = told_in([here, there], "Model version")
        made = re.search(r"Model version (\w+)", result["text"])
        assert made is not None
        assert "reads photos from now on" in result["text"]
        began = time.monotonic()
        for bot in (one, other):
            bot.wait_for(f"Version {made[1]} serves")
        assert time.monotonic() - began < 10
        for chat, bot in ((here, one), (there, other)):
            measure(chat, made[1])
            assert Chat(bot.url, BORIS).ask(photos[6])["caption"].startswith("6")
        # The other one goes back, and both do.
        there.press(there.say("/models"), f"Go back to {WEAK_VERSION}")
        one.wait_for(rf"(?s)Version {made[1]} serves.*Version {WEAK_VERSION} serves")
        measure(here, WEAK_VERSION)
        # Any replica stops the run of any other.
        here.say("/train baseline")
        child = child_of(one)
        there.say("/cancel")
        told_in([here, there], "Training stopped")
        child.wait(10)


def test_photos_are_answered_while_the_database_is_away(
    postgres_server: Server, tmp_path: Path, photos: list[bytes]
) -> None:
    address = postgres_server.create("goes_away")
    server = psutil.Process(postgres_server.process.pid)
    with running_bot(tmp_path, PORT="0", DATABASE_URL=address) as bot:
        ada, admin = Chat(bot.url, ADA), Chat(bot.url, ADMIN)
        before = ada.ask(photos[3])
        frozen = [server, *server.children(recursive=True)]
        for process in frozen:
            process.suspend()
        try:
            began = time.monotonic()
            answer = ada.ask(photos[5])
            assert answer["caption"].startswith("5")
            assert time.monotonic() - began < 5
            assert "could not keep that" in ada.press(before, "✓ right")
            assert "memory is away" in admin.say("/stats")["text"]
        finally:
            for process in frozen:
                process.resume()
        until = time.monotonic() + 60
        while ada.press(answer, "✓ right") != "Thank you!":
            assert time.monotonic() < until, "what was answered meanwhile is written afterwards"


def test_a_bot_starts_without_its_database(tmp_path: Path, photos: list[bytes]) -> None:
    nobody = "postgres://nobody@127.0.0.1:1/nothing"
    with running_bot(tmp_path, PORT="0", DATABASE_URL=nobody) as bot:
        ada = Chat(bot.url, ADA)
        answer = ada.ask(photos[8])
        assert answer["caption"].startswith("8")
        assert "could not keep that" in ada.press(answer, "✓ right")
        assert "memory is away" in Chat(bot.url, ADMIN).say("/train baseline 1")["text"]
