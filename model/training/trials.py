"""What a search judges settings by: train them, and measure on images that were held out."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import keras

from model.recipes import Recipe
from model.training import train
from model.training.training_set import TrainingSet
from model.training.tuning import Report


@dataclass(frozen=True, slots=True)
class TrainingScore:
    """A `tuning.Score`: one training after the other in this process.

    Attributes:
        corpus: with images held out, which are all that a trial is measured on.
        epochs: instead of the recipe's.
        seed: the same for every trial, so that they differ in their settings only.
    """

    corpus: TrainingSet
    epochs: int
    seed: int

    def __call__(self, recipe: Recipe, report: Report) -> float:
        """Train, report each epoch's validation accuracy, and return the last."""
        held_out = self.corpus.held_out
        if held_out is None:
            raise ValueError("Expected a corpus with images held out. Received none.")
        keras.backend.clear_session()  # or each trial would keep its network in memory
        with tempfile.TemporaryDirectory() as folder:
            made = train.train(
                recipe,
                self.corpus,
                held_out,  # where a training that is to be published has the test images
                Path(folder) / "model",
                epochs=self.epochs,
                seed=self.seed,
                on_epoch=lambda epoch: report(epoch.epoch, epoch.val_accuracy),
            )
        return made.manifest.test_accuracy
