"""What a model is trained on: MNIST, and what people corrected."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.errors import InklingError
from model.mnist import Examples, Mnist

NOT_A_DIGIT = -1
"""The label of a glyph that must be refused."""

HELD_OUT = 10_000
"""The last training images, kept for validation when settings are chosen."""


class BadCorrections(InklingError):
    """A file of corrections that is not what `train --corrections` takes."""


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Training examples, with where they came from, and those for validation.

    Attributes:
        glyphs: (n, 28, 28), uint8, 0 paper … 255 ink.
        labels: (n,), int64, 0–9, or NOT_A_DIGIT.
        origins: how many glyphs of each origin, in the order in which they stand.
        held_out: images that are not among them, or None when all are trained on.
    """

    glyphs: NDArray[np.uint8]
    labels: NDArray[np.int64]
    origins: Mapping[str, int]
    held_out: Examples | None


def gather(
    mnist: Mnist, corrections: Examples | None = None, *, validation: bool = False
) -> Corpus:
    """Put a corpus together.

    Args:
        mnist: only its training half is touched.
        corrections: further examples; labels may be NOT_A_DIGIT.
        validation: hold out the last HELD_OUT images, or a sixth of fewer.
    """
    known, held_out = mnist.training, None
    if validation:
        border = len(known.labels) - min(HELD_OUT, len(known.labels) // 6)
        known, held_out = known.part(slice(border)), known.part(slice(border, None))
    parts = {"mnist": known}
    if corrections is not None:
        parts["corrections"] = corrections
    return Corpus(
        glyphs=np.concatenate([part.glyphs for part in parts.values()]),
        labels=np.concatenate([part.labels for part in parts.values()]),
        origins={origin: len(part.labels) for origin, part in parts.items()},
        held_out=held_out,
    )


def read_corrections(path: Path) -> Examples:
    """Read corrections: an .npz with glyphs (n, 28, 28) uint8 and labels (n,), -1 … 9.

    Raises:
        BadCorrections: says what was expected.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            glyphs, labels = file["glyphs"], file["labels"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise BadCorrections(
            f"Expected {path} to be an .npz with the arrays glyphs and labels. Received: {error}."
        ) from error
    if glyphs.ndim != 3 or glyphs.shape[1:] != (28, 28) or glyphs.dtype != np.uint8:
        raise BadCorrections(
            f"Expected glyphs (n, 28, 28) uint8 in {path}. Received {glyphs.shape} {glyphs.dtype}."
        )
    if labels.shape != glyphs.shape[:1] or labels.dtype.kind not in "iu":
        raise BadCorrections(
            f"Expected {len(glyphs)} whole numbers as labels in {path}. "
            f"Received {labels.shape} {labels.dtype}."
        )
    labels = labels.astype(np.int64)
    if len(labels) and not (labels.min() >= NOT_A_DIGIT and labels.max() <= 9):
        raise BadCorrections(
            f"Expected labels from {NOT_A_DIGIT} (not a digit) to 9 in {path}. "
            f"Received {labels.min()} to {labels.max()}."
        )
    return Examples(glyphs, labels)
