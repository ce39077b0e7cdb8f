"""Recipe and data in, model folder out.

Run as a child process by whoever must go on answering meanwhile: `python -m model train --json`.
"""

from __future__ import annotations

import hashlib
import platform
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from model import networks, plots
from model.calibration import (
    fit_temperature,
    negative_log_likelihood,
    refusal_threshold,
    tempered,
)
from model.corpus import NOT_A_DIGIT, Corpus
from model.errors import InklingError
from model.folder import KERAS, TFLITE, ModelFolder, seal, written
from model.mnist import Examples
from model.recipes import Recipe

AGREEMENT = 1e-5
"""How far Keras and LiteRT may be apart in any probability of any test image."""

LIBRARIES = ("keras", "tensorflow", "ai-edge-litert", "numpy", "opencv-python-headless")


class Disagreement(InklingError):
    """Keras and LiteRT answer differently, so the model is not published."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch's progress; accuracies 0–1.

    `val_` is measured on the images that were held out, or, when all are trained on, on training
    images as they are.
    """

    epoch: int
    epochs: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float


def train(  # noqa: PLR0913 - what a command line gives, by name
    recipe: Recipe,
    corpus: Corpus,
    test: Examples,
    out: Path,
    *,
    epochs: int | None = None,
    seed: int = 0,
    start: ModelFolder | None = None,
    replace: bool = False,
    command: str = "",
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> ModelFolder:
    """Train a model, measure it once on the test images and write its folder.

    The same seed, corpus and machine give the same weights. Interrupted at any moment, it leaves
    nothing at `out`.

    Args:
        recipe: what to train, and how.
        corpus: what on.
        test: read once, at the end.
        out: must not exist, unless `replace`.
        epochs: instead of the recipe's.
        seed: what every random number is drawn from.
        start: go on from these weights instead of fresh ones.
        replace: swap the new folder for what is at `out`.
        command: what to type to make it again, for the manifest.
        on_epoch: called after each epoch.
    """
    begun = time.monotonic()
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    network = networks.build(recipe) if start is None else keras.models.load_model(start.keras_file)
    history = _fit(
        network, recipe, corpus, epochs=epochs or recipe.epochs, seed=seed, on_epoch=on_epoch
    )
    seconds = time.monotonic() - begun

    with written(out, replace=replace) as folder:
        network.save(folder / KERAS)
        network.export(folder / TFLITE, format="litert", verbose=False)
        outputs = _outputs(network, test.glyphs)
        _check_agreement(folder / TFLITE, test.glyphs, outputs)
        calibrated = _calibrate(network, corpus)
        probabilities = tempered(outputs["digits"], calibrated["temperature"])
        confusion = np.zeros((10, 10), np.int64)
        np.add.at(confusion, (test.labels, probabilities.argmax(axis=1)), 1)
        plots.save_all(
            folder,
            [asdict(epoch) for epoch in history],
            confusion,
            held_out=corpus.held_out is not None,
        )
        seal(
            folder,
            version=_version(network),
            recipe=recipe.name,
            command=command,
            base=start.manifest.version if start else None,
            seed=seed,
            epochs=len(history),
            trained_on=dict(corpus.origins),
            held_out=0 if corpus.held_out is None else len(corpus.held_out.labels),
            parameters=network.count_params(),
            seconds=round(seconds, 1),
            peak_memory_mb=_peak_memory_mb(),
            test_accuracy=float(np.trace(confusion) / confusion.sum()),
            test_loss=negative_log_likelihood(probabilities, test.labels),
            **calibrated,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            versions={"python": platform.python_version()} | _library_versions(),
            history=tuple(asdict(epoch) for epoch in history),
            confusion=tuple(map(tuple, confusion.tolist())),
        )
    return ModelFolder.open(out)


def _fit(  # noqa: PLR0913
    network: keras.Model,
    recipe: Recipe,
    corpus: Corpus,
    *,
    epochs: int,
    seed: int,
    on_epoch: Callable[[Epoch], None],
) -> list[Epoch]:
    digits = corpus.labels != NOT_A_DIGIT
    glyphs, labels = corpus.glyphs[digits], corpus.labels[digits]
    watched = corpus.held_out or Examples(glyphs[-10_000:], labels[-10_000:])
    network.compile(
        optimizer=keras.optimizers.Adam(recipe.learning_rate),
        loss={"digits": "sparse_categorical_crossentropy"},
        metrics={"digits": ["accuracy"]},
    )
    history = []
    for epoch in range(1, epochs + 1):
        begun = time.monotonic()
        order = np.random.default_rng((seed, epoch)).permutation(len(labels))
        pixels = glyphs[order].astype(np.float32) / 255  # (n, 28, 28), 0–1
        logs = network.fit(
            pixels,
            {"digits": labels[order]},
            batch_size=recipe.batch_size,
            shuffle=False,
            verbose=0,
        ).history
        probabilities = _outputs(network, watched.glyphs)["digits"]
        history.append(
            Epoch(
                epoch=epoch,
                epochs=epochs,
                loss=logs["loss"][0],
                accuracy=logs["accuracy"][0],
                val_loss=negative_log_likelihood(probabilities, watched.labels),
                val_accuracy=float((probabilities.argmax(axis=1) == watched.labels).mean()),
                seconds=round(time.monotonic() - begun, 2),
            )
        )
        on_epoch(history[-1])
    return history


def _outputs(network: keras.Model, glyphs: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """What the network says, by output name, each (n, …)."""
    answers: dict[str, NDArray[np.float32]] = network.predict(
        glyphs.astype(np.float32) / 255, batch_size=1000, verbose=0
    )
    return answers


def _check_agreement(
    tflite: Path, glyphs: NDArray[np.uint8], expected: Mapping[str, NDArray[np.float32]]
) -> None:
    """Refuse an export that answers anything else than the network it was made from."""
    runner = Interpreter(model_path=str(tflite), num_threads=1).get_signature_runner()
    (name,) = runner.get_input_details()
    received = runner(**{name: glyphs.astype(np.float32) / 255})
    for output, values in expected.items():
        gap = float(np.abs(received[output] - values).max())
        if not gap <= AGREEMENT:
            raise Disagreement(
                f"Expected Keras and LiteRT to agree to {AGREEMENT} on {output!r}. "
                f"Received {gap:.2g}; nothing was written."
            )


def _calibrate(network: keras.Model, corpus: Corpus) -> dict[str, Any]:
    """What is chosen on validation data, and the figures on it."""
    if corpus.held_out is None:
        return {
            "temperature": 1.0,
            "refusal_threshold": 0.0,
            "val_accuracy": None,
            "val_loss": None,
        }
    glyphs, labels = corpus.held_out
    raw = _outputs(network, glyphs)["digits"]
    temperature = fit_temperature(raw, labels)
    probabilities = tempered(raw, temperature)
    return {
        "temperature": temperature,
        "refusal_threshold": refusal_threshold(probabilities.max(axis=1)),
        "val_accuracy": float((probabilities.argmax(axis=1) == labels).mean()),
        "val_loss": negative_log_likelihood(probabilities, labels),
    }


def _version(network: keras.Model) -> str:
    """A name for these weights, the same wherever they are stored."""
    weights = hashlib.sha256()
    for weight in network.get_weights():
        weights.update(np.ascontiguousarray(weight).tobytes())
    return weights.hexdigest()[:10]


def _library_versions() -> dict[str, str]:
    found = {"tensorflow": tf.__version__}
    return found | {name: version(name) for name in LIBRARIES if name not in found}


def _peak_memory_mb() -> float:
    """The most that this process held, and that one of its workers held."""
    unit = 1024**2 if sys.platform == "darwin" else 1024  # bytes there, kB elsewhere
    held = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return round(sum(resource.getrusage(who).ru_maxrss for who in held) / unit, 1)
