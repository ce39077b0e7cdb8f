"""Writes a digit, or something that is none, in any hand that we have.

Three sources: a pen (`pen.py`), handwriting fonts (`fonts.py`), and MNIST's training images made
large again. What comes out is ink alone; `photo.py` puts it on paper and photographs it.
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

# The last 10,000 of the 60,000 training images are what choices are made on.
VALIDATION_IMAGES = 10_000

# How digits are made. MNIST has the smallest share: it is trained on as it is anyway.
PEN, FONT = 0.45, 0.35

SKIPPING = 0.05
"""How often a pen skips, or a threshold has broken what it left."""

THINNEST, FATTEST = 0.012, 0.19
"""Widths of a line by the digit's height: a ballpoint over half a page, a marker on a note."""

NON_DIGITS = {
    "letter": 0.37,
    "sign": 0.13,
    "scribble": 0.07,
    "pair": 0.14,
    "half": 0.08,
    "clothing": 0.08,
    "texture": 0.05,
    "thing": 0.04,
    "lines": 0.04,
}
"""What is to be refused, and how much of each."""

SAFE_HALVES = {0: "tb", 2: "lb", 3: "l", 4: "t", 5: "l", 6: "r", 7: "t", 8: "l", 9: "l"}
"""Halves that no one would read: not the right half of 8, which is a 3 (left right top bottom)."""


@dataclass(frozen=True, slots=True, eq=False)
class Writer:
    """Everything that writing draws on, opened once.

    Attributes:
        hands: the fonts of one split.
        images: MNIST's training images of one split, ten arrays (n, 28, 28), by label.
        clothes: (n, 28, 28), uint8; may be empty.
    """

    hands: tuple[FontFace, ...]
    images: tuple[NDArray[np.uint8], ...]
    clothes: NDArray[np.uint8]

    @classmethod
    def load(cls, split: Split, *, fetched: bool = True) -> Writer:
        """Open one half of every source; the halves share no font and no image.

        Args:
            fetched: also take what has to be fetched, handwriting fonts and clothing. Without
                them letters are in print, in the same fonts for both halves, and nobody is dressed.
        """
        examples = mnist.training_set()
        first = (
            slice(0, -VALIDATION_IMAGES) if split == "train" else slice(-VALIDATION_IMAGES, None)
        )
        glyphs, labels = examples.glyphs[first], examples.labels[first]
        by_label = tuple(glyphs[labels == label] for label in range(10))
        if not fetched:
            return cls(fonts.load_print(), by_label, np.empty((0, 28, 28), np.uint8))
        return cls(fonts.load(split), by_label, fashion_mnist.images()[first])

    def digit(
        self, label: int, height: int, rng: np.random.Generator, style: int | None = None
    ) -> Ink:
        """Write one digit about `height` pixels high; (h, w), uint8, ink 255.

        Args:
            style: a number that stands for one person with one pen; None takes anyone.
        """
        person = rng if style is None else np.random.default_rng(style)
        drawn = self._digit(label, height, rng, person)
        return ink.skip(drawn, rng) if person.random() < SKIPPING else drawn

    def _digit(
        self, label: int, height: int, rng: np.random.Generator, person: np.random.Generator
    ) -> Ink:
        source = person.random()
        if source < PEN:
            return pen.write_digit(label, a_nib(person), height, rng)
        if source < PEN + FONT:
            return self._printed(str(label), height, rng, person)
        glyphs = self.images[label]
        glyph = glyphs[rng.integers(len(glyphs))]
        large = ink.enlarge(glyph, max(round(height * 1.4), 28))
        return ink.trim(_lean(_reweigh(large, person), rng))

    def non_digit(self, height: int, rng: np.random.Generator, *, alone: bool = False) -> Ink:
        """Write something that is to be refused; (h, w), uint8, ink 255.

        Args:
            alone: no two digits side by side, which would be read if they were told apart.
        """
        makers: dict[str, Callable[[], Ink]] = {
            "letter": lambda: self._printed("", height, rng, rng),
            "sign": lambda: pen.write_sign(a_nib(rng), height, rng),
            "scribble": lambda: pen.scribble(a_nib(rng), height, rng),
            "pair": lambda: self._pair(height, rng),
            "half": lambda: self._half(height, rng),
            "clothing": lambda: (self._clothing if len(self.clothes) else texture)(height, rng),
            "texture": lambda: texture(height, rng),
            "thing": lambda: thing(height, rng),
            "lines": lambda: lines(height, rng),
        }
        kind = str(rng.choice(list(NON_DIGITS), p=list(NON_DIGITS.values())))
        return makers["letter" if alone and kind == "pair" else kind]()

    def _printed(
        self, character: str, height: int, rng: np.random.Generator, person: np.random.Generator
    ) -> Ink:
        """Set one character of a person's font; "" for any letter."""
        hand = self.hands[person.integers(len(self.hands))]
        while character and not hand.digits:
            hand = self.hands[person.integers(len(self.hands))]
        drawn = fonts.render(hand.font, character or str(rng.choice(list(hand.letters))))
        drawn = _lean(_reweigh(drawn, person), rng)
        scale = height / max(drawn.shape[0], drawn.shape[1] * 0.6)
        size = (max(1, round(drawn.shape[1] * scale)), max(1, round(drawn.shape[0] * scale)))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        return ink.trim(cv2.resize(drawn, size, interpolation=how).astype(np.uint8))

    def _clothing(self, height: int, rng: np.random.Generator) -> Ink:
        """Hang up a shirt or a shoe, enlarged."""
        piece = self.clothes[rng.integers(len(self.clothes))]
        return ink.to_ink(cv2.resize(piece, (height, height), interpolation=cv2.INTER_CUBIC))

    def _pair(self, height: int, rng: np.random.Generator) -> Ink:
        """Write two digits that touch: what bad cutting gives."""
        left, right = (self.digit(int(rng.integers(10)), height, rng) for _ in range(2))
        both = ink.beside(left, right, int(rng.normal(0, 0.06) * height))
        if rng.random() < 0.2:  # one above the other
            both = np.ascontiguousarray(ink.beside(left.T.copy(), right.T.copy(), 0).T)
        return both

    def _half(self, height: int, rng: np.random.Generator) -> Ink:
        """Cut a digit and keep a part that is none."""
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
        # Anything that narrow may be a 1.
        return part if part.shape[0] < 2 * part.shape[1] else self._printed("", height, rng, rng)


