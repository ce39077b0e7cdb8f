"""What each stage of reading a photo is good for: all of them, and each left out in turn.

Every stage is left out by `Stages`; nothing is patched. Needs photos with labels beside the
checkout, see `LABELS`.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
from rich.console import RenderableType
from rich.table import Table

from model.recognizer import Recognizer
from model.scoring import by, outcomes, read_labels
from model.vision.page import ALL, WAYS, Stages

TITLE = "Photos read right, with each stage left out"

LABELS = Path("../shared/photos/labels.csv")

FEWER = 4
"""Of the drawings, which are many and alike, one in so many is read."""

LEFT_OUT: dict[str, Stages] = {
    "nothing left out": ALL,
    "evening out the light": dataclasses.replace(ALL, even_light=False),
    "either polarity": dataclasses.replace(ALL, either_polarity=False),
    "more than one way of looking": dataclasses.replace(ALL, ways=(WAYS[0][:1],)),
    "leaving out dirt": dataclasses.replace(ALL, drop_dirt=False),
    "grouping of strokes": dataclasses.replace(ALL, group=False),
    "cutting where digits touch": dataclasses.replace(ALL, split=False),
    "evening out stroke widths": dataclasses.replace(ALL, even_strokes=False),
    "the closer look": dataclasses.replace(ALL, closer=False),
    "turning": dataclasses.replace(ALL, turn=False),
    "agreement of looks": dataclasses.replace(ALL, agreement=False),
}


def run() -> RenderableType:
    """Read the photos once with all stages and once without each."""
    if not LABELS.exists():
        return f"Skipped: there are no photos at {LABELS}."
    cv2.setNumThreads(1)
    labels = read_labels(LABELS)
    drawings = [labelled for labelled in labels if labelled.kind == "drawn"]
    chosen = [labelled for labelled in labels if labelled.kind != "drawn"] + drawings[::FEWER]
    loaded = Recognizer.load()
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("left out")
    kinds = list(dict.fromkeys(labelled.kind for labelled in chosen))
    for kind in kinds:
        table.add_column(kind, justify="right")
    table.add_column("digit errors in multi", justify="right")
    for name, stages in LEFT_OUT.items():
        reader = Recognizer(loaded.classifier, loaded.version, loaded.refusal_threshold, stages)
        tallies = by(list(outcomes(reader, chosen)), lambda labelled: labelled.kind)
        shares = [f"{tallies[kind].correct / tallies[kind].n:.1%}" for kind in kinds]
        table.add_row(name, *shares, f"{tallies['multi'].digit_error_rate:.1%}")
    return table
