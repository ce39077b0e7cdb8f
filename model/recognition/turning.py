"""Which way is up: whether a photo is worth turning, and what may be believed when it is turned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.recognition.classifier import GlyphClassifier
from model.recognition.hypotheses import Hypothesis
from model.vision.best_path import log_odds
from model.vision.segmentation import Candidate, Segmentation

MIN_TURNED_CONFIDENCE = 0.85
"""Mean confidence of a photo's signs, when turned, from which the photo itself is turned, and trust
from which the number that it then shows is read: a word on its side may be taken for a number."""

MIN_TURNED_GAIN = 1.5
"""Log-odds by which several digits must be surer when turned than as they came. Numbers that lie on
their side gain 2 and more, words less than 1 or do not get so sure."""

MIN_TURNED_DIGITS = 3
"""Digits that show which way is up. One or two say little: a 6 is a 9, and an alpha on its side an
8."""


def promising_turn(
    hypotheses: Sequence[Hypothesis], classifier: GlyphClassifier, *, on_its_side: bool
) -> int | None:
    """Find the turn of a photo after which its signs look much more like digits.

    The glyphs of the signs are turned for this, which takes next to no time beside turning the
    picture and looking for signs again.

    Args:
        hypotheses: about the photo as it came.
        classifier: what tells glyphs apart.
        on_its_side: whether the photo may be from a camera that was held upright.

    Returns:
        quarter turns, counter-clockwise, 1 to 3; None if there is no such turn.
    """
    distinct = list({id(each): each for each in hypotheses}.values())
    if not distinct:
        return None
    signs = [_whole_signs(found.segmentation) for found in distinct]
    glyphs = np.stack([sign.glyph for each in signs for sign in each])
    ends = np.cumsum([len(each) for each in signs])[:-1]
    promise: dict[int, float] = {}
    for turn in (1, 2, 3):
        evidence = classifier.classify(np.ascontiguousarray(np.rot90(glyphs, turn, (1, 2))))
        confidences = np.split(evidence.digit_score * evidence.probabilities.max(axis=1), ends)
        min_signs = 1 if on_its_side and turn != 2 else MIN_TURNED_DIGITS
        for found, each, turned in zip(distinct, signs, confidences, strict=True):
            confidence = float(np.average(turned, weights=[sign.area for sign in each]))
            gain = float(log_odds(confidence) - log_odds(found.path.mean_confidence))
            sure = confidence >= MIN_TURNED_CONFIDENCE and gain >= MIN_TURNED_GAIN
            if sure and len(each) >= min_signs:
                promise[turn] = max(confidence, promise.get(turn, 0.0))
    return max(promise, key=promise.__getitem__, default=None)


def may_tell_the_way_up(hypothesis: Hypothesis, *, on_its_side: bool) -> bool:
    """Judge whether a hypothesis counts: upright, or turned with digits enough to be believed.

    Args:
        hypothesis: upright or turned.
        on_its_side: whether the photo may be from a camera that was held upright.
    """
    turns = hypothesis.segmentation.quarter_turns
    # Dashes are ones on their side.
    enough = len(hypothesis.path.chosen) >= MIN_TURNED_DIGITS and set(hypothesis.text) != {"1"}
    return not turns or enough or (turns != 2 and on_its_side and _is_whole(hypothesis))


def _is_whole(hypothesis: Hypothesis) -> bool:
    """Judge whether no sign touches the picture's border, as the edges of objects do."""
    height, width = hypothesis.segmentation.plane.shape
    return all(
        x > 0 and y > 0 and x + w < width and y + h < height
        for x, y, w, h in (candidate.box for candidate in hypothesis.path.candidates)
    )


def _whole_signs(segmentation: Segmentation) -> list[Candidate]:
    """Return the signs of a segmentation as they are, neither cut apart nor joined.

    What lies on its side is broad, and so it is cut where digits that touch would be.
    """
    uncut = [candidate for candidate in segmentation.candidates if not candidate.cuts]
    places = [(each.line, each.first, each.last) for each in uncut]
    line, first, last = np.array(places, np.int64).reshape(-1, 3).T
    joins = (line[:, None] == line) & (first[:, None] <= first) & (last <= last[:, None])
    np.fill_diagonal(joins, val=False)
    return [uncut[k] for k in np.flatnonzero(~joins.any(axis=1))]
