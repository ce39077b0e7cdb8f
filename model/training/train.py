"""Recipe and data in, model folder out.

The bot runs this in a child process, `python -m model train --json`, and goes on answering.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import keras

from model.artifact import ModelFolder
from model.recipes import BASE, RECIPES, Epoch, Recipe
from model.recognition.calibration import negative_log_likelihood
from model.training import networks
from model.training.batches import BatchSequence
from model.training.distillation import Distillation, Teacher
from model.training.export import TrainedNetwork, calibrate, publish
from model.training.training_set import TrainingSet
from model.types import Examples

WATCHED_IMAGES = 10_000
"""Training images that validation figures are measured on if no images are held out."""

WARM_UP_SHARE = 0.05
"""The share of steps in which the learning rate rises: AdamW does not know the size of the
gradients in its first steps, and large ones would lead astray."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOptions:
    """What a training run may choose beside its recipe.

    Attributes:
        epochs: instead of the recipe's.
        seed: every random number is drawn from it.
        base: go on from these weights instead of fresh ones.
        teacher: what a recipe with a teacher learns from. Without it, one is trained first on the
            same training set, and its epochs and time count too.
        replace: allow the folder to exist; it is swapped for the new one at the end.
        command: what to type to make the model again, for the manifest.
        on_epoch: called after each epoch.
        on_phase: called with what is done now ("teacher", "learning" or "measuring"), how many of
            its steps are done, and of how many; 0 where nobody knows.
    """

    epochs: int | None = None
    seed: int = 0
    base: ModelFolder | None = None
    teacher: ModelFolder | None = None
    replace: bool = False
    command: str = ""
    on_epoch: Callable[[Epoch], None] = lambda epoch: None
    on_phase: Callable[[str, int, int], None] = lambda phase, done, of: None


DEFAULT_OPTIONS = TrainingOptions()
"""Fresh weights, the recipe's epochs, seed 0."""


def train(
    recipe: Recipe,
    training_set: TrainingSet,
    test: Examples,
    out: Path,
    options: TrainingOptions = DEFAULT_OPTIONS,
) -> ModelFolder:
    """Train a model, measure it once on the test images and write its folder.

    The same seed, training set and machine give the same weights, as far as the machine's kernels
    are deterministic: all are on processors, some are not on GPUs. If it is interrupted, nothing
    is left at `out`.

    Args:
        recipe: what to train, and how.
        training_set: what it is trained on.
        test: read once, at the end.
        out: must not exist, unless `options.replace`.
        options: what else may be chosen.

    Raises:
        ExportMismatch: the exported network answers differently.
    """
    trained = fit(recipe, training_set, options)
    options.on_phase("measuring", 0, 0)
    calibration = calibrate(trained)
    # Exporting takes as much memory as learning, and needs neither glyphs nor the optimizer.
    trained = replace(trained, training_set=trained.training_set.without_glyphs())
    del training_set
    gc.collect()
    return publish(trained, calibration, test, out, replace=options.replace)


def fit(
    recipe: Recipe, training_set: TrainingSet, options: TrainingOptions = DEFAULT_OPTIONS
) -> TrainedNetwork:
    """Train a network, and its teacher first if the recipe needs one that is not given.

    Args:
        recipe: what to train, and how.
        training_set: what it is trained on.
        options: what else may be chosen.
    """
    begun = time.monotonic()
    bfloat16 = recipe.bfloat16 and networks.computes_bfloat16()
    teacher, on_epoch = _teacher(recipe, training_set, options)
    ask_teacher = teacher and teacher.prepare(bfloat16=bfloat16)
    keras.utils.set_random_seed(options.seed)
    base = options.base
    network = keras.models.load_model(base.keras_file) if base else networks.build(recipe)
    network = networks.cast(network, bfloat16=bfloat16)
    epochs = options.epochs or recipe.epochs
    reporter = _EpochReporter(training_set, epochs, on_epoch)
    # The average is put into the network at the end of each epoch, and so at the end of all.
    average = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if recipe.ema_momentum else []
    with BatchSequence(
        training_set,
        recipe,
        seed=options.seed,
        has_is_digit="is_digit" in network.output_names,
        teacher=ask_teacher,
    ) as batches:
        _compile(network, recipe, steps=len(batches) * epochs)
        counter = _StepCounter(len(batches) * epochs, options.on_phase)
        callbacks = [*average, reporter, counter]
        network.fit(batches, epochs=epochs, shuffle=False, verbose=0, callbacks=callbacks)
    network = networks.cast(network, bfloat16=False)
    if base and recipe.base_share:
        networks.average(network, keras.models.load_model(base.keras_file), recipe.base_share)
    return TrainedNetwork(
        network=network,
        recipe=recipe,
        training_set=training_set.without_synthetic_glyphs(),
        base=base,
        teacher_version=teacher and teacher.version,
        seed=options.seed,
        command=options.command,
        seconds=time.monotonic() - begun,
        history=tuple(reporter.history),
    )


