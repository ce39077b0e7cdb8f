"""What admins read while a run lives, and when it has ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.conversation.admin.training import (
    FINE_TUNE_NAME,
    LONELY_SECONDS,
    MAX_EPOCHS,
    RESULT_PICTURES,
    already_text,
    begin,
    cancel,
    duration,
    failure_text,
    final_progress_text,
    parse_train,
    progress_text,
    report,
    result_text,
    worst_digits_text,
)
from bot.conversation.services import Services
from bot.store.runs import NO_HOLDER, Address, RunState
from bot.training.resources import needed_mb
from model.artifact import DEFAULT_MODEL, ModelFolder
from model.recipes import RECIPES
from tests.bot.models import install, variant
from tests.bot.store.samples import ADMIN, REQUEST, RUN, begun, version

NOW = RUN.started_at

HERE = Address("telegram", "1")

FAR = replace(RUN, epoch=2, epochs=4, loss=0.1234, accuracy=0.9765, corrections=12)


def test_the_live_message_says_how_far_it_is() -> None:
    assert "Getting ready…" in progress_text(RUN, NOW)
    learning = replace(FAR, phase="learning", phase_share=0.5, seconds_left=75)
    text = progress_text(learning, NOW)
    for words in (
        "Learning…\n<code>██████░░░░░░</code>",
        "epoch 2 of 4",
        "loss 0.1234, accuracy 97.65%",
        "about 1 min 20 s left",
        "12 accepted corrections",
        "/cancel",
    ):
        assert words in text
    stopping = replace(FAR, cancelled_by="Bob & Co")
    assert "Bob &amp; Co asked to stop" in progress_text(stopping, NOW)


@pytest.mark.parametrize(
    "phase", ["data", "handwriting", "tensorflow", "teacher", "learning", "measuring", "unheard of"]
)
def test_every_phase_has_words_a_bar_and_an_estimate(phase: str) -> None:
    run = replace(RUN, phase=phase, phase_share=0.25, seconds_left=20.0)
    assert "███░░░░░░░░░" in progress_text(run, NOW)
    assert "about 20 s left" in progress_text(run, NOW)


def test_a_run_that_nobody_takes_says_how_to_start_a_trainer() -> None:
    waiting = replace(RUN, holder=NO_HOLDER)
    assert "Looking for a process that can train" in progress_text(waiting, NOW)
    later = progress_text(waiting, NOW + timedelta(seconds=LONELY_SECONDS))
    assert "<code>python -m bot trainer</code>" in later
    assert f"takes {needed_mb(RUN.recipe):,.0f} MB" in later


@pytest.mark.parametrize(
    ("state", "words"),
    [(RunState.FAILED, "The disk is full"), (RunState.INTERRUPTED, "The disk is full")],
)
def test_a_run_that_made_nothing_says_why_and_that_nothing_changed(
    state: RunState, words: str
) -> None:
    ended = replace(FAR, state=state, reason="The disk is full. Make room.")
    assert words in failure_text(ended)
    assert "nothing else has changed" in failure_text(ended)
    assert f"✗ {state}" in final_progress_text(ended)
    assert "epoch 2 of 4" in final_progress_text(ended)


def test_a_second_train_hears_who_when_and_how_far() -> None:
    text = already_text(FAR, NOW + timedelta(seconds=61))
    assert "Ada &lt;b&gt; is already training baseline" in text
    assert "started 1 min ago (12:00 UTC), epoch 2 of 4" in text
    assert "no epoch is over yet" in already_text(RUN, NOW)


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


@pytest.mark.parametrize(("seconds", "words"), [(0, "10 s"), (58, "1 min"), (754, "12 min 30 s")])
def test_durations_are_rough(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_what_follows_train_is_understood() -> None:
    assert parse_train([]) == (FINE_TUNE_NAME, 0)
    assert parse_train(["baseline"]) == ("baseline", 0)
    assert parse_train(["baseline", "7"]) == ("baseline", 7)
    for words in (["<b>"], ["baseline", "x"], ["baseline", "0"], ["baseline", "1", "2"]):
        with pytest.raises(ValueError, match=r"baseline|RECIPE"):
            parse_train(words)
    with pytest.raises(ValueError, match=str(MAX_EPOCHS)):
        parse_train(["baseline", str(MAX_EPOCHS + 1)])
    assert RECIPES[FINE_TUNE_NAME].needs_base


async def test_wrong_words_start_nothing(services: Services) -> None:
    message, run = await begin(services, ["<b>"], ADMIN, "Ada", HERE)
    assert run is None
    assert message.text.startswith("I know no recipe &lt;b&gt;.")
    assert (await cancel(services.database, "Ada")).text == "Nothing is being trained."


async def test_a_run_that_another_holder_has_is_said_and_cancelled(services: Services) -> None:
    await begun(services.database, "elsewhere", replace(REQUEST, starter="Grace"))
    message, run = await begin(services, ["baseline"], ADMIN, "Ada", HERE)
    assert run is None
    assert message.text.startswith("Grace is already training baseline")
    assert (await cancel(services.database, "Ada")).text == "Stopping the training of baseline…"


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
