"""A search that three processes share by one database, while one of them is killed."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TRIALS_EACH = 4

PROGRAM = """
import sys, time
from model.commands import tensorflow_setup
tensorflow_setup.load()
from model.recipes import RECIPES
from model.training.tuning import storage, study

recipe = RECIPES["baseline"]
space = study.search_space(recipe)

def objective(varied, report):
    time.sleep(0.5)
    report(0, 0.5)
    return 0.9 - abs(varied.learning_rate - recipe.learning_rate)

with storage.open_study(recipe, 1, space, sys.argv[1]) as opened:
    study.search(
        recipe, opened, objective, int(sys.argv[2]), lambda trial: print(trial.number, flush=True)
    )
"""
"""One of the processes, with an objective that takes half a second instead of a training run."""


def test_the_others_go_on_when_one_is_killed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/study.sqlite3"
    with ExitStack() as processes:

        def start(trials: int) -> subprocess.Popen[str]:
            command = [sys.executable, "-c", PROGRAM, url, str(trials)]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            processes.enter_context(process)
            processes.callback(process.kill)
            return process

        def next_trial(process: subprocess.Popen[str]) -> int:
            assert process.stdout is not None
            return int(process.stdout.readline())

        endless = start(1_000_000)
        first = next_trial(endless)  # it has made the tables, for which SQLite has no lock
        others = [start(TRIALS_EACH) for _ in range(2)]
        numbers = [next_trial(other) for other in others]
        endless.kill()
        for other in others:
            said, _ = other.communicate(timeout=600)
            numbers += map(int, said.split())
            assert other.returncode == 0
    assert len(set(numbers)) == len(numbers) == 2 * TRIALS_EACH
    (name,) = optuna.get_all_study_names(url)
    trials = optuna.load_study(study_name=name, storage=url).get_trials()
    done = {trial.number for trial in trials if trial.state is TrialState.COMPLETE}
    assert {first, *numbers} < done
