"""Which pieces of ink are offered as possible digits."""

from __future__ import annotations

import cv2
import numpy as np

from model.vision.pipeline import USUAL_BINARIZATIONS, segment_plane
from model.vision.segmentation import MIN_CUT_HEIGHT, Candidate


def test_touching_strokes_are_offered_whole_and_cut() -> None:
    offered = _offered(second=40)
    whole = max(offered, key=lambda candidate: candidate.box.width)
    assert not whole.cuts
    assert sum(candidate.cuts == 1 for candidate in offered) >= 2


def test_what_is_much_lower_than_what_it_was_cut_from_is_not_offered() -> None:
    offered = _offered(second=100)
    assert any(not candidate.cuts for candidate in offered)
    assert all(candidate.box.height >= MIN_CUT_HEIGHT * 80 for candidate in offered)


def _offered(second: int) -> tuple[Candidate, ...]:
    """Candidates of two strokes, joined by a bar, the second of which begins at a row."""
    plane = np.zeros((160, 240), np.uint8)
    for top, x in ((40, 60), (second, 160)):
        cv2.line(plane, (x, top), (x, 120), 200, 8)
    cv2.line(plane, (60, 110), (160, 110), 200, 8)
    found = segment_plane(plane, USUAL_BINARIZATIONS[0])
    assert found is not None
    return found.candidates
