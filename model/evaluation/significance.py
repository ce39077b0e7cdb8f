"""Is the new model worse than the old one, or was it only unlucky?

Two models answer the same test images. Where both are right or both are wrong, the images say
nothing about which is better; only the discordant ones do: those that one got right and the other
wrong. If the models were equally good, each discordant image would fall to either side like a coin:
McNemar's test (McNemar 1947, Psychometrika 12:153–157), here in its exact binomial form, one-sided.
It stays honest for the handful of discordant images that good digit readers leave, where the usual
chi-squared approximation does not (Fagerland, Lydersen & Laake 2013, doi:10.1186/1471-2288-13-91).
It is also the test that Dietterich (1998, doi:10.1162/089976698300017197) recommends for two
classifiers with one test set.

What it notices, at one in twenty: two good models differ on some forty of MNIST's 10,000 test
images; 26 lost against 14 gained is then too much, which is 0.12 % of the images. Less passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

ALPHA = 0.05
"""How often an equally good model may be turned away by chance: one in twenty. Lower would let
worse models through more easily, and trying again costs only minutes."""


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """The outcome of two models on the same images.

    Attributes:
        images: how many images both answered.
        lost: right before, wrong now.
        gained: wrong before, right now.
        p_value: the probability that models that are equally good differ by this many losses
            or more, 0–1.
        alpha: below this probability, chance no longer counts as the explanation.
    """

    images: int
    lost: int
    gained: int
    p_value: float
    alpha: float

    @property
    def no_worse(self) -> bool:
        """Whether chance explains whatever the new model lost."""
        return self.p_value >= self.alpha

    def __bool__(self) -> bool:
        return self.no_worse

    def __str__(self) -> str:
        verdict = "no worse than chance explains" if self.no_worse else "worse beyond chance"
        return (
            f"{verdict}: of {self.images:,} images {self.lost} lost, {self.gained} gained "
            f"(p = {self.p_value:.2g}, limit {self.alpha:g})"
        )


def mcnemar(
    correct_before: NDArray[np.bool_], correct_after: NDArray[np.bool_], alpha: float = ALPHA
) -> PairedComparison:
    """Compare two models on the same images; true where the new one is no worse beyond chance.

    Args:
        correct_before: (n,), bool, which images the present model reads right.
        correct_after: (n,), bool, the same images read by the new one.
        alpha: how improbable a loss must be before it counts, 0–1.
    """
    if correct_before.shape != correct_after.shape or correct_before.ndim != 1:
        raise ValueError(
            "Expected two one-dimensional arrays of one length. "
            f"Received shapes {correct_before.shape} and {correct_after.shape}."
        )
    lost = int(np.count_nonzero(correct_before & ~correct_after))
    gained = int(np.count_nonzero(~correct_before & correct_after))
    return PairedComparison(
        len(correct_before), lost, gained, binomial_tail(lost, lost + gained), alpha
    )


def binomial_tail(heads: int, tosses: int) -> float:
    """The probability of this many heads or more from a fair coin, exactly.

    Integers of any size make it exact without a statistics library: no sum can cancel or underflow.
    """
    ways = sum(comb(tosses, k) for k in range(heads, tosses + 1))
    return ways / (1 << tosses)
