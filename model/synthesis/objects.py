"""Scenes without writing, as a camera sees hands, tools, fruit, cloth or boxes.

No real object is modelled. Instead, bodies are drawn with what objects have and ink has not: a
smooth or an angular outline, shading as if round or folded, a colour and grain other than the
ground's, seams, a highlight and a shadow.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from model.synthesis import paper
from model.synthesis.paper import Surface

Plane = NDArray[np.float32]
"""(h, w), float32: a factor for each pixel."""

OUTLINE_SHARES = {"limbs": 0.5, "blob": 0.25, "angular": 0.25}
"""How often each outline is drawn. Limbs stand for fingers, branches or tools, blobs for heads,
stones or leaves, angular outlines for boxes, bags or books."""

MAX_BODIES = 5
"""Bodies in one scene; fewer are more likely."""


def scene(height: int, width: int, rng: np.random.Generator) -> Surface:
    """Draw one or a few objects on cloth, a sheet or a table: (h, w, 3), float32, 0 … 1."""
    size = float(max(height, width))
    if rng.random() < 0.4:
        surface = paper.sheet(height, width, size * rng.uniform(0.02, 0.2), rng)
    else:
        ground = _colour(rng) * _grain(height, width, rng)[..., None]
        surface = np.asarray(ground * _folded(height, width, rng)[..., None], np.float32)
    for _ in range(1 + int(rng.integers(MAX_BODIES) * rng.random())):
        reach = size * float(np.exp(rng.uniform(np.log(0.1), np.log(0.6))))
        middle = rng.uniform(0.2, 0.8, 2) * (width, height)
        _put(surface, _outline(height, width, middle, reach, rng), reach, rng)
    return np.clip(surface, 0.01, 1)


def _outline(
    height: int, width: int, middle: NDArray[np.float64], reach: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Draw the mask of a body: (h, w), uint8, 0 or 255, `reach` pixels across, at `middle`."""
    inside = np.zeros((height, width), np.uint8)
    match str(rng.choice(list(OUTLINE_SHARES), p=list(OUTLINE_SHARES.values()))):
        case "limbs":
            _limbs(inside, middle, reach, rng)
        case "blob":
            angles = np.linspace(0, 2 * np.pi, 90, endpoint=False)
            radius = np.full(90, 0.5)
            for waves in range(2, 8):
                swing = rng.normal(0, 0.35 / waves)
                radius += swing * np.cos(waves * angles + rng.uniform(0, 2 * np.pi))
            around = np.column_stack([np.cos(angles), np.sin(angles)])
            _fill(inside, around * np.maximum(radius, 0.1)[:, None], middle, reach, rng)
        case _:
            for _ in range(int(rng.integers(1, 4))):
                sides = rng.uniform(0.15, 0.5, 2)
                corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * sides
                corners += rng.normal(0, 0.04, (4, 2))
                _fill(inside, corners, middle + rng.normal(0, 0.15, 2) * reach, reach, rng)
    return inside


def _fill(
    inside: NDArray[np.uint8],
    points: NDArray[np.float64],
    middle: NDArray[np.float64],
    reach: float,
    rng: np.random.Generator,
) -> None:
    """Fill a polygon (n, 2) around 0, about 1 across, turned and squeezed at random."""
    angle, squeeze = rng.uniform(0, 2 * np.pi), rng.uniform(0.35, 1)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    placed = points * (1, squeeze) @ turn.T * reach + middle
    cv2.fillPoly(inside, [np.round(placed).astype(np.int32)], 255)


def _limbs(
    inside: NDArray[np.uint8], middle: NDArray[np.float64], reach: float, rng: np.random.Generator
) -> None:
    """Draw one bent, tapering limb, or several that spread from a palm or a trunk."""
    count = int(rng.choice([1, 2, 3, 4, 5], p=[0.35, 0.15, 0.15, 0.15, 0.2]))
    toward, spread = rng.uniform(0, 2 * np.pi), rng.uniform(0.15, 0.8)
    thick = reach * float(np.exp(rng.uniform(np.log(0.05), np.log(0.2)))) / count**0.3
    if count > 1 and rng.random() < 0.7:
        palm = (round(thick * count * 0.7), round(thick * rng.uniform(1, 3)))
        cv2.ellipse(
            inside, np.round(middle).astype(int).tolist(), palm, np.degrees(toward), 0, 360, 255, -1
        )
    t = np.linspace(0, 1, 40)
    for number in range(count):
        angle = toward + spread * (number - (count - 1) / 2) + rng.normal(0, 0.1)
        length = reach * rng.uniform(0.6, 1.0)
        bend = angle + rng.normal(0, 0.6) * t  # a circle's arc, more or less
        steps = np.column_stack([np.cos(bend), np.sin(bend)]) * length / len(t)
        path = middle + np.cumsum(steps, axis=0)
        if count == 1:
            path -= steps.sum(axis=0) / 2
        taper = 1 - rng.uniform(0, 0.7) * np.abs(t - rng.uniform(0, 0.6)) ** 1.5
        for (x, y), radius in zip(path, thick * taper * rng.uniform(0.7, 1.2), strict=True):
            cv2.circle(inside, (round(x), round(y)), max(2, round(radius)), 255, -1)


