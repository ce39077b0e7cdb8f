"""Fifteen ways in which a digit is damaged that the model was not trained for: MNIST-C.

Norman Mu & Justin Gilmer, "MNIST-C: A Robustness Benchmark for Computer Vision" (2019),
arXiv:1906.02337, chose fifteen corruptions, most of them from Hendrycks & Dietterich,
"Benchmarking Neural Network Robustness to Common Corruptions and Perturbations" (2019),
arXiv:1903.12261. Their images are a download; these are made here, with the settings that were
published with the paper (github.com/google-research/mnist-c), for all images at once. The random
draws are other ones, so single images differ from theirs and their statistics do not.

Each function below takes images (n, 28, 28), float32, 0 paper … 1 ink, a severity 1–5 and a
random generator, and returns images of the same shape, that may reach beyond 0–1: `corrupted`
clips. Section numbers are those of the paper's list of corruptions (section 3 and appendix A).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from model.evaluation.overlays import fogs, line, zigzags

Images = NDArray[np.float32]

SEVERITIES = (1, 2, 3, 4, 5)
SIZE = 28
CENTRE = 13.5
"""The fixed point of the geometric corruptions: the middle of pixels 0 … 27."""

FOG_BANKS = 200
"""Different fogs for each severity; images share them, as making one takes 0.5 ms."""


class Corruption(NamedTuple):
    """One way to damage a digit.

    Attributes:
        name: as in MNIST-C, with spaces.
        apply: (images, severity, random) -> images.
        published: the severity of the images that MNIST-C publishes; 0 where there is but one.
    """

    name: str
    apply: Callable[[Images, int, Generator], Images]
    published: int

    @property
    def severities(self) -> tuple[int, ...]:
        """What `corrupted` takes for this one."""
        return SEVERITIES if self.published else (0,)


def corrupted(
    images: NDArray[np.uint8], corruption: Corruption, severity: int, seed: int = 0
) -> NDArray[np.uint8]:
    """Damage images: the same ones for the same seed.

    Args:
        images: (n, 28, 28), uint8, 0 paper … 255 ink.
        corruption: one of `CORRUPTIONS`.
        severity: one of `corruption.severities`.
        seed: other seeds draw other noise.

    Returns:
        (n, 28, 28), uint8, 0 … 255.
    """
    if severity not in corruption.severities:
        raise ValueError(f"Expected {corruption.severities}. Received severity {severity}.")
    random = np.random.default_rng([seed, CORRUPTIONS.index(corruption), severity])
    bright = corruption.apply(np.divide(images, 255, dtype=np.float32), severity, random)
    return np.rint(np.clip(bright, 0, 1) * 255).astype(np.uint8)


# Noise


def shot_noise(images: Images, severity: int, random: Generator) -> Images:
    """Light comes in grains: a Poisson count for each pixel (Hendrycks & Dietterich)."""
    photons = (60, 25, 12, 5, 3)[severity - 1]
    return (random.poisson(images * photons) / photons).astype(np.float32)


def impulse_noise(images: Images, severity: int, random: Generator) -> Images:
    """Salt and pepper: a share of the pixels becomes 0 or 1 (Hendrycks & Dietterich)."""
    share = (0.03, 0.06, 0.09, 0.17, 0.27)[severity - 1]
    draw = random.random(images.shape, dtype=np.float32)
    salted = np.where(draw < share / 2, np.float32(1), images)
    return np.where(draw > 1 - share / 2, np.float32(0), salted)


# Blur


def glass_blur(images: Images, severity: int, random: Generator) -> Images:
    """Frosted glass: blurred, neighbours swapped at random, blurred (Hendrycks & Dietterich)."""
    sigma, reach, rounds = ((0.7, 1, 2), (0.9, 2, 1), (1.0, 2, 3), (1.1, 3, 2), (1.5, 4, 2))[
        severity - 1
    ]
    glass = _blurred(images, sigma)
    which = np.arange(len(images))
    for _ in range(rounds):
        for row in range(SIZE - reach, reach, -1):
            for column in range(SIZE - reach, reach, -1):
                swap = random.random(len(images)) < 0.5
                shift = random.integers(-reach, reach, (2, len(images))) * swap
                there = (which, row + shift[0], column + shift[1])
                here = glass[:, row, column].copy()
                glass[:, row, column] = glass[there]
                glass[there] = here
    return _blurred(glass, sigma)


def motion_blur(images: Images, severity: int, random: Generator) -> Images:
    """The hand moved: a Gaussian tail in one direction within ±45° (Hendrycks & Dietterich).

    They leave it to ImageMagick, whose kernel (MotionBlurImage) this is: 2·radius + 1 taps from
    the pixel onward, moved to whole pixels, borders repeated.
    """
    radius, sigma = ((10, 3), (15, 5), (15, 8), (15, 12), (20, 15))[severity - 1]
    taps = np.arange(2 * radius + 1)
    weights = np.exp(-(taps**2) / (2 * sigma**2))
    weights /= weights.sum()
    blurred = np.empty_like(images)
    for index, angle in enumerate(np.deg2rad(random.uniform(-45, 45, len(images)))):
        rows = np.ceil(taps * np.sin(angle) - 0.5).astype(int) + 2 * radius
        columns = np.ceil(taps * np.cos(angle) - 0.5).astype(int)
        kernel = np.zeros((4 * radius + 1, 2 * radius + 1), np.float32)
        np.add.at(kernel, (rows, columns), weights)
        cv2.filter2D(
            images[index],
            -1,
            kernel,
            dst=blurred[index],
            anchor=(0, 2 * radius),
            borderType=cv2.BORDER_REPLICATE,
        )
    return blurred


# Geometry


def shear(images: Images, severity: int, random: Generator) -> Images:
    """Slanted to one side or the other (Mu & Gilmer)."""
    angles = (0.2, 0.4, 0.6, 0.8, 1.0)[severity - 1] * random.choice((-1, 1), len(images))
    one, nought = np.ones_like(angles), np.zeros_like(angles)
    return _warped(images, one, -np.sin(angles), nought, np.cos(angles))


def scale(images: Images, severity: int, random: Generator) -> Images:
    """Smaller, the centre kept (Mu & Gilmer)."""
    factor = np.full(len(images), 1 / (0.9, 0.8, 0.7, 0.6, 0.5)[severity - 1])
    return _warped(images, factor, 0 * factor, 0 * factor, factor)


def rotate(images: Images, severity: int, random: Generator) -> Images:
    """Turned by 0.2 to 1 radian, one way or the other (Mu & Gilmer)."""
    angles = (0.2, 0.4, 0.6, 0.8, 1.0)[severity - 1] * random.choice((-1, 1), len(images))
    return _warped(images, np.cos(angles), -np.sin(angles), np.sin(angles), np.cos(angles))


def translate(images: Images, severity: int, random: Generator) -> Images:
    """Moved by 1 to 5 pixels both ways, so out of the centre (Mu & Gilmer)."""
    steps = severity * random.choice((-1, 1), (len(images), 2))
    moved = np.zeros_like(images)
    for image, target, (down, right) in zip(images, moved, steps, strict=True):
        target[max(down, 0) : SIZE + min(down, 0), max(right, 0) : SIZE + min(right, 0)] = image[
            max(-down, 0) : SIZE + min(-down, 0), max(-right, 0) : SIZE + min(-right, 0)
        ]
    return moved


# Light


def brightness(images: Images, severity: int, random: Generator) -> Images:
    """All brighter, paper included (Hendrycks & Dietterich; grey, so value alone changes)."""
    return images + np.float32(severity / 10)


def stripe(images: Images, severity: int, random: Generator) -> Images:
    """The outer quarters inverted, the middle left alone (Mu & Gilmer)."""
    striped = 1 - images
    striped[:, :, 7:21] = images[:, :, 7:21]
    return striped


def fog(images: Images, severity: int, random: Generator) -> Images:
    """A cloud of plasma before the digit, contrast lost to it (Hendrycks & Dietterich)."""
    amount, decay = ((1.5, 2.0), (2.0, 2.0), (2.5, 1.7), (2.5, 1.5), (3.0, 1.4))[severity - 1]
    banks = fogs(min(FOG_BANKS, len(images)), decay, random)[:, :SIZE, :SIZE]
    brightest = images.max(axis=(1, 2), keepdims=True)
    amounts = np.float32(amount) * banks[random.integers(0, len(banks), len(images))]
    foggy: Images = (images + amounts) * brightest / (brightest + np.float32(amount))
    return foggy


# Dirt


def spatter(images: Images, severity: int, random: Generator) -> Images:
    """Drops of mud, a quarter as bright as ink (Hendrycks & Dietterich)."""
    mean, spread, blur, level, edge = (
        (0.65, 0.3, 4.0, 0.69, 0.6),
        (0.65, 0.3, 3.0, 0.68, 0.6),
        (0.65, 0.3, 2.0, 0.68, 0.5),
        (0.65, 0.3, 1.0, 0.65, 1.5),
        (0.67, 0.4, 1.0, 0.65, 1.5),
    )[severity - 1]
    liquid = _blurred(random.normal(mean, spread, images.shape).astype(np.float32), blur)
    mud = _blurred((liquid > level).astype(np.float32), edge)
    mud[mud < 0.8] = 0
    return images * (1 - mud) + mud * np.float32(63 / 255)


def dotted_line(images: Images, severity: int, random: Generator) -> Images:
    """A straight line across the image, two pixels on, two off (Mu & Gilmer)."""
    heights = random.integers(0, 27, (len(images), 2))  # at the left and right border
    different, which = np.unique(heights, axis=0, return_inverse=True)
    lines = np.stack([line((0, left), (27, right)) for left, right in different])
    lines[:, :, np.arange(SIZE) // 2 % 2 == 0] = 0
    return images + lines[which.ravel()]


def zigzag(images: Images, severity: int, random: Generator) -> Images:
    """A zigzag of ±2 pixels across the image, rising or falling a little (Mu & Gilmer)."""
    start = random.integers(0, 27, len(images))
    ends = np.stack([start, start + random.integers(-5, 5, len(images))], axis=1)
    different, which = np.unique(ends, axis=0, return_inverse=True)
    lines = np.stack([zigzags(int(left), int(right)) for left, right in different])
    return images + lines[which.ravel()]


def canny_edges(images: Images, severity: int, random: Generator) -> Images:
    """Only the outline is left (Mu & Gilmer: Canny 1986 with σ 1, hysteresis 0.1 to 0.2)."""
    edges = np.empty_like(images)
    for image, target in zip(_blurred(images, 1, cv2.BORDER_CONSTANT), edges, strict=True):
        # Slopes are at most 4 for images of 0–1; Canny takes them as 16-bit whole numbers.
        right, down = (
            np.rint(cv2.Sobel(image, cv2.CV_32F, *order, ksize=3) * 1000).astype(np.int16)
            for order in ((1, 0), (0, 1))
        )
        target[:] = cv2.Canny(right, down, 100, 200, L2gradient=True) > 0
    return edges


CORRUPTIONS = (
    Corruption("shot noise", shot_noise, 5),
    Corruption("impulse noise", impulse_noise, 4),
    Corruption("glass blur", glass_blur, 1),
    Corruption("motion blur", motion_blur, 1),
    Corruption("shear", shear, 2),
    Corruption("scale", scale, 3),
    Corruption("rotate", rotate, 2),
    Corruption("brightness", brightness, 5),
    Corruption("translate", translate, 3),
    Corruption("stripe", stripe, 0),
    Corruption("fog", fog, 5),
    Corruption("spatter", spatter, 4),
    Corruption("dotted line", dotted_line, 0),
    Corruption("zigzag", zigzag, 0),
    Corruption("canny edges", canny_edges, 0),
)


def _blurred(images: Images, sigma: float, border: int = cv2.BORDER_REPLICATE) -> Images:
    """Gaussian blur of each image, cut off at four σ as scikit-image does it."""
    width = 2 * int(4 * sigma + 0.5) + 1
    return np.stack(
        [cv2.GaussianBlur(image, (width, width), sigma, borderType=border) for image in images]
    ).astype(np.float32)


def _warped(
    images: Images,
    xx: NDArray[np.floating],
    xy: NDArray[np.floating],
    yx: NDArray[np.floating],
    yy: NDArray[np.floating],
) -> Images:
    """Each output pixel looked up at the matrix (xx xy / yx yy) times its place from the centre."""
    matrices = np.empty((len(images), 2, 3))
    matrices[:, 0, 0], matrices[:, 0, 1], matrices[:, 0, 2] = xx, xy, CENTRE * (1 - xx - xy)
    matrices[:, 1, 0], matrices[:, 1, 1], matrices[:, 1, 2] = yx, yy, CENTRE * (1 - yx - yy)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.stack(
        [
            cv2.warpAffine(image, matrix, (SIZE, SIZE), flags=flags)
            for image, matrix in zip(images, matrices, strict=True)
        ]
    ).astype(np.float32)
