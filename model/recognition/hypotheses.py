"""Ways of reading one photo, what each is worth, and how far it is to be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from model.recognition.classifier import Evidence
from model.recognition.decoding import DecodedPhoto
from model.vision.background import background_difference
from model.vision.best_path import Path
from model.vision.pipeline import Segmentation

CLEAR = 24
"""Pixels of the longer side from which a digit loses nothing in a look; a glyph has 20."""

SETTLED = 0.8
"""How sure the least sure digit must be to make do with the first look."""

WHETHER, WHICH = 3.0, 0.5
"""How much it counts whether each sign is a digit, and which: powers of the two probabilities. What
may be a 4 or a 9 is answered, with both in the chart; what may be no digit is not."""

ALONE = 0.3
"""How much trust a look loses with which no other agrees."""

UNLIKE, EDGE = (0.5, 1.0), 0.4
"""How unlike the two sides of strokes begin and cease to matter, and how much trust a look loses
that has taken the edges of things for strokes. One photo of a digit in 30 is over 0.5, one in 200
over 0.6; of fifteen photos of things eleven are."""


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """One way of reading a photo, with what the classifier makes of it.

    Attributes:
        photo: what was looked at.
        choice: the candidates that are likeliest together.
        evidence: on them, in the same order.
        text: those of them that are digits.
    """

    photo: DecodedPhoto
    choice: Path
    evidence: Evidence
    text: str

    @property
    def sure(self) -> float:
        """How sure its signs are digits, and which, 0 … 1; the larger count for more."""
        likeness, which = self.evidence.digit_score, self.evidence.probabilities.max(axis=1)
        return float(np.average(likeness**WHETHER * which**WHICH, weights=self.choice.areas))

    @cached_property
    def edge(self) -> float:
        """How much like the edges of things its strokes are, 0 … 1."""
        page = self.choice.page
        pixels = np.ascontiguousarray(np.rot90(self.photo.pixels, page.turn))
        boxes = [page.candidates[k].box for k in self.choice.chosen]
        return float(
            np.interp(background_difference(pixels, page.parts.labels > 0, boxes), UNLIKE, (0, 1))
        )


def likeliest(looks: Sequence[Hypothesis]) -> Hypothesis:
    """Of the looks not turned, for dark ink and for light, those that explain most; the clearer."""
    upright = [look for look in looks if not look.choice.page.turn]
    ways = [[look for look in upright if look.choice.page.dark is dark] for dark in (True, False)]
    most = [max(some, key=lambda look: look.choice.worth) for some in ways if some]
    return max(most, key=lambda look: look.choice.clarity)


def settled(looks: Sequence[Hypothesis]) -> bool:
    """Whether something was read that looking again or closer can hardly change."""
    if not looks:
        return False
    best = likeliest(looks).choice
    smallest = min(max(best.page.candidates[k].box[2:]) for k in best.chosen)
    agreed = all(look.text == looks[0].text for look in looks)
    return agreed and smallest >= CLEAR and float(best.sure.min()) > SETTLED


def trust(look: Hypothesis, looks: Sequence[Hypothesis]) -> float:
    """How far a look is to be trusted, 0 … 1: how sure it is, how many of the others agree, and
    whether its strokes lie on paper.

    Handwriting looks the same however one looks; what one look alone takes for a digit is none.
    """
    page = look.choice.page
    same = [other.text == look.text for other in looks if _view(other.choice.page) == _view(page)]
    # By chance two looks agree on one digit, but hardly on several.
    alone = 1 - sum(same) / len(same) if len(look.text) == 1 else float(sum(same) == 1)
    return look.sure * (1 - ALONE * alone) * (1 - EDGE * look.edge)


def _view(page: Segmentation) -> tuple[int, bool, bool]:
    """What looks have in common that may be expected to agree."""
    return page.turn, page.dark, page.way.unruled
