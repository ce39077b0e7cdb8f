"""What admins read when a run has ended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.conversation.admin.results import (
    RESULT_PICTURES,
    failure_text,
    report,
    result_text,
    worst_digits_text,
)
from bot.conversation.admin.training import final_progress_text
from bot.conversation.services import Services
from bot.errors import Ending
from bot.store.runs import RunState
from model.artifact import DEFAULT_MODEL, ModelFolder
from tests.bot.models import install, variant
from tests.bot.store.samples import RUN, version

FAR = replace(RUN, epoch=2, epochs=4, loss=0.1234, accuracy=0.9765, corrections=12)


@pytest.mark.parametrize(
    ("state", "words"),
    [(RunState.FAILED, "The disk is full"), (RunState.INTERRUPTED, "The disk is full")],
)
def test_a_run_that_made_nothing_says_why_and_that_nothing_changed(
    state: RunState, words: str
) -> None:
    ended = replace(FAR, state=state, reason=Ending.DISK_FULL)
    assert words in failure_text(ended)
    assert "nothing else has changed" in failure_text(ended)
    assert f"✗ {state}" in final_progress_text(ended)
    assert "epoch 2 of 4" in final_progress_text(ended)


def test_the_result_says_whether_it_serves() -> None:
    manifest = ModelFolder.open(DEFAULT_MODEL).manifest
    assert "reads photos from now on" in result_text(version(), manifest, serves=True)
    assert "another version was activated meanwhile" in result_text(
        version(), manifest, serves=False
    )
    failed = result_text(version(passed=False), manifest, serves=False)
    assert "failed the gate" in failed and "/models can activate it all the same" in failed


def test_the_worst_digits_come_first() -> None:
    manifest = ModelFolder.open(DEFAULT_MODEL).manifest
    confusion = [[0] * 10 for _ in range(10)]
    for digit in range(10):
        confusion[digit][digit] = 100
    confusion[5][3], confusion[5][8], confusion[9][4] = 7, 2, 4
    lines = worst_digits_text(
        replace(manifest, confusion=tuple(map(tuple, confusion)))
    ).splitlines()
    assert lines[1:] == [
        "5: 9 of 109, most often read as 3 (7)",
        "9: 4 of 104, most often read as 4 (4)",
    ]
    perfect = [[100 if row == column else 0 for column in range(10)] for row in range(10)]
    faultless = replace(manifest, confusion=tuple(map(tuple, perfect)))
    assert worst_digits_text(faultless) == "It got every test image right."


async def test_what_a_run_has_made_is_shown(services: Services, tmp_path: Path) -> None:
    made = variant(tmp_path / "0123abcdef")
    await install(f"sqlite:///{tmp_path / 'inkling.sqlite3'}", made)
    done = replace(FAR, state=RunState.DONE, version=made.name)
    album, result = await report(services.database, done)
    assert [picture.name for picture in album.pictures] == list(RESULT_PICTURES)
    assert f"<b>Model version {made.name}</b> (baseline, 0 corrections)" in result.text
    assert "reads photos from now on" in result.text


async def test_a_version_that_is_gone_is_said_so(services: Services) -> None:
    done = replace(FAR, state=RunState.DONE, version="0123abcdef")
    (message,) = await report(services.database, done)
    assert message.text == "There is no version 0123abcdef any more."
    assert await report(services.database, replace(done, version=None)) == ()
