"""How far a hypothesis is to be trusted, by what it rests on and by how many others agree."""

from __future__ import annotations

from collections.abc import Sequence

from model.recognition.hypotheses import Hypothesis

SINGLE_VIEW_PENALTY = 0.3
"""Share of its trust that a hypothesis loses with which no other agrees."""

OBJECT_EDGE_PENALTY = 0.4
"""Share of its trust that a hypothesis loses whose strokes are the edges of objects."""


def trust(hypothesis: Hypothesis, hypotheses: Sequence[Hypothesis]) -> float:
    """Return how far a hypothesis is to be trusted, 0–1.

    Handwriting looks the same in whichever way ink is told from paper, and it lies on paper. So a
    hypothesis loses trust if no other agrees, or if its strokes are the edges of objects.

    Args:
        hypothesis: to be judged.
        hypotheses: all about the same photo.
    """
    on_paper = 1 - OBJECT_EDGE_PENALTY * hypothesis.edge_likeness
    return agreed(hypothesis, hypotheses) * on_paper


def agreed(hypothesis: Hypothesis, hypotheses: Sequence[Hypothesis]) -> float:
    """Return the trust in a hypothesis but for what its strokes are, which takes time to see."""
    return hypothesis.confidence * _agreement(hypothesis, hypotheses)


def agreed_score(hypothesis: Hypothesis, hypotheses: Sequence[Hypothesis]) -> float:
    """Return how much ink a hypothesis explains, less where others say something else."""
    score = hypothesis.score
    return score * _agreement(hypothesis, hypotheses) if score > 0 else score


def _agreement(hypothesis: Hypothesis, hypotheses: Sequence[Hypothesis]) -> float:
    """Return the share of its trust that a hypothesis keeps, by how many others agree.

    By chance two hypotheses agree on one digit, but hardly on several.
    """
    if len(hypothesis.text) == 1:
        view = view_of(hypothesis)
        agree = [each.text == hypothesis.text for each in hypotheses if view_of(each) == view]
        alone = 1 - sum(agree) / len(agree)
    else:
        alone = float(not is_repeated(hypothesis, hypotheses))
    return 1 - SINGLE_VIEW_PENALTY * alone


def is_repeated(hypothesis: Hypothesis, hypotheses: Sequence[Hypothesis]) -> bool:
    """Judge whether another hypothesis about the same ink, on the sheet or around it, agrees."""
    turn_and_ink = view_of(hypothesis)[:2]
    same = [each for each in hypotheses if each.text == hypothesis.text]
    return sum(view_of(each)[:2] == turn_and_ink for each in same) > 1


def view_of(hypothesis: Hypothesis) -> tuple[int, bool, bool]:
    """Return what hypotheses have in common that may be expected to agree."""
    found = hypothesis.segmentation
    return found.quarter_turns, found.dark_ink, hypothesis.picture.whole is not None
