"""From a trained network to a model folder: export, compare, calibrate, measure, describe."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from model.artifact import KERAS, TFLITE, ModelFolder, write_manifest, write_model_card
from model.errors import ExportMismatch
from model.evaluation import plots
from model.files import atomic_directory
from model.recipes import Epoch, Recipe
from model.recognition.calibration import (
    apply_temperature,
    digit_score,
    fit_temperature,
    negative_log_likelihood,
    refusal_threshold,
)
from model.recognition.classifier import Classifier
from model.training import networks
from model.training.networks import predict
from model.training.resource_usage import cpu_seconds, peak_memory_mb
from model.training.training_set import TrainingSet
from model.types import NOT_A_DIGIT, Examples, concatenate

MAX_DIFFERENCE = 1e-5
"""How far Keras and LiteRT may differ in any probability of any test image."""

LIBRARIES = ("keras", "ai-edge-litert", "numpy", "opencv-python-headless")
"""The packages whose versions go into the manifest, beside Python's and TensorFlow's."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrainedNetwork:
    """A trained network, and how it was trained.

    Attributes:
        network: computes in float32.
        recipe: what it was trained by.
        training_set: what it was trained on.
        base: the model that training went on from, or None.
        teacher_version: the version of the model that it learned from, or None.
        seed: what every random number was drawn from.
        command: what to type to make it again.
        seconds: wall time of training, its teacher's included.
        history: the figures of each epoch.
    """

    network: keras.Model
    recipe: Recipe
    training_set: TrainingSet
    base: ModelFolder | None
    teacher_version: str | None
    seed: int
    command: str
    seconds: float
    history: tuple[Epoch, ...]


def publish(
    trained: TrainedNetwork, calibration: Calibration, test: Examples, out: Path, *, replace: bool
) -> ModelFolder:
    """Write the folder of a trained network. Only this function reads the test images.

    Args:
        trained: the network; the glyphs that it was trained on are not needed any more.
        calibration: from `calibrate`.
        test: what it is measured on.
        out: must not exist, unless `replace`.
        replace: swap the new folder for what is at `out`.

    Raises:
        ExportMismatch: the exported network answers differently; nothing is written.
    """
    network, training_set = trained.network, trained.training_set
    history = [asdict(epoch) for epoch in trained.history]
    held_out = training_set.held_out
    with atomic_directory(out, replace=replace) as folder:
        _without_optimizer(network).save(folder / KERAS)
        network.export(folder / TFLITE, format="litert", verbose=False)
        answers = predict(network, test.glyphs)
        _check_agreement(folder / TFLITE, test.glyphs, answers)
        probabilities = apply_temperature(answers["digits"], calibration.temperature)
        confusion = np.zeros((10, 10), np.int64)
        np.add.at(confusion, (test.labels, probabilities.argmax(axis=1)), 1)
        plots.save_training_plots(folder, history, confusion, held_out=held_out is not None)
        manifest = write_manifest(
            folder,
            version=networks.version(network),
            recipe=trained.recipe.name,
            command=trained.command,
            base=trained.base.manifest.version if trained.base else None,
            teacher=trained.teacher_version,
            seed=trained.seed,
            epochs=len(history),
            trained_on={
                origin: source.samples_per_epoch for origin, source in training_set.sources.items()
            },
            held_out=0 if held_out is None else len(held_out.labels),
            parameters=sum(int(np.prod(weight.shape)) for weight in network.trainable_weights),
            seconds=round(trained.seconds, 1),
            peak_memory_mb=round(peak_memory_mb(), 1),
            test_accuracy=float(np.trace(confusion) / confusion.sum()),
            test_loss=negative_log_likelihood(probabilities, test.labels),
            **calibration._asdict(),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            versions={"python": platform.python_version(), "tensorflow": tf.__version__}
            | {name: version(name) for name in LIBRARIES},
            history=tuple(history),
            confusion=tuple(map(tuple, confusion.tolist())),
            cpu_seconds=round(cpu_seconds(), 1),
        )
        write_model_card(folder, manifest)
    return ModelFolder.open(out)


def _without_optimizer(network: keras.Model) -> keras.Model:
    """Return the same layers without the optimizer, whose moments take three times the space."""
    named = dict(zip(network.output_names, network.outputs, strict=True))
    return keras.Model(network.input, named, name=network.name)


def _check_agreement(
    tflite: Path, glyphs: NDArray[np.uint8], expected: Mapping[str, NDArray[np.float32]]
) -> None:
    """Refuse an export that answers anything else than the network that it was made from."""
    received = Classifier(tflite.read_bytes(), temperature=1.0).raw(glyphs)
    for output, values in expected.items():
        difference = float(np.abs(received[output] - values).max())
        if not difference <= MAX_DIFFERENCE:  # also refuses NaN
            raise ExportMismatch(
                f"Expected Keras and LiteRT to agree to {MAX_DIFFERENCE} on {output!r}. "
                f"Received {difference:.2g}; nothing was written."
            )


class Calibration(NamedTuple):
    """What is chosen on validation images, under the manifest's names."""

    temperature: float
    refusal_threshold: float
    val_accuracy: float | None
    val_loss: float | None


def calibrate(trained: TrainedNetwork) -> Calibration:
    """Choose temperature and refusal threshold, on digits that were not trained on if possible.

    A final model has seen all of MNIST's training images, but not the fonts that are kept for
    validation, which are more like what people send.
    """
    held_out, synthetic = trained.training_set.held_out, trained.training_set.synthetic_validation
    digits = [_only_digits(held_out or trained.training_set.mnist)]
    if synthetic:
        digits.append(_only_digits(synthetic))
    answers = [predict(trained.network, examples.glyphs) for examples in digits]

    unseen = digits if held_out else digits[1:]
    if unseen:
        raw = np.concatenate([answer["digits"] for answer in answers[-len(unseen) :]])
        temperature = fit_temperature(raw, concatenate(unseen).labels)
    else:
        temperature = trained.base.manifest.temperature if trained.base else 1.0

    probabilities = [apply_temperature(answer["digits"], temperature) for answer in answers]
    # At most a hundredth is refused of MNIST's digits, and of the synthetic ones.
    threshold = min(
        refusal_threshold(digit_score(answer, calibrated))
        for answer, calibrated in zip(answers, probabilities, strict=True)
    )
    if not held_out:
        return Calibration(temperature, threshold, None, None)
    correct = probabilities[0].argmax(axis=1) == digits[0].labels
    loss = negative_log_likelihood(probabilities[0], digits[0].labels)
    return Calibration(temperature, threshold, float(correct.mean()), loss)


def _only_digits(examples: Examples) -> Examples:
    return examples.part(examples.labels != NOT_A_DIGIT)
