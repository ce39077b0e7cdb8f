"""Which glyph is which digit of the number that a person typed.

The person sees a number, the bot found glyphs, and there may be more or fewer of them: two digits
that touch were taken for one, or a stroke for a digit. So the two are aligned as sequences are in
biology, by a pair hidden Markov model: Durbin, Eddy, Krogh & Mitchison, "Biological Sequence
Analysis" (1998), chapter 4.4. Only what nearly all probability says is taken for sure.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MIN_PROBABILITY = 1e-4
"""Probability that a glyph is a digit, at least: a person is right more often than the network."""

GAP_PROBABILITY = 1e-3
"""Probability that a glyph is no digit of the number, or that a digit has no glyph. Two gaps are
less likely than the worst match, so numbers of the same length are compared place by place."""

MIN_SURE_PROBABILITY = 0.9
"""Probability from which a glyph and a digit surely match. Where a digit stands twice in a row
and one of them was not found, either may be the one: each has 0.5 then."""


def align(probabilities: NDArray[np.floating], digits: NDArray[np.integer]) -> dict[int, int]:
    """Return the digit of each glyph that surely matches one, by the position of the glyph.

    Args:
        probabilities: (n, 10), of the digits 0 to 9 for each glyph; each row sums to 1.
        digits: (m,), 0 to 9, in reading order.
    """
    matches = _match_probabilities(probabilities, digits)
    return {
        int(glyph): int(digits[place])
        for glyph, place in zip(*np.nonzero(matches >= MIN_SURE_PROBABILITY), strict=True)
    }


def _match_probabilities(
    probabilities: NDArray[np.floating], digits: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return (n, m), 0–1: how probable it is that a glyph is the digit at a place."""
    likely = np.maximum(probabilities[:, digits].astype(np.float64), MIN_PROBABILITY)
    match = np.log(likely)  # (n, m)
    before = _path_sums(match)  # (n + 1, m + 1): all ways from the start to here
    after = _path_sums(match[::-1, ::-1])[::-1, ::-1]  # … and from here to the end
    matches: NDArray[np.float64] = np.exp(before[:-1, :-1] + match + after[1:, 1:] - before[-1, -1])
    return matches


def _path_sums(match: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithm of the probability of all ways to align the beginnings of both.

    Args:
        match: (n, m), logarithms of the probabilities of matches.

    Returns:
        (n + 1, m + 1), for each number of glyphs and of digits.
    """
    glyphs, places = match.shape
    gap = np.log(GAP_PROBABILITY)
    sums = np.empty((glyphs + 1, places + 1))
    sums[0] = gap * np.arange(places + 1)
    sums[:, 0] = gap * np.arange(glyphs + 1)
    for row in range(1, glyphs + 1):
        for column in range(1, places + 1):
            sums[row, column] = np.logaddexp.reduce(
                (
                    sums[row - 1, column - 1] + match[row - 1, column - 1],
                    sums[row - 1, column] + gap,
                    sums[row, column - 1] + gap,
                )
            )
    return sums
