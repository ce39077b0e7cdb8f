"""Recipes: each a network with the way it is trained, under a name.

Plain data, so that whoever only lists them (`python -m model recipes`, the bot's /train) does not
wait for TensorFlow. `model.networks` builds the network, `model.training` trains it.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a model is made.

    Attributes:
        name: what `--recipe` takes.
        purpose: one line on what it is for.
        hidden: widths of the fully connected layers between 784 pixels and the outputs.
        epochs: passes over the training set.
        batch_size: glyphs a step.
        learning_rate: Adam's.
    """

    name: str
    purpose: str
    hidden: tuple[int, ...]
    epochs: int
    batch_size: int = 32
    learning_rate: float = 1e-3


BASELINE = Recipe(
    name="baseline",
    purpose="The classic from the tutorials, kept exactly: what the others are compared with.",
    hidden=(128, 128),
    epochs=3,
)

RECIPES = MappingProxyType({recipe.name: recipe for recipe in (BASELINE,)})
DEFAULT_RECIPE = BASELINE.name
