"""Recipe and data in, model folder out.

Run as a child process by whoever must go on answering meanwhile: `python -m model train --json`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace as altered
from pathlib import Path
from typing import Any

import keras

from model.artifact import ModelFolder
from model.recipes import RECIPES, Epoch, Recipe
from model.recognition.calibration import negative_log_likelihood
from model.training import distillation, networks
from model.training.batches import BatchSequence
from model.training.distillation import Distillation
from model.training.export import TrainedNetwork, publish
from model.training.networks import outputs
from model.training.training_set import TrainingSet
from model.types import Examples

WATCHED = 10_000
"""Training images that the second curve is drawn from when none are held out."""

WARM_UP = 0.05
"""Of all steps: AdamW's first steps, with no notion yet of the gradients' size, go astray."""


def train(  # noqa: PLR0913 - what a command line gives, by name
    recipe: Recipe,
    corpus: TrainingSet,
    test: Examples,
    out: Path,
    *,
    epochs: int | None = None,
    seed: int = 0,
    start: ModelFolder | None = None,
    teacher: ModelFolder | None = None,
    replace: bool = False,
    command: str = "",
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> ModelFolder:
    """Train a model, measure it once on the test images and write its folder.

    The same seed, corpus and machine give the same weights, as far as its kernels repeat
    themselves: all do on processors, some do not on GPUs. Interrupted at any moment, it leaves
    nothing at `out`.

    Args:
        recipe: what to train, and how.
        corpus: what on.
        test: read once, at the end.
        out: must not exist, unless `replace`.
        epochs: instead of the recipe's.
        seed: what every random number is drawn from.
        start: go on from these weights instead of fresh ones.
        teacher: whom a recipe with a teacher learns from; without, one is trained first on the
            same corpus, whose epochs and time count too.
        replace: swap the new folder for what is at `out`.
        command: what to type to make it again, for the manifest.
        on_epoch: called after each epoch.
    """
    begun = time.monotonic()
    epochs, taught = epochs or recipe.epochs, 0
    with tempfile.TemporaryDirectory() as folder:
        if recipe.teacher and teacher is None:
            its = RECIPES[recipe.teacher]
            taught = min(its.epochs, epochs)  # whoever asks for few epochs is in a hurry
            teacher = train(
                its,
                corpus,
                test,
                Path(folder) / its.name,
                epochs=taught,
                seed=seed,
                on_epoch=lambda epoch: on_epoch(altered(epoch, epochs=taught + epochs)),
            )
        bfloat16 = recipe.bfloat16 and networks.computes_bfloat16()
        asked = distillation.teacher(teacher, bfloat16=bfloat16) if teacher else None
    keras.utils.set_random_seed(seed)
    network = keras.models.load_model(start.keras_file) if start else networks.build(recipe)
    network = networks.cast(network, bfloat16=bfloat16)
    reporter = _Reporter(
        corpus,
        epochs,
        lambda epoch: on_epoch(altered(epoch, epoch=taught + epoch.epoch, epochs=taught + epochs)),
    )
    with BatchSequence(
        corpus,
        recipe.deformation,
        batch_size=recipe.batch_size,
        seed=seed,
        refuses="is_digit" in network.output_names,
        teacher=asked,
        pool=recipe.pool,
    ) as lessons:
        _compile(network, recipe, steps=len(lessons) * epochs)
        # The averaged weights stand in the network at the end of each epoch, and at the end.
        average = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if recipe.averaging else []
        network.fit(
            lessons, epochs=epochs, shuffle=False, verbose=0, callbacks=[*average, reporter]
        )
    made = TrainedNetwork(
        network=networks.cast(network, bfloat16=False),
        recipe=recipe,
        corpus=corpus,
        start=start,
        teacher=teacher,
        seed=seed,
        command=command,
        seconds=time.monotonic() - begun,
        history=tuple(reporter.history),
    )
    return publish(made, test, out, replace=replace)


class _Reporter(keras.callbacks.Callback):  # type: ignore[misc]
    """Measures after each epoch, remembers, and tells."""

    def __init__(self, corpus: TrainingSet, epochs: int, tell: Callable[[Epoch], None]) -> None:
        super().__init__()
        known = corpus.parts["mnist"].examples
        self._watched = corpus.held_out or known.part(slice(-WATCHED, None))
        self._tell = tell
        self._begun = 0.0
        self.epochs = epochs
        self.history: list[Epoch] = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._begun = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        assert logs is not None
        probabilities = outputs(self.model, self._watched.glyphs)["digits"]
        right = probabilities.argmax(axis=1) == self._watched.labels
        self.history.append(
            Epoch(
                epoch=epoch + 1,
                epochs=self.epochs,
                loss=float(logs["loss"]),
                # Keras leaves the output's name out where there is one output.
                accuracy=float(
                    logs["digits_accuracy" if "digits_accuracy" in logs else "accuracy"]
                ),
                val_loss=negative_log_likelihood(probabilities, self._watched.labels),
                val_accuracy=float(right.mean()),
                seconds=round(time.monotonic() - self._begun, 2),
            )
        )
        self._tell(self.history[-1])


def _compile(network: keras.Model, recipe: Recipe, *, steps: int) -> None:
    losses = {
        "digits": Distillation(recipe.temperature)
        if recipe.teacher
        else "categorical_crossentropy",
        "is_digit": "binary_crossentropy",
    }
    network.compile(
        optimizer=_optimizer(recipe, steps),
        loss={name: losses[name] for name in network.output_names},
        weighted_metrics={"digits": ["accuracy"]},
        jit_compile=False,  # XLA takes longer over small convolutions, and no less over the rest
    )


def _optimizer(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    if not recipe.weight_decay:
        return keras.optimizers.Adam(recipe.learning_rate)
    warm_up = max(1, int(WARM_UP * steps))
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warm_up, warmup_target=recipe.learning_rate, warmup_steps=warm_up
    )
    return keras.optimizers.AdamW(
        rate,
        weight_decay=recipe.weight_decay,
        use_ema=recipe.averaging > 0,
        ema_momentum=recipe.averaging or 0.99,
    )
