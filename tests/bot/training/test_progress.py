"""How far a run is, from what its process says."""

from __future__ import annotations

import time

import pytest

from bot.conversation.admin.training import PHASES
from bot.training.process import PhaseProgress, Progress
from bot.training.progress import (
    MAX_GUESSED_SHARE,
    TYPICAL_MEGABYTE_SECONDS,
    TYPICAL_SECONDS,
    TYPICAL_STEP_SECONDS,
    RunProgress,
)
from tests.bot.store.samples import RUN


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds, to be moved by hand."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_before_anything_is_said_the_bar_goes_by_time_alone(clock: list[float]) -> None:
    figures = RunProgress(RUN).figures()
    expected = ("", 0, TYPICAL_SECONDS[""])
    assert (figures["phase"], figures["phase_share"], figures["seconds_left"]) == expected
    assert "epoch" not in figures


def test_every_phase_that_has_words_has_a_bar_and_an_estimate(clock: list[float]) -> None:
    with_steps = {"handwriting", "teacher", "learning"}
    assert PHASES.keys() == TYPICAL_SECONDS.keys() | with_steps
    progress = RunProgress(RUN)
    for phase in PHASES:
        progress.advance(PhaseProgress(phase, 0, 20 if phase in with_steps else 0))
        figures = progress.figures()
        assert figures["phase_share"] == 0 and figures["seconds_left"] > 0, phase


def test_a_download_has_a_step_for_each_megabyte(clock: list[float]) -> None:
    progress = RunProgress(RUN)
    progress.advance(PhaseProgress("data", 0, 20))
    assert progress.figures()["seconds_left"] == 20 * TYPICAL_MEGABYTE_SECONDS
    clock[0] = 5.0
    progress.advance(PhaseProgress("data", 5, 20))
    figures = progress.figures()
    assert (figures["phase_share"], figures["seconds_left"]) == (0.25, 15.0)


def test_steps_give_a_share_and_an_estimate(clock: list[float]) -> None:
    progress = RunProgress(RUN)
    progress.advance(PhaseProgress("handwriting", 0, 16))
    assert progress.figures()["phase_share"] == 0
    assert progress.figures()["seconds_left"] == 16 * TYPICAL_STEP_SECONDS
    clock[0] = 12.0
    progress.advance(PhaseProgress("handwriting", 4, 16))
    figures = progress.figures()
    assert (figures["phase_share"], figures["seconds_left"]) == (0.25, 36.0)
    progress.advance(PhaseProgress("learning", 1, 10))
    assert progress.figures()["phase_share"] == 0.1
    clock[0] = 14.0
    assert progress.figures()["seconds_left"] == 18.0, "each phase has its own beginning"


def test_the_bar_moves_during_a_long_step_and_never_says_that_it_is_done(
    clock: list[float],
) -> None:
    progress = RunProgress(RUN)
    progress.advance(PhaseProgress("handwriting", 0, 16))
    clock[0] = TYPICAL_STEP_SECONDS / 2
    assert progress.figures()["phase_share"] == 0.5 / 16
    clock[0] = 100.0
    assert progress.figures()["phase_share"] == MAX_GUESSED_SHARE / 16
    progress.advance(PhaseProgress("handwriting", 2, 16))
    progress.advance(PhaseProgress("handwriting", 2, 16))
    clock[0] = 125.0  # half of the 50 s that each of both steps took
    assert progress.figures()["phase_share"] == 2.5 / 16


@pytest.mark.parametrize("phase", list(TYPICAL_SECONDS))
def test_a_phase_without_steps_has_a_guess_that_never_says_done(
    phase: str, clock: list[float]
) -> None:
    progress = RunProgress(RUN)
    progress.advance(PhaseProgress(phase, 0, 0))
    clock[0] = TYPICAL_SECONDS[phase] / 2
    figures = progress.figures()
    assert (figures["phase_share"], figures["seconds_left"]) == (0.5, TYPICAL_SECONDS[phase] / 2)
    clock[0] = 1000.0
    figures = progress.figures()
    assert (figures["phase_share"], figures["seconds_left"]) == (MAX_GUESSED_SHARE, 0.0)


def test_epochs_bring_their_figures(clock: list[float]) -> None:
    progress = RunProgress(RUN)
    progress.corrections = 12
    progress.advance(Progress(1, 2, 0.5, 0.9, 3.0))
    figures = progress.figures()
    assert (figures["epoch"], figures["epochs"]) == (1, 2)
    assert (figures["loss"], figures["accuracy"], figures["corrections"]) == (0.5, 0.9, 12)
