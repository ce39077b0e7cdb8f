"""The photos we develop with. They lie beside a checkout, and never in it."""

from __future__ import annotations

from pathlib import Path

from model.evaluation.photos import LabelledPhoto, read_labels

LABELS = Path("../shared/photos/labels.csv")


class NoPhotos(Exception):
    """There are none, so what needs them is skipped."""


def photos() -> list[LabelledPhoto]:
    """All of them, with their labels.

    Raises:
        NoPhotos: there are none here.
    """
    if not LABELS.exists():
        raise NoPhotos(f"there are no photos at {LABELS}")
    return read_labels(LABELS)
