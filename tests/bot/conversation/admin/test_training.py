"""What admins read while a run lives, and when it has ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.admin.training import (
    FINE_TUNE_NAME,
    LONELY_SECONDS,
    MAX_EPOCHS,
    PURPOSES,
    already_text,
    begin,
    cancel,
    duration,
    parse_train,
    progress_text,
)
from bot.conversation.buttons.actions import TrainAnyway
from bot.conversation.message import Button
from bot.conversation.services import Services
from bot.store.runs import NO_HOLDER, Address
from bot.training.resources import needed_mb
from model.recipes import RECIPES
from tests.bot.store.samples import ADMIN, REQUEST, RUN, begun

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


def test_a_second_train_hears_who_when_and_how_far() -> None:
    text = already_text(FAR, NOW + timedelta(seconds=61))
    assert "Ada &lt;b&gt; is already training baseline" in text
    assert "started 1 min ago (12:00 UTC), epoch 2 of 4" in text
    assert "no epoch is over yet" in already_text(RUN, NOW)


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


def test_every_recipe_has_a_purpose_in_the_words_of_the_recogniser() -> None:
    assert {name: recipe.purpose for name, recipe in RECIPES.items()} == PURPOSES


async def test_without_an_accepted_correction_train_says_so_and_asks(services: Services) -> None:
    message, run = await begin(services, [], ADMIN, "Ada", HERE)
    assert run is None
    assert "No correction is accepted yet" in message.text
    assert message.buttons == ((Button("Train all the same", TrainAnyway()),),)
    _, wanted = await begin(services, [FINE_TUNE_NAME], ADMIN, "Ada", HERE)
    assert wanted is not None and wanted.waits


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
