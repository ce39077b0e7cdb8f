"""Writing with a pen: digits in the forms of several countries, other signs, and scribbles.

A template from `shapes/stroke_templates.py` is varied, by moving its points, slanting and
stretching it, and its strokes are drawn with a nib.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.synthesis.shapes.stroke_templates import (
    DIGIT_TEMPLATES,
    SIGN_TEMPLATES,
    one_with_upstroke,
)
from model.types import Ink

Stroke = NDArray[np.float32]
"""(n, 2), float32: points x, y along one movement of the pen."""

UPSTROKE_PROBABILITY = 0.8
"""How often a 1 is written with an upstroke of any length; the templates are half bars."""

UNJOINED_PROBABILITY = 0.12
"""How often strokes that should meet do not, such as the bar of a 5 and its stem."""

POINTS_PER_SEGMENT = 8
"""Points of the drawn curve per point of the template, so that it is smooth at 200 pixels."""


@dataclass(frozen=True, slots=True)
class Nib:
    """The tip of a pen.

    Attributes:
        width: the width of the line, as a share of the height of the writing, 0.01 … 0.25.
        pressure: 0 draws an even line; up to 1, the line swells and thins.
        broadness: 0 is round; up to 1, flat as a calligrapher's, wide in one direction only.
        gap: 0 draws a solid line; more draws dots, this many widths apart.
        smooth: whether the edge of the line is antialiased.
    """

    width: float
    pressure: float = 0.0
    broadness: float = 0.0
    gap: float = 0.0
    smooth: bool = True


def write_digit(digit: int, nib: Nib, height: int, rng: np.random.Generator) -> Ink:
    """Write a digit in one of its forms, `height` pixels high: (h, w), uint8, ink 255."""
    if digit == 1 and rng.random() < UPSTROKE_PROBABILITY:
        template = one_with_upstroke(rng)
    else:
        template = str(rng.choice(DIGIT_TEMPLATES[digit]))
    return draw(vary(strokes_of(template, rng), rng), nib, height, rng)


def write_sign(nib: Nib, height: int, rng: np.random.Generator) -> Ink:
    """Write a sign that is not a digit, `height` pixels high: (h, w), uint8, ink 255."""
    template = str(rng.choice(SIGN_TEMPLATES))
    return draw(vary(strokes_of(template, rng), rng), nib, height, rng)


def scribble(nib: Nib, height: int, rng: np.random.Generator) -> Ink:
    """Move the pen at random: (h, w), uint8, ink 255.

    It turns at least six times, because fewer turns sometimes make a digit by chance.
    """
    points = rng.uniform((0, 0), (60, 100), size=(int(rng.integers(6, 16)), 2))
    if rng.random() < 0.5:  # to and fro, as people cross something out
        points[:, 0] = np.where(np.arange(len(points)) % 2, 55, 5) + rng.normal(0, 5, len(points))
        points[:, 1] = np.linspace(0, 100, len(points)) + rng.normal(0, 8, len(points))
    return draw([_curve(points.astype(np.float32))], nib, height, rng)


def strokes_of(template: str, rng: np.random.Generator) -> list[Stroke]:
    """Turn a template into curves: a list of (n, 2), float32, in the box 60 × 100.

    Each point is moved a little at random.
    """
    sloppiness = rng.uniform(0.5, 3.0)
    strokes = []
    for text in template.split(";"):
        runs: list[list[tuple[float, float]]] = [[]]
        for word in text.split():
            x, y = (float(number) for number in word.rstrip("!").split(","))
            point = (x + rng.normal(0, sloppiness), y + rng.normal(0, sloppiness))
            runs[-1].append(point)
            if word.endswith("!"):
                runs.append([point])
        strokes.append(
            np.concatenate([_curve(np.array(run, np.float32)) for run in runs if len(run) > 1])
        )
    return strokes


def _curve(points: Stroke) -> Stroke:
    """Draw a Catmull-Rom spline through (n, 2) points: ((n - 1) · POINTS_PER_SEGMENT + 1, 2)."""
    ends = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    before, start, end, after = ends[:-3], ends[1:-2], ends[2:-1], ends[3:]
    t = np.linspace(0, 1, POINTS_PER_SEGMENT, endpoint=False, dtype=np.float32)[:, None, None]
    curve = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )  # (POINTS_PER_SEGMENT, n - 1, 2)
    flat = curve.transpose(1, 0, 2).reshape(-1, 2)
    return np.concatenate([flat, points[-1:]]).astype(np.float32)


def vary(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Bend, slant, stretch, turn and shake strokes, as another writer would write them.

    Args:
        strokes: in the box 60 × 100.

    Returns:
        As many strokes with as many points, roughly in the same box.
    """
    slant = rng.normal(0.06, 0.2)
    narrow = float(np.exp(rng.normal(0, 0.22)))
    turn = rng.normal(0, 0.07)
    matrix = np.array([[narrow, -slant * narrow], [0, 1]]) @ np.array(
        [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    )
    amplitude = rng.uniform(0.5, 4.5)  # of two slow waves that bend the plane
    waves = rng.normal(0, 1, (2, 2)), rng.uniform(0, 2 * np.pi, (2, 2))
    shake = rng.exponential(0.35)
    offset = 5.0 if rng.random() < UNJOINED_PROBABILITY else 1.8
    result = []
    for stroke in strokes:
        phase = stroke @ (waves[0] / 40) + waves[1][0]  # (n, 2)
        bent = stroke + amplitude * np.sin(phase + waves[1][1])
        shift = rng.normal(0, offset, 2)  # a lifted pen does not come down at the same place
        noise = np.cumsum(rng.normal(0, shake, stroke.shape), axis=0)
        noise -= np.linspace(0, 1, len(noise))[:, None] * noise[-1]
        result.append(((bent + shift + noise) @ matrix.T).astype(np.float32))
    return result


def draw(strokes: list[Stroke], nib: Nib, height: int, rng: np.random.Generator) -> Ink:
    """Draw strokes with a nib, scaled so that the writing is `height` pixels high.

    Args:
        strokes: (n, 2) each, in the box 60 × 100.

    Returns:
        (h, w), uint8, 0 paper … 255 ink, with a margin of a few pixels all around.
    """
    width = max(nib.width * height, 1.0)
    every = np.concatenate(strokes)
    low, high = every.min(axis=0), every.max(axis=0)
    scale = max(height - width, 4.0) / max(high[1] - low[1], (high[0] - low[0]) * 0.6, 1.0)
    margin = width * 0.75 + 3  # a swelling line is up to half as wide again
    size = np.ceil((high - low) * scale + 2 * margin).astype(int)
    ink = np.zeros((size[1], size[0]), np.uint8)
    for stroke in strokes:
        _draw_stroke(ink, (stroke - low) * scale + margin, width, nib, rng)
    return ink


def _draw_stroke(
    ink: Ink, points: Stroke, width: float, nib: Nib, rng: np.random.Generator
) -> None:
    """Draw one stroke, (n, 2) in pixels, into the ink, (h, w) uint8."""
    line = cv2.LINE_AA if nib.smooth else cv2.LINE_8
    whole = np.round(points * 16).astype(np.int32)  # 4 bits below the pixel
    if nib.gap:
        steps = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
        stations = np.arange(0, steps[-1] + 1e-3, max(nib.gap * width, 2.0))
        dots = np.stack([np.interp(stations, steps, points[:, i]) for i in (0, 1)], axis=1)
        for x, y in np.round(dots * 16).astype(int).tolist():
            cv2.circle(ink, (x, y), round(width * 8), 255, -1, line, 4)
        return
    if nib.broadness:
        edge = np.array([1.0, -0.8]) * width * nib.broadness * 0.4
        for start, end in itertools.pairwise(points):
            corners = np.stack([start - edge, start + edge, end + edge, end - edge])
            hull = cv2.convexHull(np.round(corners * 16).astype(np.int32))
            cv2.fillConvexPoly(ink, hull, 255, line, 4)
        width = max(width * (1 - nib.broadness), 1.0)
    if nib.pressure:
        turns = np.linspace(0, rng.uniform(2, 7), len(points)) + rng.uniform(0, 6)
        swell = width * (1 + 0.45 * nib.pressure * np.sin(turns))
        for i, thick in enumerate(np.maximum(np.round(swell[1:]), 1).astype(int).tolist()):
            cv2.line(ink, whole[i].tolist(), whole[i + 1].tolist(), 255, thick, line, 4)
    else:
        cv2.polylines(ink, [whole], False, 255, max(round(width), 1), line, 4)
