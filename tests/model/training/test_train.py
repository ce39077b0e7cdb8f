"""Recipe and data in, model folder out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from model.artifact import DEFAULT_MODEL, ModelFolder
from model.datasets import mnist
from model.datasets.mnist import Mnist
from model.recipes import BASE, BASELINE, CNN, MLP_FAST, Epoch, Recipe
from model.recognition.classifier import Classifier
from model.training import networks
from model.training.train import TrainingOptions, fit, train
from model.training.training_set import TrainingSet, build
from model.types import NOT_A_DIGIT
from tests.model.outline_digits import outline_digits

# TensorFlow causes this warning with NumPy 2.4.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


FAST = replace(BASELINE, hidden=(16,), batch_size=10, learning_rate=0.01)
"""A network so small that an epoch of a hundred images takes no time."""


@pytest.fixture(scope="module")
def small() -> Mnist:
    """A hundred real images of each half, and twenty to hold out."""
    whole = mnist.load()
    return Mnist(whole.training.part(slice(120)), whole.test.part(slice(100)))


@pytest.fixture(scope="module")
def training_set(small: Mnist) -> TrainingSet:
    return build(small, FAST, validation=True)


@pytest.fixture(scope="module")
def trained(
    small: Mnist, training_set: TrainingSet, tmp_path_factory: pytest.TempPathFactory
) -> ModelFolder:
    out = tmp_path_factory.mktemp("models") / "baseline"
    return train(FAST, training_set, small.test, out, TrainingOptions(epochs=3, seed=7))


def test_the_folder_holds_the_network_twice_and_the_plots(trained: ModelFolder) -> None:
    assert {file.name for file in trained.path.iterdir()} == {
        *("model.keras", "model.tflite", "manifest.json", "README.md"),
        *("accuracy.png", "loss.png", "confusion.png"),
    }


def test_the_manifest_says_what_was_done(trained: ModelFolder) -> None:
    manifest = trained.manifest
    assert (manifest.recipe, manifest.seed, manifest.epochs) == ("baseline", 7, 3)
    assert manifest.parameters == 784 * 16 + 16 + 16 * 10 + 10
    assert manifest.trained_on == {"mnist": 100}
    assert manifest.held_out == 20
    assert manifest.val_accuracy is not None
    assert [epoch["epoch"] for epoch in manifest.history] == [1, 2, 3]
    assert sum(map(sum, manifest.confusion)) == 100


def test_the_classifier_reads_what_the_manifest_promises(
    trained: ModelFolder, small: Mnist
) -> None:
    evidence = Classifier.load(trained).classify(small.test.glyphs)
    correct = (evidence.probabilities.argmax(axis=1) == small.test.labels).mean()
    assert correct == pytest.approx(trained.manifest.test_accuracy)
    assert correct > 0.3  # after a hundred images, seen three times; chance is 0.1
    np.testing.assert_allclose(evidence.probabilities.sum(axis=1), 1, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    "recipe",
    [
        pytest.param(
            replace(MLP_FAST, hidden=(16,), batch_size=50, moment_normalization=False),
            id="mlp-fast",
        ),
        pytest.param(
            replace(CNN, filters=((4,), (8,)), hidden=(16,), batch_size=50),
            id="cnn",
        ),
    ],
)
def test_the_same_seed_gives_the_same_network(training_set: TrainingSet, recipe: Recipe) -> None:
    options = TrainingOptions(epochs=1, seed=7)
    once, again = (networks.version(fit(recipe, training_set, options).network) for _ in range(2))
    assert once == again


def test_training_goes_on_from_a_folder(trained: ModelFolder, training_set: TrainingSet) -> None:
    further = fit(FAST, training_set, TrainingOptions(epochs=1, base=trained))
    assert further.base == trained
    assert networks.version(further.network) != trained.manifest.version
    assert further.history[0].loss < trained.manifest.history[0]["loss"]


@pytest.mark.slow
def test_a_recipe_with_a_teacher_trains_one_first_and_counts_its_epochs(
    training_set: TrainingSet,
) -> None:
    student = replace(FAST, teacher="baseline")
    seen: list[Epoch] = []
    fitted = fit(student, training_set, TrainingOptions(epochs=2, on_epoch=seen.append))
    assert [(epoch.epoch, epoch.epochs) for epoch in seen] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [epoch.epoch for epoch in fitted.history] == [1, 2]
    assert fitted.teacher_version not in (None, networks.version(fitted.network))


@pytest.mark.slow
def test_a_teacher_that_is_given_is_asked(trained: ModelFolder, training_set: TrainingSet) -> None:
    student = replace(FAST, teacher="baseline", distillation_temperature=4.0)
    taught = fit(student, training_set, TrainingOptions(epochs=1, seed=7, teacher=trained))
    assert taught.teacher_version == trained.manifest.version
    assert taught.history[0].loss != trained.manifest.history[0]["loss"]


@pytest.mark.slow
def test_a_model_may_be_its_own_teacher(trained: ModelFolder, training_set: TrainingSet) -> None:
    student = replace(FAST, teacher=BASE, distillation_temperature=4.0)
    taught = fit(student, training_set, TrainingOptions(epochs=1, seed=7, base=trained))
    assert taught.teacher_version == trained.manifest.version
    assert [epoch.epochs for epoch in taught.history] == [1], "no teacher is trained first"


@pytest.mark.slow
def test_a_part_of_the_weights_may_stay_those_of_the_base(
    trained: ModelFolder, training_set: TrainingSet
) -> None:
    options = TrainingOptions(epochs=1, seed=7, base=trained)
    learned, mean = (
        fit(replace(FAST, base_share=share), training_set, options).network.get_weights()
        for share in (0.0, 0.25)
    )
    before = keras.models.load_model(trained.keras_file).get_weights()
    for new, mixed, old in zip(learned, mean, before, strict=True):
        np.testing.assert_allclose(mixed, 0.75 * new + 0.25 * old, atol=1e-6)


@pytest.mark.slow
def test_an_interruption_leaves_nothing(
    small: Mnist, training_set: TrainingSet, tmp_path: Path
) -> None:
    def interrupt(epoch: Epoch) -> None:
        raise KeyboardInterrupt

    options = TrainingOptions(on_epoch=interrupt)
    with pytest.raises(KeyboardInterrupt):
        train(FAST, training_set, small.test, tmp_path / "new", options)
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
    learnt = outline_digits(each=8, faces=20, seed=1)
    np.savez(tmp_path / "corrections.npz", glyphs=learnt.glyphs, labels=learnt.labels)
    command = [sys.executable, "-m", "model", "train", "--from", str(DEFAULT_MODEL)]
    options = ["--corrections", str(tmp_path / "corrections.npz"), "--out", str(tmp_path / "new")]
    subprocess.run([*command, *options], check=True, capture_output=True)

    before, after = ModelFolder.open(DEFAULT_MODEL), ModelFolder.open(tmp_path / "new")
    others = outline_digits(each=20, faces=60, seed=2)  # drawn anew
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
