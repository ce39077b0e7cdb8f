"""Which differences between models, and which figures, chance explains.

`mcnemar` compares two models that answered the same images. Images that both read correctly, or
both wrongly, do not say which model is better; only the discordant ones do: those that one read
correctly and the other did not. If the models were equally good, each discordant image would fall
to either side like a coin. This is McNemar's test (McNemar 1947, Psychometrika 12:153–157) in its
exact binomial form, one-sided. It stays honest for the handful of discordant images that good
models leave, where the usual chi-squared approximation does not (Fagerland, Lydersen & Laake 2013,
doi:10.1186/1471-2288-13-91), and is the test that Dietterich (1998,
doi:10.1162/089976698300017197) recommends for two classifiers with one test set.

An example: two good models differ on some forty of MNIST's 10,000 test images. At an alpha of 0.05
the new one fails with 26 lost against 14 gained, a difference of 0.12 % of the images.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ALPHA = 0.05
"""How often an equally good model may fail by chance: one in twenty. A lower value would let worse
models pass more easily, and to try again costs only minutes."""

NORMAL_QUANTILE = 1.959964
"""97.5 % quantile of the normal distribution: standard errors on each side of a 95 % interval."""

STUDENT_QUANTILES = {
    1: 12.71,
    2: 4.303,
    3: 3.182,
    4: 2.776,
    5: 2.571,
    6: 2.447,
    7: 2.365,
    8: 2.306,
    9: 2.262,
}
"""97.5 % quantiles of Student's distribution by degrees of freedom. The last is used for more
degrees too, which makes intervals a little too wide."""


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """The outcome of two models on the same images.

    Attributes:
        images: the number of images that both answered.
        lost: images that were correct before and are wrong now.
        gained: images that were wrong before and are correct now.
        p_value: the probability that equally good models differ by this many losses or more, 0–1.
        alpha: below this probability, chance no longer counts as the explanation.
    """

    images: int
    lost: int
    gained: int
    p_value: float
    alpha: float

    @property
    def no_worse(self) -> bool:
        """Whether chance explains what the new model lost."""
        return self.p_value >= self.alpha

    def __bool__(self) -> bool:
        return self.no_worse


def mcnemar(
    correct_before: NDArray[np.bool_], correct_after: NDArray[np.bool_], alpha: float = ALPHA
) -> PairedComparison:
    """Compare two models on the same images; true if the new one is no worse beyond chance.

    Args:
        correct_before: (n,), bool, which images the present model reads correctly.
        correct_after: (n,), bool, which images the new model reads correctly.
        alpha: how improbable a loss must be before it counts, 0–1.

    Raises:
        ValueError: the arrays differ in shape or have more than one dimension.
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
    """Return the probability of at least this many heads from a fair coin, exactly.

    Python's integers of any size make it exact without a statistics library.
    """
    ways = sum(math.comb(tosses, k) for k in range(heads, tosses + 1))
    return ways / (1 << tosses)


def wilson(correct: int, images: int) -> tuple[float, float]:
    """Return the 95 % interval of a share: Wilson's score interval.

    Unlike the textbook's p ± z·√(p(1-p)/n) it is right close to 0 and 1, where good models are:
    E. B. Wilson (1927), doi:10.1080/01621459.1927.10502953; recommended by Brown, Cai & DasGupta
    (2001), doi:10.1214/ss/1009213286.

    Args:
        correct: the number of correct images.
        images: the number of images; 0 gives the interval 0 to 1.

    Returns:
        the lower and the upper end, 0–1.
    """
    if not images:
        return 0.0, 1.0
    z, share = NORMAL_QUANTILE, correct / images
    centre = share + z**2 / (2 * images)
    reach = z * math.sqrt(share * (1 - share) / images + z**2 / (4 * images**2))
    scale = 1 + z**2 / images
    return max((centre - reach) / scale, 0.0), min((centre + reach) / scale, 1.0)


def mean_interval(values: Iterable[float]) -> tuple[float, float | None]:
    """Return the mean, and half the width of its 95 % interval if there are several values.

    Uses Student's distribution, because a handful of values says little about their spread.
    """
    values = list(values)
    mean = statistics.fmean(values)
    if len(values) < 2:
        return mean, None
    quantile = STUDENT_QUANTILES[min(len(values) - 1, max(STUDENT_QUANTILES))]
    return mean, quantile * statistics.stdev(values) / len(values) ** 0.5
