"""Which of several hypotheses about a photo is answered, if any."""

from __future__ import annotations

from collections.abc import Sequence

from model.recognition.hypotheses import Hypothesis
from model.vision.best_path import log_odds

MIN_TRUST = 0.74
"""Trust below which nothing is read."""

MIN_RUNNER_UP_TRUST = 0.8
"""Trust from which a runner-up is read where the best hypothesis is not trusted: a dark corner may
be more ink than the writing."""

MIN_SETTLED_CONFIDENCE = 0.8
"""Confidence of the least sure digit from which a closer pass is needless."""

MIN_SETTLED_SIZE = 24
"""Pixels of the longer side of the smallest digit from which a closer pass is needless; a glyph's
digit has 20."""

SINGLE_VIEW_PENALTY = 0.3
"""Share of its trust that a hypothesis loses with which no other agrees."""

OBJECT_EDGE_PENALTY = 0.4
"""Share of its trust that a hypothesis loses whose strokes are the edges of objects."""

MIN_UPRIGHT_CONFIDENCE = 0.85
"""Confidence of the least sure of several digits from which they are upright."""

MIN_TURNED_GAIN = 1.0
"""Log-odds by which several digits must be surer when turned than as they came."""

MIN_TURNED_DIGITS = 3
"""Digits that show which way is up. One or two say little: a 6 is a 9, and an alpha on its side an
8."""

_HALF_TURN = str.maketrans("69", "96")


def likeliest(hypotheses: Sequence[Hypothesis]) -> Hypothesis:
    """Return the best hypothesis about the photo as it came.

    For dark ink and for light ink it is the one that explains most; of the two, the clearer.

    Args:
        hypotheses: at least one that is not turned.
    """
    upright = [each for each in hypotheses if not each.segmentation.quarter_turns]
    best = []
    for dark_ink in (True, False):
        same_ink = [each for each in upright if each.segmentation.dark_ink is dark_ink]
        if same_ink:
            best.append(max(same_ink, key=lambda each: each.path.score))
    return max(best, key=lambda each: each.path.clarity)


def settled(hypotheses: Sequence[Hypothesis]) -> bool:
    """Judge whether something was read that a closer pass can hardly change."""
    if not hypotheses:
        return False
    best = likeliest(hypotheses)
    if _best_turned(best, hypotheses) is not best:
        return True
    smallest = min(max(candidate.box[2:]) for candidate in best.path.candidates)
    upright = [each for each in hypotheses if not each.segmentation.quarter_turns]
    agreed = all(each.text == best.text for each in upright)
    sure = float(best.path.confidences.min()) > MIN_SETTLED_CONFIDENCE
    return agreed and smallest >= MIN_SETTLED_SIZE and sure


def may_be_turned(hypotheses: Sequence[Hypothesis]) -> bool:
    """Judge whether the photo as it came leaves so much doubt that it may be turned."""
    if not hypotheses:
        return False
    best = likeliest(hypotheses)
    several = len(best.path.chosen) >= MIN_TURNED_DIGITS - 1
    if several and best.path.confidences.min() < MIN_UPRIGHT_CONFIDENCE:
        return True
    return trust(best, hypotheses) < MIN_TRUST


def may_tell_the_way_up(hypothesis: Hypothesis, *, on_its_side: bool) -> bool:
    """Judge whether a hypothesis counts: upright, or turned with digits enough to be believed.

    Args:
        hypothesis: upright or turned.
        on_its_side: whether the photo may be from a camera that was held upright.
    """
    turns = hypothesis.segmentation.quarter_turns
    # Dashes are ones on their side.
    enough = len(hypothesis.path.chosen) >= MIN_TURNED_DIGITS and set(hypothesis.text) != {"1"}
    return not turns or enough or (turns != 2 and on_its_side)


def select(hypotheses: Sequence[Hypothesis]) -> tuple[Hypothesis, bool]:
    """Choose the hypothesis that counts, and judge whether it is trusted enough to be answered.

    Args:
        hypotheses: at least one that is not turned.
    """
    best = _best_turned(likeliest(hypotheses), hypotheses)
    if trust(best, hypotheses) >= MIN_TRUST:
        return best, True
    runner_up = max(hypotheses, key=lambda each: trust(each, hypotheses))
    if trust(runner_up, hypotheses) >= MIN_RUNNER_UP_TRUST:
        return runner_up, True
    return best, False


def trust(hypothesis: Hypothesis, hypotheses: Sequence[Hypothesis]) -> float:
    """Return how far a hypothesis is to be trusted, 0–1.

    Handwriting looks the same in whichever way ink is told from paper, and it lies on paper. So a
    hypothesis loses trust if no other agrees, or if its strokes are the edges of objects.

    Args:
        hypothesis: to be judged.
        hypotheses: all about the same photo.
    """
    view = _view(hypothesis)
    agree = [each.text == hypothesis.text for each in hypotheses if _view(each) == view]
    # By chance two hypotheses agree on one digit, but hardly on several.
    alone = 1 - sum(agree) / len(agree) if len(hypothesis.text) == 1 else float(sum(agree) == 1)
    on_paper = 1 - OBJECT_EDGE_PENALTY * hypothesis.edge_likeness
    return hypothesis.confidence * (1 - SINGLE_VIEW_PENALTY * alone) * on_paper


def _view(hypothesis: Hypothesis) -> tuple[int, bool]:
    """Return what hypotheses have in common that may be expected to agree."""
    found = hypothesis.segmentation
    return found.quarter_turns, found.dark_ink


def _best_turned(best: Hypothesis, hypotheses: Sequence[Hypothesis]) -> Hypothesis:
    """Return the best turned hypothesis where several digits are much surer, otherwise `best`."""
    turned = [each for each in hypotheses if _is_rival(each, best)]
    if not turned:
        return best
    rival = max(turned, key=lambda each: each.path.score)
    gain = log_odds(rival.path.mean_confidence) - log_odds(best.path.mean_confidence)
    better = gain > MIN_TURNED_GAIN and rival.path.score > best.path.score
    return rival if better and trust(rival, hypotheses) >= MIN_RUNNER_UP_TRUST else best


def _is_rival(hypothesis: Hypothesis, best: Hypothesis) -> bool:
    """Judge whether a hypothesis is turned and says enough to count instead of the best upright."""
    found = hypothesis.segmentation
    if not found.quarter_turns or found.dark_ink is not best.segmentation.dark_ink:
        return False
    if len(hypothesis.path.chosen) < MIN_TURNED_DIGITS:
        return False
    return found.quarter_turns != 2 or hypothesis.text != _upside_down(best.text)


def _upside_down(text: str) -> str:
    """Return what digits read as when the picture is turned by half, "" where some are none then.

    Both ways make sense then, so the network's confidence says little, and people hold a phone the
    right way up.
    """
    return text[::-1].translate(_HALF_TURN) if set(text) <= set("01689") else ""
