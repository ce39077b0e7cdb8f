"""Recipe and data in, model folder out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.artifact import DEFAULT_MODEL, ModelFolder
from model.datasets import mnist
from model.datasets.mnist import Mnist
from model.recipes import BASELINE, CNN, MLP_FAST, Epoch, Recipe
from model.recognition.classifier import Classifier
from model.training import train
from model.training.training_set import TrainingSet, build
from model.types import NOT_A_DIGIT, Examples
from tests.model.outline_digits import hollow_digits

# TensorFlow 2.21's variables, read by NumPy 2.4.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def small() -> Mnist:
    """A few hundred real images: seconds instead of minutes."""
    whole = mnist.load()
    return Mnist(
        Examples(whole.training.glyphs[:600], whole.training.labels[:600]),
        Examples(whole.test.glyphs[:300], whole.test.labels[:300]),
    )


@pytest.fixture(scope="module")
def corpus(small: Mnist) -> TrainingSet:
    return build(small, BASELINE, validation=True)


@pytest.fixture(scope="module")
def trained(
    small: Mnist, corpus: TrainingSet, tmp_path_factory: pytest.TempPathFactory
) -> ModelFolder:
    out = tmp_path_factory.mktemp("models") / "baseline"
    return train.train(BASELINE, corpus, small.test, out, seed=7)


def test_the_folder_holds_the_network_twice_and_the_plots(trained: ModelFolder) -> None:
    assert {file.name for file in trained.path.iterdir()} == {
        *("model.keras", "model.tflite", "manifest.json", "README.md"),
        *("accuracy.png", "loss.png", "confusion.png"),
    }


def test_the_manifest_says_what_was_done(trained: ModelFolder) -> None:
    manifest = trained.manifest
    assert (manifest.recipe, manifest.seed, manifest.epochs) == ("baseline", 7, 3)
    assert manifest.parameters == 784 * 128 + 128 + 128 * 128 + 128 + 128 * 10 + 10
    assert manifest.trained_on == {"mnist": 500}
    assert manifest.held_out == 100
    assert [epoch["epoch"] for epoch in manifest.history] == [1, 2, 3]
    assert sum(map(sum, manifest.confusion)) == 300


def test_the_classifier_reads_what_the_manifest_promises(
    trained: ModelFolder, small: Mnist
) -> None:
    evidence = Classifier.load(trained).classify(small.test.glyphs)
    right = (evidence.probabilities.argmax(axis=1) == small.test.labels).mean()
    assert right == pytest.approx(trained.manifest.test_accuracy)
    assert right > 0.6  # of 500 images, seen three times
    np.testing.assert_allclose(evidence.probabilities.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    "recipe",
    [
        BASELINE,
        replace(MLP_FAST, hidden=(32,), epochs=2, batch_size=64),
        replace(CNN, filters=((4,), (8,)), hidden=(16,), epochs=2),
    ],
    ids=lambda recipe: recipe.name,
)
def test_the_same_seed_gives_the_same_model(
    small: Mnist, corpus: TrainingSet, tmp_path: Path, recipe: Recipe
) -> None:
    once, again = (
        train.train(recipe, corpus, small.test, tmp_path / name, seed=7).manifest
        for name in ("once", "again")
    )
    assert once.version == again.version


def test_training_goes_on_from_a_folder(
    trained: ModelFolder, small: Mnist, corpus: TrainingSet, tmp_path: Path
) -> None:
    further = train.train(
        BASELINE, corpus, small.test, tmp_path / "further", epochs=1, start=trained
    )
    assert further.manifest.base == trained.manifest.version
    assert further.manifest.version != trained.manifest.version
    assert further.manifest.history[0]["loss"] < trained.manifest.history[0]["loss"]


def test_a_recipe_with_a_teacher_trains_one_first_and_counts_its_epochs(
    small: Mnist, corpus: TrainingSet, tmp_path: Path
) -> None:
    pupil = replace(BASELINE, teacher="baseline")
    told: list[Epoch] = []
    made = train.train(pupil, corpus, small.test, tmp_path / "made", epochs=2, on_epoch=told.append)
    assert [(epoch.epoch, epoch.epochs) for epoch in told] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [epoch["epoch"] for epoch in made.manifest.history] == [1, 2]
    assert made.manifest.teacher not in (None, made.manifest.version)
    assert [file.name for file in tmp_path.iterdir()] == ["made"]


def test_a_teacher_that_is_given_is_asked(
    trained: ModelFolder, small: Mnist, corpus: TrainingSet, tmp_path: Path
) -> None:
    pupil = replace(BASELINE, teacher="baseline", temperature=4.0)
    made = train.train(pupil, corpus, small.test, tmp_path / "made", epochs=1, teacher=trained)
    alone = train.train(BASELINE, corpus, small.test, tmp_path / "alone", epochs=1)
    assert made.manifest.teacher == trained.manifest.version
    assert made.manifest.version != alone.manifest.version


def test_an_interruption_leaves_nothing(small: Mnist, corpus: TrainingSet, tmp_path: Path) -> None:
    def interrupt(epoch: Epoch) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train.train(BASELINE, corpus, small.test, tmp_path / "new", on_epoch=interrupt)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_baseline_reaches_what_plain_training_reaches(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "model", "train", "--recipe", "baseline", "--json"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "baseline")], check=True, capture_output=True, text=True
    )
    *epochs, last = map(json.loads, done.stdout.splitlines())
    assert [event["event"] for event in epochs] == ["epoch"] * 3
    assert last["event"] == "done"
    assert last["test_accuracy"] > 0.96
    assert ModelFolder.open(tmp_path / "baseline").manifest.test_accuracy == last["test_accuracy"]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let children hear Ctrl-C, also where a shell has started the tests in the background."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_signal_in_the_middle_leaves_no_model(tmp_path: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-m", "model", "train", "--recipe", "baseline", "--json"]
    with subprocess.Popen(
        [*command, "--out", str(tmp_path / "new")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()  # the first epoch is done
        os.kill(child.pid, how)
        assert child.wait(60) == (-how if how == signal.SIGKILL else 1)
    assert not (tmp_path / "new").exists()


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_fine_tuning_learns_corrections_and_forgets_nothing(tmp_path: Path) -> None:
    learnt = hollow_digits(each=8, faces=20, seed=1)
    np.savez(tmp_path / "corrections.npz", glyphs=learnt.glyphs, labels=learnt.labels)
    command = [sys.executable, "-m", "model", "train", "--from", str(DEFAULT_MODEL)]
    options = ["--corrections", str(tmp_path / "corrections.npz"), "--out", str(tmp_path / "new")]
    subprocess.run([*command, *options], check=True, capture_output=True)

    before, after = ModelFolder.open(DEFAULT_MODEL), ModelFolder.open(tmp_path / "new")
    others = hollow_digits(each=20, faces=60, seed=2)  # drawn anew
    digits = others.labels != NOT_A_DIGIT

    def seen(folder: ModelFolder) -> tuple[float, float]:
        """The share of hollow digits read right, and of faces refused."""
        evidence = Classifier.load(folder).classify(others.glyphs)
        right = evidence.probabilities.argmax(axis=1) == others.labels
        refused = evidence.digit_score < folder.manifest.refusal_threshold
        return float(right[digits].mean()), float(refused[~digits].mean())

    right_before, _ = seen(before)
    right, refused = seen(after)
    assert right_before < 0.85  # there is something to learn
    assert 1 - right < (1 - right_before) / 2
    assert right > 0.8
    assert refused > 0.95
    # Two standard errors of a difference between paired errors at this accuracy.
    assert after.manifest.test_accuracy > before.manifest.test_accuracy - 0.001
