"""Nothing that a library writes reaches the terminal: what is there is ours."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from model.datasets import mnist
from tests.bot.running import Chat, running_bot
from tests.model.photo_variants import jpeg, sheet

ROOT = Path(__file__).parents[1]

OUR_LINE = re.compile(
    r"No TELEGRAM_BOT_TOKEN, so the chat is on this machine: http://\S+/chat"
    r"|Draw a number, and watch the network read it: http://\S+/"
    r"|[\d-]+ [\d:,]+ INFO    bot\.[\w.]+: .+"
)


@pytest.fixture
def photo() -> bytes:
    """A photo of a digit."""
    return jpeg(sheet(mnist.test_set().glyphs[0]))


def said_by_the_model(*arguments: str, folder: Path) -> str:
    """Run a command of the recogniser in a folder; what it wrote to standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "model", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stderr


@pytest.mark.slow
def test_the_bot_starts_answers_and_stops_with_lines_of_its_own(
    photo: bytes, tmp_path: Path
) -> None:
    with running_bot(tmp_path, PORT="0") as bot:
        assert Chat(bot.url).ask(photo)["caption"].startswith("7")
        assert bot.stop(signal.SIGTERM) == 0
        lines = bot.text.splitlines()
    assert [line for line in lines if not OUR_LINE.fullmatch(line)] == []


def test_photos_are_read_without_a_word(photo: bytes, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(photo)
    broken_exif = b"Exif\0\0II*\0\x08\0\0\0\xff\xff"
    Image.open(BytesIO(photo)).save(tmp_path / "odd.jpg", exif=broken_exif)
    assert said_by_the_model("predict", "photo.jpg", "odd.jpg", folder=tmp_path) == ""


@pytest.mark.slow
def test_training_says_how_far_it_is_and_nothing_else(tmp_path: Path) -> None:
    train = ("train", "--recipe", "baseline", "--epochs", "1", "--out", "trained")
    (line,) = said_by_the_model(*train, folder=tmp_path).splitlines()
    assert line.startswith("epoch 1/1: ")
