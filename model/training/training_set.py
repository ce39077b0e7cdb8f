"""What a model is trained on: MNIST, other hands, what is no digit, and what people corrected."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.datasets.mnist import Mnist
from model.errors import CorrectionsError
from model.recipes import Recipe
from model.synthesis import dataset
from model.types import NOT_A_DIGIT, Examples, concatenate

"""The label of a glyph that must be refused."""

HELD_OUT = 10_000
"""The last training images, kept for validation when settings are chosen."""

VALIDATION_HANDS = 4_000
"""Digits, and as many others, in fonts that are not trained on: to see what refusing costs."""

SHARE_OF_CORRECTIONS = 0.08
"""Of an epoch at most, whatever their number; each is seen at most REPEATS times in an epoch."""

REPEATS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Examples of one origin.

    Attributes:
        examples: labels 0–9, or NOT_A_DIGIT.
        an_epoch: how many of them an epoch sees, drawn in turn.
    """

    examples: Examples
    an_epoch: int


class EpochSample(NamedTuple):
    """What one epoch sees.

    Attributes:
        glyphs: (n, 28, 28), uint8.
        labels: (n,), 0–9 or NOT_A_DIGIT.
        in_mnist: (n,), bool, whether each is one of MNIST's.
    """

    glyphs: NDArray[np.uint8]
    labels: NDArray[np.int64]
    in_mnist: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class TrainingSet:
    """What is trained on, by origin, and what is not.

    Attributes:
        parts: by origin; "mnist" is always there.
        held_out: MNIST training images that are not among them, or None.
        other_hands: digits and non-digits that are not among them, or None where a recipe does
            without.
    """

    parts: dict[str, Source]
    held_out: Examples | None
    other_hands: Examples | None

    def epoch(self, generator: np.random.Generator) -> EpochSample:
        """Draw what one epoch sees, shuffled."""
        drawn = []
        for part in self.parts.values():
            count = len(part.examples.labels)
            rounds = -(-part.an_epoch // count)
            turns = [generator.permutation(count) for _ in range(rounds)]
            drawn.append(part.examples.part(np.concatenate(turns)[: part.an_epoch]))
        counts = [len(some.labels) for some in drawn]
        in_mnist = np.repeat([origin == "mnist" for origin in self.parts], counts)
        order = generator.permutation(sum(counts))
        return EpochSample(*concatenate(drawn).part(order), in_mnist[order])


def build(
    mnist: Mnist,
    recipe: Recipe,
    corrections: Examples | None = None,
    *,
    validation: bool = False,
) -> TrainingSet:
    """Put together what a recipe asks for.

    Args:
        mnist: only its training half is touched.
        recipe: says how many digits in other hands, and others, an epoch takes.
        corrections: further examples; labels may be NOT_A_DIGIT.
        validation: hold out the last HELD_OUT images, or a sixth of fewer.

    Raises:
        DatasetUnavailable: other hands could not be made; nothing takes their place.
    """
    known, held_out = mnist.training, None
    if validation:
        border = len(known.labels) - min(HELD_OUT, len(known.labels) // 6)
        known, held_out = known.part(slice(border)), known.part(slice(border, None))
    parts = {"mnist": Source(known, len(known.labels))}
    other_hands = None
    if recipe.hands or recipe.others:
        written = dataset.load(
            "train",
            digits=recipe.epochs_of_hands * recipe.hands,
            others=recipe.epochs_of_hands * recipe.others,
            photographed=recipe.photographed,
            fetched=recipe.fetched,
        )
        digits = written.labels != NOT_A_DIGIT
        if recipe.hands:
            parts["hands"] = Source(written.part(digits), recipe.hands)
        if recipe.others:
            parts["others"] = Source(written.part(~digits), recipe.others)
        other_hands = dataset.load(
            "validation",
            digits=VALIDATION_HANDS,
            others=VALIDATION_HANDS,
            photographed=recipe.photographed,
            fetched=recipe.fetched,
        )
    if corrections is not None and not recipe.others:
        corrections = corrections.part(corrections.labels != NOT_A_DIGIT)
    if corrections is not None and len(corrections.labels):
        usual = sum(part.an_epoch for part in parts.values())
        room = max(int(SHARE_OF_CORRECTIONS * usual), len(corrections.labels))
        parts["corrections"] = Source(corrections, min(room, REPEATS * len(corrections.labels)))
    return TrainingSet(parts, held_out, other_hands)


def read_corrections(path: Path) -> Examples:
    """Read corrections: an .npz with glyphs (n, 28, 28) uint8 and labels (n,), -1 … 9.

    Raises:
        BadCorrections: says what was expected.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            glyphs, labels = file["glyphs"], file["labels"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise CorrectionsError(
            f"Expected {path} to be an .npz with the arrays glyphs and labels. Received: {error}."
        ) from error
    if glyphs.ndim != 3 or glyphs.shape[1:] != (28, 28) or glyphs.dtype != np.uint8:
        raise CorrectionsError(
            f"Expected glyphs (n, 28, 28) uint8 in {path}. Received {glyphs.shape} {glyphs.dtype}."
        )
    if labels.shape != glyphs.shape[:1] or labels.dtype.kind not in "iu":
        raise CorrectionsError(
            f"Expected {len(glyphs)} whole numbers as labels in {path}. "
            f"Received {labels.shape} {labels.dtype}."
        )
    labels = labels.astype(np.int64)
    if len(labels) and not (labels.min() >= NOT_A_DIGIT and labels.max() <= 9):
        raise CorrectionsError(
            f"Expected labels from {NOT_A_DIGIT} (not a digit) to 9 in {path}. "
            f"Received {labels.min()} to {labels.max()}."
        )
    return Examples(glyphs, labels)
