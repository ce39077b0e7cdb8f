"""What training on more than MNIST is good for: photos read right, as each material is added.

Each row is a training of the default recipe's network, without its teacher and with few epochs, so
that rows are to be compared with one another and not with the model that ships. Needs photos with
labels beside the checkout, see `development`.
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

TITLE = "Photos read right, by what the model was trained on"

EPOCHS = 10

_BARE = dataclasses.replace(
    MLP, teacher="", pool=0, epochs=EPOCHS, hands=0, photographed=0.0
)  # others stay: without them nothing would be refused

ADDED: dict[str, Recipe] = {
    "MNIST, and what is no digit": _BARE,
    "… digits in other hands": dataclasses.replace(_BARE, hands=MLP.hands),
    "… a fifth of both from photos": dataclasses.replace(
        _BARE, hands=MLP.hands, photographed=MLP.photographed
    ),
}


def run() -> RenderableType:
    """Train once for each row, and read all photos with it."""
    labels = development.photos()
    from model.training import train  # noqa: PLC0415 - TensorFlow, only if there is something to train

    kinds = list(dict.fromkeys(labelled.kind for labelled in labels))
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("trained on")
    for heading in (*kinds, "digits refused", "MNIST's test images"):
        table.add_column(heading, justify="right")
    data = mnist.load()
    for name, recipe in ADDED.items():
        with tempfile.TemporaryDirectory() as folder:
            made = train.train(
                recipe, training_set.build(data, recipe), data.test, Path(folder) / "model"
            )
            results = list(outcomes(Recognizer.load(made.path), labels))
        tallies = group_by(results, lambda labelled: labelled.kind)
        digits = [outcome for outcome in results if outcome.labelled.label]
        refused = sum(outcome.refused for outcome in digits) / len(digits)
        table.add_row(
            name,
            *(f"{tallies[kind].correct / tallies[kind].n:.1%}" for kind in kinds),
            f"{refused:.1%}",
            f"{made.manifest.test_accuracy:.2%}",
        )
    return table
