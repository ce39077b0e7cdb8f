"""What each stage of reading a photo is good for: all of them, and each left out in turn.

Every stage is left out by `PipelineOptions`; nothing is patched. Needs photos with labels beside
the checkout, see `development`.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import cv2
from rich.console import RenderableType
from rich.table import Table

from model.evaluation.photos import LabelledPhoto, group_by, outcomes
from model.recognition.recognizer import Recognizer
from model.vision.pipeline import ALL_STAGES, PASSES, PipelineOptions
from tests.bench import development

TITLE = "Photos read right, with each stage left out"

DRAWINGS_STEP = 4
"""Of the drawings, which are many and alike, one in this number is read."""


ONE_BINARIZATION = tuple(
    PASSES[k]._replace(binarizations=PASSES[k].binarizations[:1]) for k in (0, 1, 2, 4)
)

LEFT_OUT: dict[str, PipelineOptions] = {
    "nothing left out": ALL_STAGES,
    "evening out the light": replace(ALL_STAGES, normalize_light=False),
    "either polarity": replace(ALL_STAGES, both_polarities=False),
    "more than one binarization": replace(ALL_STAGES, passes=ONE_BINARIZATION),
    "leaving out what is not handwriting": replace(ALL_STAGES, filter_components=False),
    "grouping of strokes": replace(ALL_STAGES, group_components=False),
    "splitting digits that touch": replace(ALL_STAGES, split_touching=False),
    "erasing rules": replace(ALL_STAGES, erase_rules=False),
    "closing gaps in strokes": replace(
        ALL_STAGES, passes=tuple(p._replace(closes_gaps=False) for p in PASSES)
    ),
    "evening out stroke widths": replace(ALL_STAGES, normalize_strokes=False),
    "the passes over more pixels": replace(
        ALL_STAGES, passes=tuple(p for p in PASSES if p.side == PASSES[0].side)
    ),
    "looking at a sheet alone": replace(
        ALL_STAGES, passes=tuple(p for p in PASSES if not p.is_sheet)
    ),
    "turning": replace(ALL_STAGES, passes=tuple(p for p in PASSES if not p.is_turned)),
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
    return [labelled for labelled in labels if labelled.kind != "drawn"] + drawings[::DRAWINGS_STEP]
