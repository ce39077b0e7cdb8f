"""Which of several hypotheses about a photo is answered, if any."""

from __future__ import annotations

from collections.abc import Sequence

from model.recognition.hypotheses import Hypothesis
from model.recognition.trust import agreed, agreed_score, is_repeated, trust, view_of
from model.recognition.turning import MIN_TURNED_CONFIDENCE, MIN_TURNED_DIGITS, MIN_TURNED_GAIN
from model.vision.best_path import log_odds

MIN_TRUST = 0.74
"""Trust below which nothing is read."""

MIN_RUNNER_UP_TRUST = 0.8
"""Trust from which a runner-up is read where the best hypothesis is not trusted: a dark corner may
be more ink than the writing. For several digits with which another hypothesis agrees, `MIN_TRUST`
is enough."""

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

MIN_DIGIT_CONFIDENCE = 0.5
"""Confidence from which a sign looks like a digit."""

MIN_DIGIT_SHARE = 0.1
"""Share of a photo's writing that looks like digits, below which no closer look is worth its time:
at the first look, 1 of 558 development photos that are read right has less, and 76 of 121 without a
digit. That one is half in the sun, and is found at the second chance."""

_HALF_TURN = str.maketrans("69", "96")


def likeliest(hypotheses: Sequence[Hypothesis]) -> Hypothesis:
    """Return the best hypothesis about the photo as it came.

    For dark ink and for light ink it is the one that explains most, and with which others agree; of
    the two, the clearer, unless its strokes are the edges of objects.

    Args:
        hypotheses: at least one that is not turned.
    """
    upright = [each for each in hypotheses if not each.segmentation.quarter_turns]
    best = []
    for dark_ink in (True, False):
        same_ink = [each for each in upright if each.segmentation.dark_ink is dark_ink]
        if same_ink:
            best.append(max(same_ink, key=lambda each: agreed_score(each, hypotheses)))
    if len(best) > 1:  # what the strokes are takes time to see
        best = [each for each in best if not each.shows_objects] or best
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
    agree = sum(each.text == best.text for each in distinct if view_of(each) == view_of(best))
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


def select(hypotheses: Sequence[Hypothesis]) -> tuple[Hypothesis, bool]:
    """Choose the hypothesis that counts, and judge whether it is trusted enough to be answered.

    Args:
        hypotheses: at least one that is not turned.
    """
    best = _best_turned(likeliest(hypotheses), hypotheses)
    if trust(best, hypotheses) >= MIN_TRUST:
        return best, True
    rivals = [each for each in hypotheses if _may_be_read_instead(each, hypotheses)]
    if rivals:
        return max(rivals, key=lambda each: trust(each, hypotheses)), True
    return best, False


def _may_be_read_instead(hypothesis: Hypothesis, hypotheses: Sequence[Hypothesis]) -> bool:
    """Judge whether a hypothesis is trusted enough to count instead of the best one."""
    if hypothesis.segmentation.quarter_turns and len(hypothesis.text) >= MIN_TURNED_DIGITS:
        least = MIN_TURNED_CONFIDENCE
    elif len(hypothesis.text) > 1 and is_repeated(hypothesis, hypotheses):
        least = MIN_TRUST
    else:
        least = MIN_RUNNER_UP_TRUST
    # What the strokes are takes time to see, and only lowers the trust.
    return agreed(hypothesis, hypotheses) >= least and trust(hypothesis, hypotheses) >= least


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


def _best_turned(best: Hypothesis, hypotheses: Sequence[Hypothesis]) -> Hypothesis:
    """Return the best turned hypothesis where several digits are much surer, otherwise `best`."""
    turned = [each for each in hypotheses if _is_rival(each, best)]
    if not turned:
        return best
    rival = max(turned, key=lambda each: each.path.score)
    gain = log_odds(rival.path.mean_confidence) - log_odds(best.path.mean_confidence)
    better = gain > MIN_TURNED_GAIN and rival.path.score > best.path.score
    return rival if better and _may_be_read_instead(rival, hypotheses) else best


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
