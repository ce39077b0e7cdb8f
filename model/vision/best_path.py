"""Of all that a line, a page or a photo may say, what the calibrated classifier finds likeliest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.vision.pipeline import Candidate, Segmentation

DOUBT = 0.7
"""How sure a digit must be to speak for a way of reading rather than against it."""

SCRAP = 0.45
"""Size, as a share of the usual, below which something is no digit of the same writing."""

SPLIT = 0.5
"""How much less probable it is that a cut was needed than that it was not."""

LEAST = 0.6
"""How sure what was cut off must be a digit to be one: pieces of letters often look a bit so."""

BROAD = 1.5
"""How much the logarithm of the probability of one digit falls with the ratio of width to height
from 1 on: of two digits in one box, some look like a broad digit, and real ones are seldom so."""


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """The likeliest segmentation of one page.

    Attributes:
        page: the way of reading.
        chosen: indices of its candidates, in reading order.
        sure: (n,), how sure each chosen one is a digit, and which, 0 … 1.
        areas: (n,), ink in pixels of the photo.
    """

    page: Segmentation
    chosen: tuple[int, ...]
    sure: NDArray[np.float64]
    areas: NDArray[np.float64]

    @property
    def worth(self) -> float:
        """How much ink this way of reading explains as digits, less what it leaves unexplained."""
        return float((self.areas * (log_odds(self.sure) - log_odds(DOUBT))).sum())

    @property
    def clarity(self) -> float:
        """How steeply the ink of these digits rises from the paper, times how sure they are.

        The ink of a photo has its steepest edges: beside it, what light and shadow draw is blurred.
        """
        candidates = [self.page.candidates[k] for k in self.chosen]
        steepness = sum(c.edges for c in candidates) / max(sum(c.area for c in candidates), 1)
        return float(np.sqrt(steepness) * log_odds(self.mean))

    @property
    def mean(self) -> float:
        """How sure the page is a page of digits, 0 … 1."""
        return float((self.areas * self.sure).sum() / max(self.areas.sum(), 1e-9))


def log_odds(sure: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """The logarithm of how much likelier than not; at most that of 0.997, either way."""
    kept = np.clip(sure, 0.003, 0.997)
    return np.asarray(np.log(kept / (1 - kept)), np.float64)


def best_path(page: Segmentation, sure: NDArray[np.float64], scale: float) -> Path:
    """Cover each line with the candidates that are likeliest together.

    A candidate counts by the logarithm of how sure it is, times its width: so one digit is
    compared fairly with two halves.

    Args:
        page: one way of reading.
        sure: (n,), of each candidate of the page.
        scale: pixels of the photo per pixel of the page.
    """
    chosen: list[int] = []
    lines: dict[int, list[int]] = {}
    for index, candidate in enumerate(page.candidates):
        lines.setdefault(candidate.line, []).append(index)
    for line in lines.values():
        chosen += _best_cover(page.candidates, line, sure)
    chosen = _of_a_size(page, chosen, sure)
    areas = np.array([page.candidates[k].area for k in chosen], float) * scale**2
    return Path(page, tuple(chosen), sure[chosen], areas)


def _of_a_size(page: Segmentation, chosen: list[int], sure: NDArray[np.float64]) -> list[int]:
    """Leave out what is much smaller than the digits that are sure: specks, scraps, commas."""
    sizes = np.array([max(page.candidates[k].box[2:]) for k in chosen], float)
    usual = weighted_median(sizes, sizes * sure[chosen])
    return [k for k, size in zip(chosen, sizes, strict=True) if size > SCRAP * usual]


def weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """The value below which half of the weight lies."""
    order = np.argsort(values)
    return float(values[order][np.searchsorted(weights[order].cumsum(), weights.sum() / 2)])


def _best_cover(
    candidates: Sequence[Candidate], line: list[int], sure: NDArray[np.float64]
) -> list[int]:
    """Indices of candidates that cover every piece of a line once, with the best sum."""
    end = max(candidates[k].last for k in line) + 1
    best = [0.0] + [-np.inf] * end
    through: list[list[int]] = [[] for _ in range(end + 1)]
    for k in sorted(line, key=lambda k: candidates[k].last):
        candidate = candidates[k]
        if candidate.cuts and sure[k] < LEAST:
            continue
        pieces = candidate.last - candidate.first + 1
        value = best[candidate.first] + pieces * float(np.log(max(sure[k], 1e-3)))
        value += float(np.log(SPLIT)) * candidate.cuts
        value -= BROAD * max(0.0, candidate.box.width / candidate.box.height - 1)
        if value > best[candidate.last + 1]:
            best[candidate.last + 1] = value
            through[candidate.last + 1] = [*through[candidate.first], k]
    return through[end]
