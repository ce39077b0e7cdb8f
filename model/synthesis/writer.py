"""A writer of digits and of things that are not digits, in many handwritings.

There are three sources: a pen (`pen.py`), handwriting fonts (`fonts.py`), and MNIST's training
images, enlarged. The result is ink alone; `photo.py` puts it on paper and photographs it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.datasets import fashion_mnist, fonts, mnist
from model.datasets.fonts import FontFace, Split
from model.synthesis import ink, paper, pen
from model.synthesis.pen import Nib
from model.types import Ink

VALIDATION_IMAGES = 10_000
"""The last of the 60,000 training images, which are kept for the split "validation"."""

PEN_FRACTION = 0.45
"""The share of digits written with a pen. MNIST has the smallest share, because its images are in
the training data as they are."""

FONT_FRACTION = 0.35
"""The share of digits set in handwriting fonts; what is left is made from MNIST."""

SKIP_PROBABILITY = 0.05
"""How often strokes are broken, as by a pen that skips or a threshold."""

MIN_LINE_WIDTH = 0.012
"""The width of a line as a share of the digit's height, as of a ballpoint on half a page."""

MAX_LINE_WIDTH = 0.19
"""The width of a line as a share of the digit's height, as of a marker on a small note."""

NON_DIGIT_SHARES = {
    "letter": 0.37,
    "sign": 0.13,
    "scribble": 0.07,
    "pair": 0.14,
    "half": 0.08,
    "clothing": 0.08,
    "texture": 0.05,
    "object": 0.04,
    "lines": 0.04,
}
"""The kinds of things that are not digits, and the share of each."""

SAFE_HALVES = {0: "tb", 2: "lb", 3: "l", 4: "t", 5: "l", 6: "r", 7: "t", 8: "l", 9: "l"}
"""The halves (left, right, top, bottom) of each digit that nobody would read as another digit."""


