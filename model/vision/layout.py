"""From parts to digits: which parts belong together, which lines they form."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model.types import Box


def union(boxes: Sequence[Box]) -> Box:
    """The box around boxes."""
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    return Box(x, y, right - x, bottom - y)


def group(boxes: Sequence[Box]) -> list[list[int]]:
    """Join parts that surely make one digit: nearly touching or overlapping pieces.

    Returns:
        indices of `boxes`, by digit.
    """
    groups = [[index] for index in range(len(boxes))]
    hulls = list(boxes)
    merged = True
    while merged:
        merged = False
        for i in range(len(groups)):
            for j in range(i + 1, len(groups)):
                if belong_together(hulls[i], hulls[j]):
                    groups[i] += groups.pop(j)
                    hulls[i] = union([hulls[i], hulls.pop(j)])
                    merged = True
                    break
            if merged:
                break
    return groups


def belong_together(a: Box, b: Box) -> bool:
    """Whether two pieces are parts of one digit, by their boxes alone."""
    across = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)  # overlap; negative: gap
    down = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    low, tall = sorted((a, b), key=lambda box: box.height)
    size = max(tall.width, tall.height)
    if across > 0 and down > 0 and across * down > 0.3 * low.width * low.height:
        return True
    if low.height < 0.5 * tall.height and max(-across, -down) < 0.12 * size:
        # A bar or a dotted piece beside the rest of its digit: neighbours are about as tall.
        return True
    if low.height < 0.4 * low.width and across > 0.5 * low.width and -down < 0.3 * size:
        return True  # the bar of a 5 or a 7, which people set apart
    # Two halves, one above the other.
    both = max(a.y + a.height, b.y + b.height) - min(a.y, b.y)
    return (
        across > 0.5 * min(a.width, b.width)
        and -down < 0.1 * size
        and both < 3 * max(a.width, b.width)
        and min(a.height, b.height) < 0.7 * max(a.width, b.width)
    )


def lines(boxes: Sequence[Box]) -> list[list[int]]:
    """Indices of boxes by line, top to bottom, each left to right.

    Every box is linked to its nearest neighbour to the right that stands at about its height, so
    that lines may climb or sink, as they do on a sheet photographed at an angle.
    """
    after: dict[int, int] = {}
    before: dict[int, int] = {}
    pairs = sorted(
        (boxes[j].x - boxes[i].x, i, j)
        for i in range(len(boxes))
        for j in range(len(boxes))
        if i != j and _follows(boxes[i], boxes[j])
    )
    for _, i, j in pairs:
        if i not in after and j not in before:
            after[i], before[j] = j, i
    found = []
    for first in (index for index in range(len(boxes)) if index not in before):
        line = [first]
        while line[-1] in after:
            line.append(after[line[-1]])
        found.append(line)
    return sorted(found, key=lambda line: np.mean([boxes[k].y + boxes[k].height / 2 for k in line]))


def _follows(a: Box, b: Box) -> bool:
    """Whether b stands to the right of a, at about its height."""
    if b.x + b.width / 2 <= a.x + a.width / 2:
        return False
    overlap = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    return overlap > 0.4 * min(a.height, b.height)
