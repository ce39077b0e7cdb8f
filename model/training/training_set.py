"""What a model is trained on: MNIST, synthetic digits, negatives, and people's corrections."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.datasets.mnist import Mnist
from model.errors import CorrectionsError
from model.recipes import Recipe
from model.synthesis import dataset
from model.types import NOT_A_DIGIT, Examples

HELD_OUT_IMAGES = 10_000
"""Training images, the last ones, that are kept for validation when settings are chosen."""

SYNTHETIC_VALIDATION_DIGITS = 4_000
"""Synthetic digits, and as many negatives, in fonts that are not trained on: enough to see what a
refusal threshold costs."""

MAX_CORRECTIONS_SHARE = 0.08
"""The share of an epoch that corrections may have, unless there are more different ones."""

MAX_CORRECTION_REPEATS = 20
"""How often an epoch shows each correction at most, so that a few are not learned by heart."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Examples of one origin.

    Attributes:
        examples: labels 0–9 or NOT_A_DIGIT.
        samples_per_epoch: how many of them an epoch sees; if there are more, they take turns.
    """

    examples: Examples
    samples_per_epoch: int

    def draw(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Draw the indices (n,) of the examples that one epoch sees, each equally often."""
        count = len(self.examples.labels)
        rounds = -(-self.samples_per_epoch // count)
        order = np.concatenate([rng.permutation(count) for _ in range(rounds)])
        return order[: self.samples_per_epoch]


class EpochSample(NamedTuple):
    """What one epoch sees, in which order; the glyphs themselves stay where they are.

    Attributes:
        examples: of each source.
        origins: (n,), uint8, to which of them each belongs.
        indices: (n,), int64, and where it stands there.
        labels: (n,), int64, 0–9 or NOT_A_DIGIT.
        in_mnist: (n,), bool, whether each is one of MNIST's.
    """

    examples: tuple[Examples, ...]
    origins: NDArray[np.uint8]
    indices: NDArray[np.int64]
    labels: NDArray[np.int64]
    in_mnist: NDArray[np.bool_]

    def glyphs(self, which: slice) -> NDArray[np.uint8]:
        """Copy some of the glyphs: (m, 28, 28), uint8, 0 paper … 255 ink."""
        origins, indices = self.origins[which], self.indices[which]
        glyphs = np.empty((len(origins), 28, 28), np.uint8)
        for origin, examples in enumerate(self.examples):
            here = origins == origin
            glyphs[here] = examples.glyphs[indices[here]]
        return glyphs


@dataclass(frozen=True, slots=True, eq=False)
class TrainingSet:
    """What a model is trained on, and what it is calibrated and validated on.

    Attributes:
        sources: by origin; "mnist" is always one of them.
        held_out: MNIST training images that are not trained on, or None.
        synthetic_validation: synthetic digits and negatives that are not trained on, or None for a
            recipe without them.
    """

    sources: dict[str, Source]
    held_out: Examples | None
    synthetic_validation: Examples | None

    @property
    def mnist(self) -> Examples:
        """The images of MNIST that are trained on."""
        return self.sources["mnist"].examples

    def without_synthetic_glyphs(self) -> TrainingSet:
        """Return what calibration needs, and let the rest be freed: it is 25 MB or more."""
        sources = {
            origin: source if origin == "mnist" else Source(_nothing(), source.samples_per_epoch)
            for origin, source in self.sources.items()
        }
        return replace(self, sources=sources)

    def without_glyphs(self) -> TrainingSet:
        """Return what is told of it once it is no longer needed; MNIST takes 47 MB."""
        sources = {
            origin: Source(_nothing(), source.samples_per_epoch)
            for origin, source in self.sources.items()
        }
        return replace(self, sources=sources, synthetic_validation=None)

    def draw_epoch(self, rng: np.random.Generator) -> EpochSample:
        """Draw what one epoch sees, shuffled."""
        drawn = {origin: source.draw(rng) for origin, source in self.sources.items()}
        count = sum(map(len, drawn.values()))
        places = np.argsort(rng.permutation(count))
        sample = EpochSample(
            tuple(source.examples for source in self.sources.values()),
            np.empty(count, np.uint8),
            np.empty(count, np.int64),
            np.empty(count, np.int64),
            np.empty(count, np.bool_),
        )
        start = 0
        for number, (origin, indices) in enumerate(drawn.items()):
            end = start + len(indices)
            here = places[start:end]
            sample.origins[here], sample.indices[here] = number, indices
            sample.labels[here] = sample.examples[number].labels[indices]
            sample.in_mnist[here] = origin == "mnist"
            start = end
        return sample


def _nothing() -> Examples:
    return Examples(np.empty((0, 28, 28), np.uint8), np.empty(0, np.int64))


def build(
    mnist: Mnist,
    recipe: Recipe,
    corrections: Examples | None = None,
    *,
    validation: bool = False,
    on_progress: Callable[[int, int], None] = lambda done, of: None,
) -> TrainingSet:
    """Put together what a recipe asks for.

    Args:
        mnist: only its training half is used.
        recipe: says how many synthetic digits and negatives an epoch takes.
        corrections: further examples; labels may be NOT_A_DIGIT.
        validation: hold out the last HELD_OUT_IMAGES, or a sixth if there are fewer than six times
            as many.
        on_progress: see `dataset.load`.

    Raises:
        DatasetUnavailable: synthetic digits could not be made.
    """
    known, held_out = mnist.training, None
    if validation:
        border = len(known.labels) - min(HELD_OUT_IMAGES, len(known.labels) // 6)
        known, held_out = known.part(slice(border)), known.part(slice(border, None))
    sources = {
        "mnist": Source(known, min(recipe.mnist_digits or len(known.labels), len(known.labels)))
    }
    synthetic_validation = None
    if recipe.synthetic_digits or recipe.negatives:
        sources |= _synthetic_sources(recipe, on_progress)
        synthetic_validation = dataset.load(
            "validation",
            digits=SYNTHETIC_VALIDATION_DIGITS,
            negatives=SYNTHETIC_VALIDATION_DIGITS,
            photo_fraction=recipe.photo_fraction,
            use_downloads=recipe.use_downloads,
            on_progress=on_progress,
        )
    if corrections is not None and not recipe.negatives:
        corrections = corrections.part(corrections.labels != NOT_A_DIGIT)
    if corrections is not None and len(corrections.labels):
        others = sum(source.samples_per_epoch for source in sources.values())
        sources["corrections"] = _corrections_source(corrections, others)
    return TrainingSet(sources, held_out, synthetic_validation)


def _synthetic_sources(
    recipe: Recipe, on_progress: Callable[[int, int], None]
) -> dict[str, Source]:
    """Make synthetic digits and negatives for several epochs."""
    made = dataset.load(
        "train",
        digits=recipe.synthetic_pool_epochs * recipe.synthetic_digits,
        negatives=recipe.synthetic_pool_epochs * recipe.negatives,
        photo_fraction=recipe.photo_fraction,
        use_downloads=recipe.use_downloads,
        on_progress=on_progress,
    )
    digits = made.labels != NOT_A_DIGIT
    sources = {}
    if recipe.synthetic_digits:
        sources["synthetic digits"] = Source(made.part(digits), recipe.synthetic_digits)
    if recipe.negatives:
        sources["negatives"] = Source(made.part(~digits), recipe.negatives)
    return sources


def _corrections_source(corrections: Examples, others: int) -> Source:
    """Repeat corrections within an epoch, but not so often that they dominate it.

    Args:
        corrections: at least one.
        others: how many other glyphs the epoch sees.
    """
    count = len(corrections.labels)
    most = max(int(MAX_CORRECTIONS_SHARE * others), count)
    return Source(corrections, min(most, MAX_CORRECTION_REPEATS * count))


def read_corrections(path: Path) -> Examples:
    """Read corrections: an .npz with glyphs (n, 28, 28) uint8 and labels (n,), -1 … 9.

    Raises:
        CorrectionsError: says what was expected.
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
