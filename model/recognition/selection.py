"""Which of several hypotheses about a photo is answered, if any."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.recognition.classifier import GlyphClassifier
from model.recognition.hypotheses import Hypothesis
from model.vision.best_path import log_odds
from model.vision.segmentation import Candidate, Segmentation

MIN_TRUST = 0.74
"""Trust below which nothing is read."""

MIN_RUNNER_UP_TRUST = 0.8
"""Trust from which a runner-up is read where the best hypothesis is not trusted: a dark corner may
be more ink than the writing."""

MIN_SETTLED_TRUST = 0.85
"""Trust from which a hypothesis with which another agrees makes a closer look needless."""

MIN_CLEAR_CONFIDENCE = 0.97
"""Confidence of one digit on paper from which it is settled at first sight. A second way to tell
ink from paper changed none of about a thousand such development photos by 115 people."""

MIN_SETTLED_CONFIDENCE = 0.5
"""Confidence that the least sure digit of such a hypothesis has at least."""

MIN_SETTLED_SIZE = 24
"""Pixels of the longer side of the smallest digit from which a closer pass is needless; a glyph's
digit has 20."""

MIN_SETTLED_AGREEMENT = 3
"""Different hypotheses that make a closer look needless however small the digits are."""

SINGLE_VIEW_PENALTY = 0.3
"""Share of its trust that a hypothesis loses with which no other agrees."""

OBJECT_EDGE_PENALTY = 0.4
"""Share of its trust that a hypothesis loses whose strokes are the edges of objects."""

MIN_DIGIT_CONFIDENCE = 0.5
"""Confidence from which a sign looks like a digit."""

MIN_DIGIT_SHARE = 0.1
"""Share of a photo's writing that looks like digits, below which no closer look is worth its time:
at the first look, 1 of 558 development photos that are read right has less, and 76 of 121 without a
digit. That one is half in the sun, and is found at the second chance."""

MIN_TURNED_CONFIDENCE = 0.85
"""Mean confidence of a photo's signs, when turned, from which the photo itself is turned, and trust
from which the number that it then shows is read: a word on its side may be taken for a number."""

MIN_TURNED_GAIN = 1.5
"""Log-odds by which several digits must be surer when turned than as they came. Numbers that lie on
their side gain 2 and more, words less than 1 or do not get so sure."""

MIN_TURNED_DIGITS = 3
"""Digits that show which way is up. One or two say little: a 6 is a 9, and an alpha on its side an
8."""

_HALF_TURN = str.maketrans("69", "96")


def likeliest(hypotheses: Sequence[Hypothesis]) -> Hypothesis:
    """Return the best hypothesis about the photo as it came.

    For dark ink and for light ink it is the one that explains most, and with which others agree; of
    the two, the clearer.

    Args:
        hypotheses: at least one that is not turned.
    """
    upright = [each for each in hypotheses if not each.segmentation.quarter_turns]
    best = []
    for dark_ink in (True, False):
        same_ink = [each for each in upright if each.segmentation.dark_ink is dark_ink]
        if same_ink:
            best.append(max(same_ink, key=lambda each: _agreed_score(each, hypotheses)))
    return max(best, key=lambda each: each.path.clarity)


def settled(hypotheses: Sequence[Hypothesis]) -> bool:
    """Judge whether something was read that a closer look can hardly change."""
    if not hypotheses:
        return False
    best, trusted = select(hypotheses)
    if not trusted or best.segmentation.quarter_turns:
        return trusted
    if best.path.confidences.min() < MIN_SETTLED_CONFIDENCE:
        return False
    distinct = {id(each): each for each in hypotheses}.values()
    agree = sum(each.text == best.text for each in distinct if _view(each) == _view(best))
    # On even paper all ways to tell ink from paper come to the same hypothesis.
    confirmed = not _may_run_together(best) and (agree > 1 or len(distinct) == 1)
    confirmed |= agree >= MIN_SETTLED_AGREEMENT
    return confirmed and trust(best, hypotheses) >= MIN_SETTLED_TRUST


def clear_at_first_sight(hypotheses: Sequence[Hypothesis]) -> bool:
    """Judge whether a photo's first hypothesis is one digit that no second one would change."""
    return bool(hypotheses) and (
        len(hypotheses[0].text) == 1
        and hypotheses[0].confidence >= MIN_CLEAR_CONFIDENCE
        and hypotheses[0].edge_likeness == 0
        and settled(hypotheses)
    )


def closer_look_shows_more(hypotheses: Sequence[Hypothesis]) -> bool:
    """Judge whether what was seen is so small that more pixels would show more of it."""
    return not hypotheses or _has_small_signs(likeliest(hypotheses))


def hopeless(hypotheses: Sequence[Hypothesis]) -> bool:
    """Judge whether what was seen is surely no page of digits: next to nothing looks like one."""
    return bool(hypotheses) and all(_digit_share(each) < MIN_DIGIT_SHARE for each in hypotheses)