def _put(
    surface: Surface, inside: NDArray[np.uint8], reach: float, rng: np.random.Generator
) -> None:
    """Shade a body and draw it on the surface, with its shadow."""
    x, y, width, height = cv2.boundingRect(inside)
    if not width:
        return
    margin = round(0.1 * reach) + 2
    top, left = max(y - margin, 0), max(x - margin, 0)
    part = np.s_[top : y + height + margin, left : x + width + margin]
    mask = inside[part]
    h, w = mask.shape
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_5)
    # Round everywhere, or flat inside a bevel.
    bevel = float(depth.max()) * rng.uniform(0.3, 1.0)
    relief = np.sqrt(np.clip(depth / bevel * (2 - depth / bevel), 0, 1)) * (depth < bevel)
    relief += depth >= bevel
    relief = cv2.GaussianBlur(relief.astype(np.float32), (0, 0), max(0.8, 0.06 * bevel)) * bevel
    sun = rng.uniform(0, 2 * np.pi)
    slope = np.cos(sun) * cv2.Sobel(relief, cv2.CV_32F, 1, 0) / 8
    slope += np.sin(sun) * cv2.Sobel(relief, cv2.CV_32F, 0, 1) / 8
    shade = 1 - np.float32(rng.uniform(0.15, 0.6)) * np.tanh(slope)
    shade *= _grain(h, w, rng)
    if rng.random() < 0.6:
        shade *= _folded(h, w, rng)
    body = (_colour(rng) * shade[..., None]).astype(np.float32)
    if rng.random() < 0.35:  # it shines where it faces the lamp
        shine = np.clip(-slope * np.float32(rng.uniform(1, 3)) - 0.5, 0, 1)
        body += (np.float32(rng.uniform(0.2, 0.8)) * shine)[..., None]
    if rng.random() < 0.6:
        body *= _seams(mask, rng)[..., None]
    alpha = cv2.GaussianBlur(mask, (0, 0), 0.8).astype(np.float32)[..., None] / 255
    offset = rng.normal(0, 0.03, 2) * reach
    moved = cv2.warpAffine(mask, np.array([[1, 0, offset[0]], [0, 1, offset[1]]]), (w, h))
    soft = cv2.GaussianBlur(moved, (0, 0), 0.02 * reach + 1).astype(np.float32)[..., None] / 255
    lit = surface[part] * (1 - np.float32(rng.uniform(0, 0.6)) * soft)
    surface[part] = lit * (1 - alpha) + body * alpha


def _seams(mask: NDArray[np.uint8], rng: np.random.Generator) -> Plane:
    """Make thin lines, such as seams, wrinkles or hair: (h, w), float32, 1 beside them."""
    h, w = mask.shape
    drawn = np.zeros((h, w), np.uint8)
    many = int(rng.choice([1, 3, 8, 30]))
    long = max(h, w) * rng.uniform(0.1, 0.8) / many**0.4
    toward = rng.uniform(0, np.pi)
    for _ in range(many):
        angle = toward + rng.normal(0, 0.3) + np.cumsum(rng.normal(0, 0.15, 12))
        steps = np.column_stack([np.cos(angle), np.sin(angle)]) * long / 12
        path = rng.uniform(0, 1, 2) * (w, h) + np.cumsum(steps, axis=0)
        thick = max(1, round(rng.uniform(0.005, 0.03) * max(h, w)))
        cv2.polylines(drawn, [np.round(path).astype(np.int32)], False, 255, thick, cv2.LINE_AA)
    lines = cv2.GaussianBlur(drawn, (0, 0), rng.uniform(0.5, 2.5)).astype(np.float32) / 255
    return np.asarray(1 - np.float32(rng.uniform(-0.6, 0.9)) * lines, np.float32)


def _folded(height: int, width: int, rng: np.random.Generator) -> Plane:
    """Make the shading of folds in cloth or paper: (h, w), float32, around 1."""
    match int(rng.integers(3)):
        case 0:
            return paper.crumple(height, width, rng)
        case 1:  # folds run side by side, or from one point as in a fan
            y, x = np.mgrid[0:height, 0:width].astype(np.float32)
            x0, y0 = rng.uniform(-0.5, 1.5, 2) * (width, height)
            if rng.random() < 0.5:
                across = np.arctan2(y - np.float32(y0), x - np.float32(x0)) / np.float32(np.pi)
            else:
                angle = rng.uniform(0, np.pi)
                across = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))
                across /= max(height, width)
            bent = paper.smooth_noise(height, width, max(height, width) / 3, rng)
            across = np.float32(rng.uniform(4, 40)) * across + np.float32(0.5) * bent
            saw = np.asarray(across - np.floor(across), np.float32)
            return np.asarray(1 - np.float32(rng.uniform(0.05, 0.5)) * saw, np.float32)
        case _:
            grain = max(height, width) / rng.uniform(2, 10)
            soft = paper.smooth_noise(height, width, grain, rng)
            return np.asarray(1 + np.float32(rng.uniform(0.02, 0.2)) * soft, np.float32)


def _grain(height: int, width: int, rng: np.random.Generator) -> Plane:
    """Make a grain as of cloth, wood or skin: (h, w), float32, around 1."""
    stretch = float(rng.choice([1, 1, 4, 12]))
    grain = rng.uniform(1.5, 12)
    narrow = paper.smooth_noise(height, max(2, round(width / stretch)), grain, rng)
    noise = cv2.resize(narrow, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.maximum(1 + rng.uniform(0, 0.12) * noise, 0.2), np.float32)


def _colour(rng: np.random.Generator) -> NDArray[np.float32]:
    """Choose the colour of an object, seldom a bright one: (3,), float32, 0 … 1."""
    grey = rng.uniform(0.05, 0.95)
    return np.clip(grey + rng.normal(0, rng.choice([0.02, 0.08, 0.25]), 3), 0.02, 0.98).astype(
        np.float32
    )
