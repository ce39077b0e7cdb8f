"""How many photos are read correctly as each kind of training data is added.

Each row is a training of the default recipe's network, without its teacher and with few epochs.
Compare rows with one another, not with the model that ships. Needs labelled photos beside the
checkout, see `development`.
"""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

from rich.console import RenderableType
from rich.table import Table

from model.datasets import mnist
from model.evaluation.photos import group_by, outcomes
from model.recipes import MLP, Recipe
from model.recognition.recognizer import Recognizer
from model.training import training_set
from tests.bench import development

TITLE = "Photos read correctly, by what the model was trained on"

EPOCHS = 10
"""Enough to tell the rows apart, in minutes instead of half an hour."""

_MNIST = dataclasses.replace(
    MLP, teacher="", pool_epochs=0, epochs=EPOCHS, synthetic_digits=0, photo_fraction=0.0
)  # with negatives: without them nothing would be refused

RECIPES: dict[str, Recipe] = {
    "MNIST and negatives": _MNIST,
    "… and synthetic digits": dataclasses.replace(_MNIST, synthetic_digits=MLP.synthetic_digits),
    "… and some of both from photos": dataclasses.replace(
        _MNIST, synthetic_digits=MLP.synthetic_digits, photo_fraction=MLP.photo_fraction
    ),
}
"""What each row is trained on; each adds to the one before."""


def run() -> RenderableType:
    """Train a model for each row, and read all photos with it."""
    labels = development.photos()
    from model.training.train import train  # noqa: PLC0415 - TensorFlow, only if there are photos

    kinds = list(dict.fromkeys(labelled.kind for labelled in labels))
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("trained on")
    for heading in (*kinds, "digits refused", "MNIST's test images"):
        table.add_column(heading, justify="right")
    data = mnist.load()
    for name, recipe in RECIPES.items():
        with tempfile.TemporaryDirectory() as folder:
            model = train(
                recipe, training_set.build(data, recipe), data.test, Path(folder) / "model"
            )
            results = list(outcomes(Recognizer.load(model.path), labels))
        summaries = group_by(results, lambda labelled: labelled.kind)
        digits = [outcome for outcome in results if outcome.labelled.label]
        refused = sum(outcome.refused for outcome in digits) / len(digits)
        table.add_row(
            name,
            *(f"{summaries[kind].correct / summaries[kind].n:.1%}" for kind in kinds),
            f"{refused:.1%}",
            f"{model.manifest.test_accuracy:.2%}",
        )
    return table
