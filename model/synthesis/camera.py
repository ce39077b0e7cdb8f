"""The light, the camera and the file format: a surface becomes the bytes of a photo.

Pictures are (h, w, 3), float32, 0 … 1, red green blue; files are bytes.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from model.synthesis.paper import Surface

Matrix = NDArray[np.float64]

SIDE_VIEW_PROBABILITY = 0.15
"""How often a sheet is photographed from the side and not from above."""

LONG_SIDE_RANGE = (360, 1000)
"""Pixels of the longer side. Chats deliver at most 1280; half of that shows most digits as well."""


class Shot(NamedTuple):
    """A picture of a surface, and how positions on the surface map to it.

    Attributes:
        picture: (h, w, 3), float32, 0 … 1.
        matrix: (3, 3), maps pixels of the surface to pixels of the picture, homogeneous.
    """

    picture: Surface
    matrix: Matrix


def frame(rng: np.random.Generator) -> tuple[int, int]:
    """Choose the height and width of a picture in pixels, upright or lying."""
    long = round(float(np.exp(rng.uniform(*np.log(LONG_SIDE_RANGE)))))
    short = round(long * float(rng.choice([0.5625, 0.75, 1.0], p=[0.3, 0.55, 0.15])))
    return (long, short) if rng.random() < 0.5 else (short, long)


def light(height: int, width: int, rng: np.random.Generator) -> Surface:
    """Make the light on a scene: (h, w, 3), float32, the share that falls on each pixel, above 0.

    A gradient as from a window, the dark corners of a lens, a shadow with a hard or a soft edge
    over part of the frame, the spot of a flash.
    """
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    y, x = y / height - 0.5, x / width - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    slope = float(rng.choice([0.1, 0.3, 0.7])) * rng.uniform()
    amount = 1 - slope * (0.5 + x * np.cos(angle) + y * np.sin(angle)).astype(np.float32)
    if rng.random() < 0.4:
        corners = 0.8 * rng.beta(1, 2.5)
        amount *= np.clip(1 - np.float32(corners) * (x * x + y * y) * 2, 0.05, 1)
    if rng.random() < 0.2:
        amount *= _shadow(height, width, rng)
    if rng.random() < 0.08:
        spot = np.exp(-((x - rng.uniform(-0.5, 0.5)) ** 2 + (y - rng.uniform(-0.5, 0.5)) ** 2) * 30)
        amount += np.float32(rng.uniform(0.1, 0.6)) * spot.astype(np.float32)
    warmth = rng.normal(0, 0.07)
    colour = np.array([1 + warmth, 1.0 + rng.normal(0, 0.015), 1 - warmth], np.float32)
    return np.asarray(np.maximum(amount, 0.04)[..., None] * colour, np.float32)


def _shadow(height: int, width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Make the shadow of a hand or a phone from one side: (h, w), float32, 1 outside it."""
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.1], [0.2, 0.3], [-0.5, 0.2]])
    corners += rng.normal(0, 0.18, corners.shape)
    angle = rng.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = (corners @ turn.T + rng.uniform(0.2, 0.8, 2)) * [width, height]
    mask = np.zeros((height, width), np.float32)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.round(corners).astype(np.int32)), 1.0)
    edge = max(height, width) * float(np.exp(rng.uniform(np.log(0.004), np.log(0.15))))
    small = max(1, int(edge / 4))  # a wide blur of a small picture is the same and quick
    shrunk = cv2.resize(mask, (max(2, width // small), max(2, height // small)))
    blurred = cv2.GaussianBlur(shrunk, (0, 0), edge / small)
    depth = np.float32(rng.uniform(0.15, 0.65))
    return np.asarray(1 - depth * cv2.resize(blurred, (width, height)), np.float32)


def aim(surface: Surface, keep: NDArray[np.float64], rng: np.random.Generator) -> Shot:
    """Take a picture with the camera a little askew; a table shows beyond the sheet.

    Args:
        keep: (n, 2), points x, y that must stay in the picture.
    """
    height, width = surface.shape[:2]
    size = np.array([width, height])
    matrix = np.eye(3)
    for _ in range(4):
        tried = _askew(size, rng)
        moved = moved_by(tried, keep)
        if (moved >= 2).all() and (moved <= size - 2).all():
            matrix = tried
            break
    table = rng.uniform(0.03, 0.6) * (1 + rng.normal(0, 0.08, 3))
    picture = cv2.warpPerspective(
        surface,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=[float(value) for value in np.clip(table, 0, 1)],
    )
    return Shot(np.asarray(picture, np.float32), matrix)


def moved_by(matrix: Matrix, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map points (n, 2) by a homogeneous matrix (3, 3): (n, 2), float64."""
    homogeneous = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:], np.float64)


def _askew(size: NDArray[np.int64], rng: np.random.Generator) -> Matrix:
    """Choose a view that is turned, tilted, and closer or farther: a (3, 3) matrix."""
    corners = (np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * size).astype(np.float32)
    care = 3.0 if rng.random() < SIDE_VIEW_PROBABILITY else 1.0
    angle = rng.normal(0, 0.05) * care
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    zoom = rng.uniform(1.06, 1.25) if rng.random() < 0.88 else rng.uniform(0.8, 1.0)
    aimed = (corners - size / 2) @ turn.T * zoom + size / 2
    aimed += rng.normal(0, 0.02, (4, 2)) * size * care
    return np.asarray(cv2.getPerspectiveTransform(corners, aimed.astype(np.float32)), np.float64)


def blur(picture: Surface, max_sigma: float, rng: np.random.Generator) -> Surface:
    """Blur a picture as a camera that is out of focus, or moves, does.

    Args:
        picture: (h, w, 3), float32, 0 … 1.
        max_sigma: the largest σ of the blur, in pixels.
    """
    sigma = float(np.exp(rng.uniform(np.log(0.3), np.log(max(0.35, max_sigma)))))
    picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
    if rng.random() < 0.12:
        length = max(3, round(max_sigma * rng.uniform(1, 3)))
        kernel = np.zeros((length, length), np.float32)
        end = rng.uniform(0, length, 2).astype(int).tolist()
        cv2.line(kernel, end, [length - 1 - end[0], length - 1 - end[1]], 1.0)
        picture = np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.float32)
    return picture


def develop(picture: Surface, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Expose a picture, add sensor noise, and change contrast and sharpness as phones do.

    Args:
        picture: (h, w, 3), float32, 0 black or more.

    Returns:
        (h, w, 3), uint8, red green blue.
    """
    # A phone exposes so that most pictures come out about this bright, whatever the light.
    seen = float(np.mean(picture[::8, ::8]))
    wanted = min(rng.uniform(0.3, 0.85), seen * 3)
    picture = picture * np.float32(wanted / max(seen, 1e-3))
    noise = _sensor_noise(picture.shape[0], picture.shape[1], rng)
    noise *= np.sqrt(np.maximum(picture, 0) * np.float32(rng.uniform(0, 6e-4)) + np.float32(2e-6))
    picture = picture + noise
    if rng.random() < 0.3:
        soft = cv2.GaussianBlur(picture, (0, 0), 1.5)
        picture = picture + (picture - soft) * np.float32(rng.uniform(0.2, 1.0))
    picture = np.clip(picture, 0, 1) ** np.float32(np.exp(rng.normal(0, 0.18)))
    return np.rint(picture * 255).astype(np.uint8)


def _sensor_noise(height: int, width: int, rng: np.random.Generator) -> Surface:
    """Make noise of deviation 1, (h, w, 3); one tile is repeated, because drawing is slow."""
    tile = rng.standard_normal((191, 193, 3), np.float32)
    repeats = (height // tile.shape[0] + 1, width // tile.shape[1] + 1, 1)
    return np.asarray(np.tile(tile, repeats)[:height, :width], np.float32)


def encode(pixels: NDArray[np.uint8], rng: np.random.Generator) -> bytes:
    """Encode as a phone or a chat does: a JPEG of quality 20 to 95, and sometimes a PNG.

    Args:
        pixels: (h, w), (h, w, 3) RGB or (h, w, 4) RGBA, uint8.
    """
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        return _file(".png", cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA), [])
    if pixels.ndim == 3:
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), np.uint8)
    if rng.random() < 0.15:
        return _file(".png", pixels, [])
    return _file(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, round(95 - 75 * rng.beta(1, 2.5))])


def _file(extension: str, pixels: cv2.typing.MatLike, options: list[int]) -> bytes:
    done, data = cv2.imencode(extension, pixels, options)
    if not done:
        raise ValueError(f"Expected an image that OpenCV can write. Received {pixels.shape}.")
    return data.tobytes()