def a_nib(rng: np.random.Generator) -> Nib:
    """Take any pen: hairline to fat, now and then dotted or flat."""
    width = float(np.exp(rng.uniform(np.log(THINNEST), np.log(FATTEST))))
    chance = rng.random()
    return Nib(
        width=width,
        pressure=float(rng.uniform(0, 1)) if rng.random() < 0.4 else 0.0,
        broadness=float(rng.uniform(0.5, 0.85)) if chance < 0.08 else 0.0,
        gap=float(rng.uniform(1.1, 2.2)) if chance > 0.95 and width < 0.08 else 0.0,
        smooth=bool(rng.random() < 0.75),
    )


def texture(height: int, rng: np.random.Generator) -> Ink:
    """Make what a threshold leaves of cloth, wood or noise: (height, w), uint8, blobs of ink."""
    width = max(4, round(height * rng.uniform(0.4, 1.6)))
    sigma = height * float(np.exp(rng.uniform(np.log(0.01), np.log(0.25))))
    noise = cv2.GaussianBlur(rng.normal(size=(height, width)).astype(np.float32), (0, 0), sigma)
    level = np.quantile(noise, rng.uniform(0.3, 0.95))
    if rng.random() < 0.5:
        return ink.to_ink((noise > level) * 255)
    return ink.to_ink((noise - level) / (noise.max() - level + 1e-6) * 255)


def thing(height: int, rng: np.random.Generator) -> Ink:
    """Make what is left of a hand, a cat, a banana: one shaded lump with a smooth outline."""
    side = max(8, height)
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
    lump = 1 - x * x * rng.uniform(1.2, 3.5) - y * y * rng.uniform(1.2, 3.5)
    lump += paper.smooth_noise(side, side, side / rng.uniform(2, 6), rng) * rng.uniform(0.1, 0.5)
    shade = 1 + paper.smooth_noise(side, side, side / rng.uniform(2, 9), rng) * rng.uniform(0, 0.5)
    shape = ink.to_ink((lump > 0.2) * np.clip(shade, 0.15, 1) * 255)
    return ink.lean(shape, float(rng.normal(0, 0.4)), 1.0, float(rng.uniform(-1.5, 1.5)))


def lines(height: int, rng: np.random.Generator) -> Ink:
    """Make bits of ruling and edges of paper: crosses, corners, grids, bars, never one upright."""
    canvas = np.zeros((height, max(4, round(height * rng.uniform(0.7, 1.6)))), np.uint8)
    h, w = canvas.shape
    thick = max(1, round(h * rng.uniform(0.01, 0.12)))
    tilt = rng.normal(0, 0.04) * w
    across = rng.integers(1, 4)
    for y in np.linspace(0.15, 0.85, int(across)) * h + rng.normal(0, 0.05 * h, int(across)):
        cv2.line(canvas, (0, round(y)), (w, round(y + tilt)), 255, thick, cv2.LINE_AA)
    for x in rng.uniform(0.1, 0.9, int(rng.integers(0, 4))) * w:
        cv2.line(canvas, (round(x), 0), (round(x - tilt), h), 255, thick, cv2.LINE_AA)
    if rng.random() < 0.25:  # beyond the edge of the sheet all is dark
        cv2.fillPoly(canvas, [np.array([[0, h], [0, h // 2], [w, round(h * 0.7)], [w, h]])], 255)
    return canvas


def _reweigh(drawn: Ink, rng: np.random.Generator) -> Ink:
    """Write the same with a thinner or a fatter pen."""
    chance = rng.random()
    if chance < 0.35:
        return ink.thin(drawn, float(rng.uniform(0.35, 0.9)))
    if chance < 0.65:
        return ink.thicken(drawn, max(1, round(drawn.shape[0] * rng.uniform(0.01, 0.1))))
    return drawn


def _lean(drawn: Ink, rng: np.random.Generator) -> Ink:
    """Give an upright hand some slant, width and turn."""
    return ink.lean(
        drawn,
        slant=float(rng.normal(0.03, 0.13)),
        stretch=float(np.exp(rng.normal(0, 0.15))),
        turn=float(rng.normal(0, 0.06)),
    )
