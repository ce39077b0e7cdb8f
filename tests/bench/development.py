"""The photos that Inkling is developed with. They lie beside a checkout, never in it."""

from __future__ import annotations

from pathlib import Path

from model.evaluation.photos import LabelledPhoto, read_labels

LABELS = Path("../shared/photos/labels.csv")
"""The photos' labels. The path starts at the folder in which the benchmarks are run."""


class NoPhotos(Exception):
    """There are no development photos here, so a benchmark that needs them is skipped."""


def photos() -> list[LabelledPhoto]:
    """Return all of them, with their labels.

    Raises:
        NoPhotos: there are none here.
    """
    if not LABELS.exists():
        raise NoPhotos(f"there are no photos at {LABELS}")
    return read_labels(LABELS)
