"""When to say "I cannot read this": what refusing costs, and what it saves.

Two questions. Among digits: if the least sure answers are withheld, how many of the others are
wrong (risk against coverage, El-Yaniv & Wiener 2010, jmlr.org/papers/v11/el-yaniv10a.html)? And of
things that are no digits at all: how many pass for one, when no more than 1 % of true digits may
be refused?
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.recognition.calibration import refusal_threshold

SHARE = 0.01
"""How many true digits may be refused while non-digits are turned away."""


class RiskCoverage(NamedTuple):
    """What is left of the errors when the least sure answers are withheld.

    Attributes:
        coverage: (n,), the share of digits that is answered, 1/n … 1.
        risk: (n,), the share of these answers that is wrong, 0–1.
    """

    coverage: NDArray[np.float64]
    risk: NDArray[np.float64]

    @property
    def area(self) -> float:
        """The mean risk over all coverages: smaller is better."""
        return float(self.risk.mean())

    def at(self, coverage: float) -> float:
        """The risk when this share of digits is answered."""
        index = max(round(coverage * len(self.risk)), 1) - 1
        return float(self.risk[index])


class Acceptance(NamedTuple):
    """How well digit likeness tells digits from one kind of things that are not.

    Attributes:
        images: how many things that are not digits.
        auroc: the probability that a digit looks more like one than such a thing, 0–1.
        accepted: the share of the things above the threshold that refuses 1 % of these digits.
        accepted_as_shipped: their share above the threshold that the model is used with.
    """

    images: int
    auroc: float
    accepted: float
    accepted_as_shipped: float


def risk_coverage(score: NDArray[np.floating], correct: NDArray[np.bool_]) -> RiskCoverage:
    """Withhold the answers with the lowest score, one after the other.

    Args:
        score: (n,), how sure the model is of each answer.
        correct: (n,), which answers are right.
    """
    order = np.argsort(-score, kind="stable")
    answered = np.arange(1, len(score) + 1)
    return RiskCoverage(answered / len(score), np.cumsum(~correct[order]) / answered)


def acceptance(
    digits: NDArray[np.floating], things: NDArray[np.floating], threshold: float
) -> Acceptance:
    """Compare the digit likeness of digits with that of things that are not.

    Args:
        digits: (n,), 0–1, of true digits.
        things: (m,), 0–1, of things that are not digits.
        threshold: the one that the model is used with.
    """
    here = refusal_threshold(digits, SHARE)
    return Acceptance(
        images=len(things),
        auroc=auroc(digits, things),
        accepted=float((things >= here).mean()),
        accepted_as_shipped=float((things >= threshold).mean()),
    )


def auroc(positives: NDArray[np.floating], negatives: NDArray[np.floating]) -> float:
    """The probability that a positive scores above a negative, ties counting half.

    That is the area under the ROC curve, and Mann & Whitney's U over its maximum: Hanley & McNeil
    (1982), doi:10.1148/radiology.143.1.7063747.
    """
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, side="left")
    tied = np.searchsorted(ordered, positives, side="right") - below
    return float((below + tied / 2).mean() / len(negatives))
