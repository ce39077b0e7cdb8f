"""From a trained network to a model folder: exported, compared, calibrated, measured, sealed."""

from __future__ import annotations

import hashlib
import platform
import resource
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from model.artifact import KERAS, TFLITE, ModelFolder, write_manifest
from model.card import CARD, card
from model.errors import ExportMismatch
from model.evaluation import plots
from model.files import atomic_directory
from model.recipes import Recipe
from model.recognition.calibration import (
    apply_temperature,
    digit_score,
    fit_temperature,
    negative_log_likelihood,
    refusal_threshold,
)
from model.recognition.litert import load_runner
from model.training.networks import outputs
from model.training.training_set import TrainingSet
from model.types import NOT_A_DIGIT, Examples, concatenate

if TYPE_CHECKING:
    from model.recipes import Epoch

AGREEMENT = 1e-5
"""How far Keras and LiteRT may be apart in any probability of any test image."""

LIBRARIES = ("keras", "ai-edge-litert", "numpy", "opencv-python-headless")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrainedNetwork:
    """A network that was trained, and how."""

    network: keras.Model
    recipe: Recipe
    corpus: TrainingSet
    start: ModelFolder | None
    teacher: ModelFolder | None
    seed: int
    command: str
    seconds: float
    history: tuple[Epoch, ...]


def publish(made: TrainedNetwork, test: Examples, out: Path, *, replace: bool) -> ModelFolder:
    """Write the folder of a trained network; the test images are read here, and only here.

    Raises:
        Disagreement: what was exported answers differently; nothing is written.
    """
    network, history = made.network, [asdict(epoch) for epoch in made.history]
    with atomic_directory(out, replace=replace) as folder:
        _bare(network).save(folder / KERAS)
        network.export(folder / TFLITE, format="litert", verbose=False)
        answers = outputs(network, test.glyphs)
        _check_agreement(folder / TFLITE, test.glyphs, answers)
        chosen = _choose(made)
        probabilities = apply_temperature(answers["digits"], chosen["temperature"])
        confusion = np.zeros((10, 10), np.int64)
        np.add.at(confusion, (test.labels, probabilities.argmax(axis=1)), 1)
        held_out = made.corpus.held_out
        plots.save_training_plots(folder, history, confusion, held_out=held_out is not None)
        manifest = write_manifest(
            folder,
            version=_version(network),
            recipe=made.recipe.name,
            command=made.command,
            base=made.start.manifest.version if made.start else None,
            teacher=made.teacher.manifest.version if made.teacher else None,
            seed=made.seed,
            epochs=len(history),
            trained_on={origin: part.an_epoch for origin, part in made.corpus.parts.items()},
            held_out=0 if held_out is None else len(held_out.labels),
            parameters=sum(int(np.prod(weight.shape)) for weight in network.trainable_weights),
            seconds=round(made.seconds, 1),
            peak_memory_mb=_peak_memory_mb(),
            test_accuracy=float(np.trace(confusion) / confusion.sum()),
            test_loss=negative_log_likelihood(probabilities, test.labels),
            **chosen,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            versions={"python": platform.python_version(), "tensorflow": tf.__version__}
            | {name: version(name) for name in LIBRARIES},
            history=tuple(history),
            confusion=tuple(map(tuple, confusion.tolist())),
            cpu_seconds=_cpu_seconds(),
        )
        (folder / CARD).write_text(card(manifest), encoding="utf-8")
    return ModelFolder.open(out)


def _bare(network: keras.Model) -> keras.Model:
    """The same layers without the optimizer, whose moments take three times the space."""
    named = dict(zip(network.output_names, network.outputs, strict=True))
    return keras.Model(network.input, named, name=network.name)


def _check_agreement(
    tflite: Path, glyphs: NDArray[np.uint8], expected: Mapping[str, NDArray[np.float32]]
) -> None:
    """Refuse an export that answers anything else than the network it was made from."""
    runner = load_runner(tflite.read_bytes())
    (name,) = runner.get_input_details()
    received = runner(**{name: glyphs.astype(np.float32) / 255})
    for output, values in expected.items():
        gap = float(np.abs(received[output] - values).max())
        if not gap <= AGREEMENT:
            raise ExportMismatch(
                f"Expected Keras and LiteRT to agree to {AGREEMENT} on {output!r}. "
                f"Received {gap:.2g}; nothing was written."
            )


def _choose(made: TrainedNetwork) -> dict[str, Any]:
    """Temperature and refusal threshold, on digits that were not trained on where there are any.

    A final model has seen all of MNIST's training images, but not the fonts that are kept for
    validation, which are nearer to what people send anyway.
    """
    known = made.corpus.parts["mnist"].examples
    held_out, other_hands = made.corpus.held_out, made.corpus.other_hands
    digits = [held_out or known.part(known.labels != NOT_A_DIGIT)]
    if other_hands:
        digits.append(other_hands.part(other_hands.labels != NOT_A_DIGIT))
    answers = [outputs(made.network, some.glyphs) for some in digits]

    unseen = digits if held_out else digits[1:]
    if unseen:
        raw = np.concatenate([answer["digits"] for answer in answers[-len(unseen) :]])
        temperature = fit_temperature(raw, concatenate(unseen).labels)
    else:
        temperature = made.start.manifest.temperature if made.start else 1.0

    probabilities = [apply_temperature(answer["digits"], temperature) for answer in answers]
    likeness = [
        digit_score(answer, calibrated)
        for answer, calibrated in zip(answers, probabilities, strict=True)
    ]
    chosen: dict[str, Any] = {
        "temperature": temperature,
        # At most a hundredth of the digits is refused, in MNIST's hands and in others.
        "refusal_threshold": min(map(refusal_threshold, likeness)),
        "val_accuracy": None,
        "val_loss": None,
    }
    if held_out:
        right = probabilities[0].argmax(axis=1) == held_out.labels
        chosen["val_accuracy"] = float(right.mean())
        chosen["val_loss"] = negative_log_likelihood(probabilities[0], held_out.labels)
    return chosen


def _version(network: keras.Model) -> str:
    """A name for these weights, the same wherever they are stored."""
    weights = hashlib.sha256()
    for weight in network.get_weights():
        weights.update(np.ascontiguousarray(weight).tobytes())
    return weights.hexdigest()[:10]


def _cpu_seconds() -> float:
    """What this process and its workers that have ended spent on processors."""
    spent = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(sum(usage.ru_utime + usage.ru_stime for usage in spent), 1)


def _peak_memory_mb() -> float:
    """The most that this process held, and that its largest worker held."""
    unit = 1024**2 if sys.platform == "darwin" else 1024  # bytes there, kB elsewhere
    held = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return round(sum(resource.getrusage(who).ru_maxrss for who in held) / unit, 1)