@dataclass(frozen=True, slots=True, eq=False)
class Writer:
    """The sources of handwriting, loaded once.

    Attributes:
        faces: the font faces of one split.
        images: MNIST's training images of one split, ten arrays (n, 28, 28) uint8, by label.
        clothes: (n, 28, 28), uint8, images of Fashion-MNIST; may be empty.
    """

    faces: tuple[FontFace, ...]
    images: tuple[NDArray[np.uint8], ...]
    clothes: NDArray[np.uint8]

    @classmethod
    def load(cls, split: Split, *, use_downloads: bool = True) -> Writer:
        """Load one split of every source; the splits share no font and no image.

        Args:
            split: "train" or "validation".
            use_downloads: also use handwriting fonts and clothing, which must be downloaded.
                Without them, both splits set letters in the same printed fonts.

        Raises:
            DatasetUnavailable: a source could not be fetched; the message says what was tried.
        """
        examples = mnist.training_set()
        first = (
            slice(0, -VALIDATION_IMAGES) if split == "train" else slice(-VALIDATION_IMAGES, None)
        )
        glyphs, labels = examples.glyphs[first], examples.labels[first]
        by_label = tuple(glyphs[labels == label] for label in range(10))
        if not use_downloads:
            return cls(fonts.load_print(), by_label, np.empty((0, 28, 28), np.uint8))
        return cls(fonts.load(split), by_label, fashion_mnist.images()[first])

    def digit(
        self, label: int, height: int, rng: np.random.Generator, style: int | None = None
    ) -> Ink:
        """Write one digit about `height` pixels high; (h, w), uint8, ink 255.

        Args:
            style: a number that stands for one person with one pen; None chooses at random.
        """
        person = rng if style is None else np.random.default_rng(style)
        drawn = self._digit(label, height, rng, person)
        return ink.skip(drawn, rng) if person.random() < SKIP_PROBABILITY else drawn

    def _digit(
        self, label: int, height: int, rng: np.random.Generator, person: np.random.Generator
    ) -> Ink:
        source = person.random()
        if source < PEN_FRACTION:
            return pen.write_digit(label, random_nib(person), height, rng)
        if source < PEN_FRACTION + FONT_FRACTION:
            return self._printed(str(label), height, rng, person)
        glyphs = self.images[label]
        glyph = glyphs[rng.integers(len(glyphs))]
        large = ink.enlarge(glyph, max(round(height * 1.4), 28))
        return ink.trim(_lean(_reweigh(large, person), rng))

    def non_digit(self, height: int, rng: np.random.Generator, *, alone: bool = False) -> Ink:
        """Write something that is not a digit; (h, w), uint8, ink 255.

        Args:
            alone: leave out pairs of digits, which may be read if they are separated.
        """
        makers: dict[str, Callable[[], Ink]] = {
            "letter": lambda: self._printed("", height, rng, rng),
            "sign": lambda: pen.write_sign(random_nib(rng), height, rng),
            "scribble": lambda: pen.scribble(random_nib(rng), height, rng),
            "pair": lambda: self._pair(height, rng),
            "half": lambda: self._half(height, rng),
            "clothing": lambda: (self._clothing if len(self.clothes) else texture)(height, rng),
            "texture": lambda: texture(height, rng),
            "object": lambda: object_silhouette(height, rng),
            "lines": lambda: lines(height, rng),
        }
        kind = str(rng.choice(list(NON_DIGIT_SHARES), p=list(NON_DIGIT_SHARES.values())))
        return makers["letter" if alone and kind == "pair" else kind]()

    def _printed(
        self, character: str, height: int, rng: np.random.Generator, person: np.random.Generator
    ) -> Ink:
        """Set one character in a person's font, or any letter for ""."""
        face = self.faces[person.integers(len(self.faces))]
        while character and not face.digits:
            face = self.faces[person.integers(len(self.faces))]
        drawn = fonts.render(face.font, character or str(rng.choice(list(face.letters))))
        drawn = _lean(_reweigh(drawn, person), rng)
        scale = height / max(drawn.shape[0], drawn.shape[1] * 0.6)
        size = (max(1, round(drawn.shape[1] * scale)), max(1, round(drawn.shape[0] * scale)))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        return ink.trim(cv2.resize(drawn, size, interpolation=how).astype(np.uint8))

    def _clothing(self, height: int, rng: np.random.Generator) -> Ink:
        """Take an image of clothing, enlarged: (h, w), uint8."""
        piece = self.clothes[rng.integers(len(self.clothes))]
        return ink.to_ink(cv2.resize(piece, (height, height), interpolation=cv2.INTER_CUBIC))

    def _pair(self, height: int, rng: np.random.Generator) -> Ink:
        """Write two digits that touch, as in a crop that should have been split."""
        left, right = (self.digit(int(rng.integers(10)), height, rng) for _ in range(2))
        both = ink.beside(left, right, int(rng.normal(0, 0.06) * height))
        if rng.random() < 0.2:  # one above the other
            both = np.ascontiguousarray(ink.beside(left.T.copy(), right.T.copy(), 0).T)
        return both

    def _half(self, height: int, rng: np.random.Generator) -> Ink:
        """Write half of a digit that cannot be read as another one."""
        label = int(rng.choice(list(SAFE_HALVES)))
        whole = ink.trim(self.digit(label, height, rng))
        h, w = whole.shape
        share = rng.uniform(0.4, 0.55)
        match str(rng.choice(list(SAFE_HALVES[label]))):
            case "l":
                part = whole[:, : round(w * share)]
            case "r":
                part = whole[:, -round(w * share) :]
            case "t":
                part = whole[: round(h * share * 0.8)]
            case _:
                part = whole[-round(h * share * 0.8) :]
        part = ink.trim(np.ascontiguousarray(part))
        # A narrower part may be read as a 1.
        return part if part.shape[0] < 2 * part.shape[1] else self._printed("", height, rng, rng)


