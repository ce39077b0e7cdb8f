"""What each stage of reading a photo is good for: all of them, and each left out in turn.

Every stage is left out by `PipelineOptions`; nothing is patched. Needs photos with labels beside
the checkout, see `development`.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import cv2
from rich.console import RenderableType
from rich.table import Table

from model.evaluation.photos import LabelledPhoto, group_by, outcomes
from model.recognition.recognizer import Recognizer
from model.vision.pipeline import ALL, BINARIZATIONS, PipelineOptions
from tests.bench import development

TITLE = "Photos read right, with each stage left out"

FEWER = 4
"""Of the drawings, which are many and alike, one in so many is read."""

NARROW = tuple(tuple(way for way in round_ if not way.broad) for round_ in BINARIZATIONS)
RULED = tuple(tuple(way for way in round_ if not way.unruled) for round_ in BINARIZATIONS)

LEFT_OUT: dict[str, PipelineOptions] = {
    "nothing left out": ALL,
    "evening out the light": dataclasses.replace(ALL, even_light=False),
    "either polarity": dataclasses.replace(ALL, either_polarity=False),
    "more than one way of looking": dataclasses.replace(ALL, ways=(BINARIZATIONS[0][:1],)),
    "a broader pen": dataclasses.replace(ALL, ways=NARROW),
    "taking lines from the paper": dataclasses.replace(ALL, ways=RULED),
    "leaving out dirt": dataclasses.replace(ALL, drop_dirt=False),
    "grouping of strokes": dataclasses.replace(ALL, group=False),
    "cutting where digits touch": dataclasses.replace(ALL, split=False),
    "evening out stroke widths": dataclasses.replace(ALL, even_strokes=False),
    "the closer look": dataclasses.replace(ALL, closer=False),
    "seeing a sheet from above": dataclasses.replace(ALL, flatten=False),
    "turning": dataclasses.replace(ALL, turn=False),
    "agreement of looks, like paper on both sides": dataclasses.replace(ALL, agreement=False),
}


def run() -> RenderableType:
    """Read the photos once with all stages and once without each."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("left out")
    for heading in (
        *dict.fromkeys(labelled.kind for labelled in _chosen()),
        "digit errors in multi",
    ):
        table.add_column(heading, justify="right")
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        for row in pool.map(_row, LEFT_OUT):
            table.add_row(*row)
    return table


def _row(name: str) -> list[str]:
    cv2.setNumThreads(1)
    loaded = Recognizer.load()
    reader = Recognizer(loaded.classifier, loaded.version, loaded.refusal_threshold, LEFT_OUT[name])
    tallies = group_by(list(outcomes(reader, _chosen())), lambda labelled: labelled.kind)
    shares = [f"{tallied.correct / tallied.n:.1%}" for tallied in tallies.values()]
    return [name, *shares, f"{tallies['multi'].digit_error_rate:.1%}"]


def _chosen() -> list[LabelledPhoto]:
    labels = development.photos()
    drawings = [labelled for labelled in labels if labelled.kind == "drawn"]
    return [labelled for labelled in labels if labelled.kind != "drawn"] + drawings[::FEWER]
