"""How well photos are read: what `python -m model score` prints, for the photos we develop with."""

from __future__ import annotations

from rich.console import Group, RenderableType

from model.evaluation.photo_report import summary_table
from model.evaluation.photos import group_by, outcomes
from model.recognition.recognizer import Recognizer
from tests.bench import development

TITLE = "Photos read right"


def run() -> RenderableType:
    """Read all of them once."""
    results = list(outcomes(Recognizer.load(), development.photos()))
    return Group(
        summary_table("by kind", group_by(results, lambda labelled: labelled.kind), results),
        summary_table("by author", group_by(results, lambda labelled: labelled.author), results),
    )
