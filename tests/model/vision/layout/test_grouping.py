"""Which components belong together."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from model.types import Box
from model.vision.layout.grouping import MAX_BOXES, belong_together, beside_taller, group, union
from tests.model.vision.layout.boxes import BOXES


def test_the_bar_of_a_five_joins_its_body() -> None:
    assert group([Box(10, 30, 40, 60), Box(35, 12, 35, 12)]) == [[0, 1]]


def test_neighbours_stay_apart() -> None:
    assert group([Box(0, 0, 40, 60), Box(46, 2, 30, 58)]) == [[0], [1]]


def test_what_stands_beside_a_taller_box_is_told_from_what_is_above_it() -> None:
    two, zero, bar = Box(0, 0, 40, 60), Box(43, 35, 18, 18), Box(10, -10, 20, 6)
    assert beside_taller([two, zero]).tolist() == [False, True]
    assert beside_taller([two, bar]).tolist() == [False, False]
    assert beside_taller([]).tolist() == []


def test_nothing_makes_no_group() -> None:
    assert group([]) == []


@settings(deadline=None)  # NumPy is slow with few boxes on a busy machine
@given(BOXES)
def test_the_first_pair_is_joined_until_none_is_left(boxes: list[Box]) -> None:
    groups, hulls = [[index] for index in range(len(boxes))], list(boxes)
    while pair := _first_pair(hulls):
        first, second = pair
        groups[first] += groups.pop(second)
        hulls[first] = union([hulls[first], hulls.pop(second)])
    assert group(boxes) == groups


def _first_pair(boxes: list[Box]) -> tuple[int, int] | None:
    """Return the first two boxes that belong together, compared one by one."""
    for i, first in enumerate(boxes):
        for j, second in enumerate(boxes[i + 1 :], i + 1):
            if belong_together(np.array(first), np.array(second)):
                return i, j
    return None


def test_a_pattern_of_very_many_components_is_left_as_it_is() -> None:
    pair = [Box(10, 30, 40, 60), Box(35, 12, 35, 12)]
    many = [Box(100 * n + x, y, w, h) for n in range(MAX_BOXES) for x, y, w, h in pair]
    assert group(many[:MAX_BOXES]) == [[n, n + 1] for n in range(0, MAX_BOXES, 2)]
    assert group(many) == [[n] for n in range(2 * MAX_BOXES)]
