"""From strokes to digits: which strokes belong together, and in which order they are read."""

from __future__ import annotations

from collections.abc import Sequence

from model.reading import Box
from model.vision.strokes import Strokes


def group(strokes: Strokes) -> list[list[int]]:
    """Strokes that make one digit: those above each other that nearly touch, or that overlap.

    Returns:
        labels of `strokes`, by digit, in reading order.
    """
    groups = [[label] for label in strokes.kept]
    boxes = [strokes.boxes[label - 1] for label in strokes.kept]
    merged = True
    while merged:
        merged = False
        for i in range(len(groups)):
            for j in range(i + 1, len(groups)):
                if _belong_together(boxes[i], boxes[j]):
                    groups[i] += groups.pop(j)
                    boxes[i] = _union(boxes[i], boxes.pop(j))
                    merged = True
                    break
            if merged:
                break
    return [groups[index] for index in reading_order(boxes)]


def reading_order(boxes: Sequence[Box]) -> list[int]:
    """Indices of boxes, left to right within a line, line by line."""
    lines: list[list[int]] = []
    for index in sorted(range(len(boxes)), key=lambda k: boxes[k].y + boxes[k].height / 2):
        middle = boxes[index].y + boxes[index].height / 2
        last = lines[-1] if lines else []
        if any(boxes[k].y < middle < boxes[k].y + boxes[k].height for k in last):
            last.append(index)
        else:
            lines.append([index])
    return [index for line in lines for index in sorted(line, key=lambda k: boxes[k].x)]


def _belong_together(a: Box, b: Box) -> bool:
    overlap = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    gap = max(a.y, b.y) - min(a.y + a.height, b.y + b.height)
    narrower = min(a.width, b.width)
    shorter, taller = sorted((a.height, b.height))
    return overlap > 0.5 * narrower and gap < 0.25 * taller and (shorter < 0.5 * taller or gap < 0)


def _union(a: Box, b: Box) -> Box:
    x, y = min(a.x, b.x), min(a.y, b.y)
    right = max(a.x + a.width, b.x + b.width)
    bottom = max(a.y + a.height, b.y + b.height)
    return Box(x, y, right - x, bottom - y)