def random_nib(rng: np.random.Generator) -> Nib:
    """Choose any nib, from a hairline to a marker, sometimes dotted or flat."""
    width = float(np.exp(rng.uniform(np.log(MIN_LINE_WIDTH), np.log(MAX_LINE_WIDTH))))
    chance = rng.random()
    return Nib(
        width=width,
        pressure=float(rng.uniform(0, 1)) if rng.random() < 0.4 else 0.0,
        broadness=float(rng.uniform(0.5, 0.85)) if chance < 0.08 else 0.0,
        gap=float(rng.uniform(1.1, 2.2)) if chance > 0.95 and width < 0.08 else 0.0,
        smooth=bool(rng.random() < 0.75),
    )


def texture(height: int, rng: np.random.Generator) -> Ink:
    """Make blobs as a threshold leaves of cloth, wood or noise: (height, w), uint8, ink 255."""
    width = max(4, round(height * rng.uniform(0.4, 1.6)))
    sigma = height * float(np.exp(rng.uniform(np.log(0.01), np.log(0.25))))
    noise = cv2.GaussianBlur(rng.normal(size=(height, width)).astype(np.float32), (0, 0), sigma)
    level = np.quantile(noise, rng.uniform(0.3, 0.95))
    if rng.random() < 0.5:
        return ink.to_ink((noise > level) * 255)
    return ink.to_ink((noise - level) / (noise.max() - level + 1e-6) * 255)


def object_silhouette(height: int, rng: np.random.Generator) -> Ink:
    """Make one shaded lump with a smooth outline, as binarization leaves of a hand or a cat."""
    side = max(8, height)
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
    lump = 1 - x * x * rng.uniform(1.2, 3.5) - y * y * rng.uniform(1.2, 3.5)
    lump += paper.smooth_noise(side, side, side / rng.uniform(2, 6), rng) * rng.uniform(0.1, 0.5)
    shade = 1 + paper.smooth_noise(side, side, side / rng.uniform(2, 9), rng) * rng.uniform(0, 0.5)
    shape = ink.to_ink((lump > 0.2) * np.clip(shade, 0.15, 1) * 255)
    return ink.lean(shape, float(rng.normal(0, 0.4)), 1.0, float(rng.uniform(-1.5, 1.5)))


def lines(height: int, rng: np.random.Generator) -> Ink:
    """Make parts of rulings and edges of paper: crosses, corners, grids, no upright bar alone."""
    canvas = np.zeros((height, max(4, round(height * rng.uniform(0.7, 1.6)))), np.uint8)
    h, w = canvas.shape
    thick = max(1, round(h * rng.uniform(0.01, 0.12)))
    tilt = rng.normal(0, 0.04) * w
    across = rng.integers(1, 4)
    for y in np.linspace(0.15, 0.85, int(across)) * h + rng.normal(0, 0.05 * h, int(across)):
        cv2.line(canvas, (0, round(y)), (w, round(y + tilt)), 255, thick, cv2.LINE_AA)
    for x in rng.uniform(0.1, 0.9, int(rng.integers(0, 4))) * w:
        cv2.line(canvas, (round(x), 0), (round(x - tilt), h), 255, thick, cv2.LINE_AA)
    if rng.random() < 0.25:  # the dark table beyond the edge of a sheet
        cv2.fillPoly(canvas, [np.array([[0, h], [0, h // 2], [w, round(h * 0.7)], [w, h]])], 255)
    return canvas


def _reweigh(drawn: Ink, rng: np.random.Generator) -> Ink:
    """Make the strokes thinner or wider, as with another pen."""
    chance = rng.random()
    if chance < 0.35:
        return ink.thin(drawn, float(rng.uniform(0.35, 0.9)))
    if chance < 0.65:
        return ink.thicken(drawn, max(1, round(drawn.shape[0] * rng.uniform(0.01, 0.1))))
    return drawn


def _lean(drawn: Ink, rng: np.random.Generator) -> Ink:
    """Slant, stretch and turn upright writing a little."""
    return ink.lean(
        drawn,
        slant=float(rng.normal(0.03, 0.13)),
        stretch=float(np.exp(rng.normal(0, 0.15))),
        turn=float(rng.normal(0, 0.06)),
    )