def promising_inks(hypotheses: Sequence[Hypothesis]) -> list[bool]:
    """Return whether dark ink (True) and light ink (False) are worth a closer look.

    What was looked at and shows no digits is not.
    """
    return [
        dark_ink
        for dark_ink in (True, False)
        if not hopeless([each for each in hypotheses if each.segmentation.dark_ink is dark_ink])
    ]


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


def select(hypotheses: Sequence[Hypothesis]) -> tuple[Hypothesis, bool]:
    """Choose the hypothesis that counts, and judge whether it is trusted enough to be answered.

    Args:
        hypotheses: at least one that is not turned.
    """
    best = _best_turned(likeliest(hypotheses), hypotheses)
    if trust(best, hypotheses) >= MIN_TRUST:
        return best, True
    rivals = [each for each in hypotheses if _agreed(each, hypotheses) >= MIN_RUNNER_UP_TRUST]
    runner_up = max(rivals, key=lambda each: trust(each, hypotheses), default=best)
    if trust(runner_up, hypotheses) >= _min_rival_trust(runner_up):
        return runner_up, True
    return best, False


def _min_rival_trust(hypothesis: Hypothesis) -> float:
    """Return the trust from which a hypothesis counts instead of the best one."""
    is_turned = hypothesis.segmentation.quarter_turns and len(hypothesis.text) >= MIN_TURNED_DIGITS
    return MIN_TURNED_CONFIDENCE if is_turned else MIN_RUNNER_UP_TRUST


def trust(hypothesis: Hypothesis, hypotheses: Sequence[Hypothesis]) -> float:
    """Return how far a hypothesis is to be trusted, 0–1.

    Handwriting looks the same in whichever way ink is told from paper, and it lies on paper. So a
    hypothesis loses trust if no other agrees, or if its strokes are the edges of objects.

    Args:
        hypothesis: to be judged.
        hypotheses: all about the same photo.
    """
    on_paper = 1 - OBJECT_EDGE_PENALTY * hypothesis.edge_likeness
    return _agreed(hypothesis, hypotheses) * on_paper


def _agreed(hypothesis: Hypothesis, hypotheses: Sequence[Hypothesis]) -> float:
    """Return the trust in a hypothesis but for what its strokes are, which takes time to see."""
    return hypothesis.confidence * _agreement(hypothesis, hypotheses)


def _agreed_score(hypothesis: Hypothesis, hypotheses: Sequence[Hypothesis]) -> float:
    """Return how much ink a hypothesis explains, less where others say something else."""
    score = hypothesis.score
    return score * _agreement(hypothesis, hypotheses) if score > 0 else score


def _agreement(hypothesis: Hypothesis, hypotheses: Sequence[Hypothesis]) -> float:
    """Return the share of its trust that a hypothesis keeps, by how many others agree."""
    view = _view(hypothesis)
    agree = [each.text == hypothesis.text for each in hypotheses if _view(each) == view]
    # By chance two hypotheses agree on one digit, but hardly on several.
    alone = 1 - sum(agree) / len(agree) if len(hypothesis.text) == 1 else float(sum(agree) == 1)
    return 1 - SINGLE_VIEW_PENALTY * alone


def _digit_share(hypothesis: Hypothesis) -> float:
    """Return the share of the chosen ink that looks like digits, 0–1."""
    path = hypothesis.path
    looks_like_digits = path.confidences >= MIN_DIGIT_CONFIDENCE
    return float(path.areas[looks_like_digits].sum() / max(path.areas.sum(), 1e-9))


def _has_small_signs(hypothesis: Hypothesis) -> bool:
    """Judge whether the smallest sign of a hypothesis would show more in a closer pass."""
    smallest = min(max(candidate.box[2:]) for candidate in hypothesis.path.candidates)
    return smallest < MIN_SETTLED_SIZE


def _may_run_together(hypothesis: Hypothesis) -> bool:
    """Judge whether signs are so small that other thresholds, or a closer pass, may part them.

    One digit in a small picture has neither neighbours nor more pixels.
    """
    is_all_seen = hypothesis.picture.scale == 1 and len(hypothesis.text) == 1
    return _has_small_signs(hypothesis) and not is_all_seen


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


def _view(hypothesis: Hypothesis) -> tuple[int, bool, bool]:
    """Return what hypotheses have in common that may be expected to agree."""
    found = hypothesis.segmentation
    return found.quarter_turns, found.dark_ink, hypothesis.picture.whole is not None


def _best_turned(best: Hypothesis, hypotheses: Sequence[Hypothesis]) -> Hypothesis:
    """Return the best turned hypothesis where several digits are much surer, otherwise `best`."""
    turned = [each for each in hypotheses if _is_rival(each, best)]
    if not turned:
        return best
    rival = max(turned, key=lambda each: each.path.score)
    gain = log_odds(rival.path.mean_confidence) - log_odds(best.path.mean_confidence)
    better = gain > MIN_TURNED_GAIN and rival.path.score > best.path.score
    return rival if better and trust(rival, hypotheses) >= _min_rival_trust(rival) else best


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