class _Teacher(NamedTuple):
    """A trained network to learn from, and its version."""

    network: keras.Model
    version: str

    def prepare(self, *, bfloat16: bool) -> Teacher:
        """Return a function that asks it, in bfloat16 or in float32."""
        network = networks.cast(self.network, bfloat16=bfloat16)
        return lambda glyphs: networks.predict(network, glyphs)["digits"]


def _teacher(
    recipe: Recipe, training_set: TrainingSet, options: TrainingOptions
) -> tuple[_Teacher | None, Callable[[Epoch], None]]:
    """Load or train the teacher, and count its epochs.

    Returns:
        the teacher, or None for a recipe without one; and what to call after each epoch of the
        student.
    """
    if folder := options.teacher or (options.base if recipe.teacher == BASE else None):
        network = keras.models.load_model(folder.keras_file)
        return _Teacher(network, folder.manifest.version), options.on_epoch
    if not recipe.teacher:
        return None, options.on_epoch
    teacher_recipe = RECIPES[recipe.teacher]
    epochs = options.epochs or recipe.epochs
    teacher_epochs = min(teacher_recipe.epochs, epochs)  # few epochs ask for a quick result
    both = teacher_epochs + epochs

    def on_teacher_epoch(epoch: Epoch) -> None:
        options.on_epoch(replace(epoch, epochs=both))

    def on_student_epoch(epoch: Epoch) -> None:
        options.on_epoch(replace(epoch, epoch=teacher_epochs + epoch.epoch, epochs=both))

    teacher_options = TrainingOptions(
        epochs=teacher_epochs,
        seed=options.seed,
        on_epoch=on_teacher_epoch,
        on_phase=lambda phase, done, of: options.on_phase("teacher", done, of),
    )
    trained = fit(teacher_recipe, training_set, teacher_options)
    version = networks.version(trained.network)
    return _Teacher(trained.network, version), on_student_epoch


class _EpochReporter(keras.callbacks.Callback):  # type: ignore[misc]
    """A callback that measures the network after each epoch."""

    def __init__(
        self, training_set: TrainingSet, epochs: int, on_epoch: Callable[[Epoch], None]
    ) -> None:
        super().__init__()
        self._watched = training_set.held_out or training_set.mnist.part(
            slice(-WATCHED_IMAGES, None)
        )
        self._epochs, self._on_epoch = epochs, on_epoch
        self._begun = 0.0
        self.history: list[Epoch] = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._begun = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        assert logs is not None
        probabilities = networks.predict(self.model, self._watched.glyphs)["digits"]
        correct = probabilities.argmax(axis=1) == self._watched.labels
        self.history.append(
            Epoch(
                epoch=epoch + 1,
                epochs=self._epochs,
                loss=float(logs["loss"]),
                # Keras leaves out the name of the output if there is only one.
                accuracy=float(
                    logs["digits_accuracy" if "digits_accuracy" in logs else "accuracy"]
                ),
                val_loss=negative_log_likelihood(probabilities, self._watched.labels),
                val_accuracy=float(correct.mean()),
                seconds=round(time.monotonic() - self._begun, 2),
            )
        )
        self._on_epoch(self.history[-1])


class _StepCounter(keras.callbacks.Callback):  # type: ignore[misc]
    """A callback that says after each step how many are done."""

    def __init__(self, steps: int, on_phase: Callable[[str, int, int], None]) -> None:
        super().__init__()
        self._steps, self._on_phase = steps, on_phase
        self._done = 0

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._done += 1
        self._on_phase("learning", self._done, self._steps)


def _compile(network: keras.Model, recipe: Recipe, *, steps: int) -> None:
    losses = {
        "digits": Distillation(recipe.distillation_temperature)
        if recipe.teacher
        else "categorical_crossentropy",
        "is_digit": "binary_crossentropy",
    }
    network.compile(
        optimizer=_optimizer(recipe, steps),
        loss={name: losses[name] for name in network.output_names},
        weighted_metrics={"digits": ["accuracy"]},
        jit_compile=False,  # XLA is slower for small convolutions, and no faster for the rest
    )


def _optimizer(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    if not recipe.weight_decay:
        return keras.optimizers.Adam(recipe.learning_rate)
    warm_up = max(1, int(WARM_UP_SHARE * steps))
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warm_up, warmup_target=recipe.learning_rate, warmup_steps=warm_up
    )
    return keras.optimizers.AdamW(
        rate,
        weight_decay=recipe.weight_decay,
        use_ema=recipe.ema_momentum > 0,
        ema_momentum=recipe.ema_momentum or 0.99,
    )
