"""A writer of digits and of things that are not digits, in many handwritings and in print.

There are five sources: a pen (`pen.py`), handwriting fonts and printed fonts (`fonts.py`), displays
(`displays.py`), and MNIST's training images, enlarged. The result is ink alone; `photo.py` puts it
on paper and photographs it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.datasets import fashion_mnist, fonts, mnist
from model.datasets.fonts import FontFace, Split
from model.synthesis import ink, pen
from model.synthesis.pen import Nib
from model.synthesis.shapes import clutter, displays
from model.types import Ink

VALIDATION_IMAGES = 10_000
"""The last of the 60,000 training images, which are kept for the split "validation"."""

DIGIT_SHARES = {"pen": 0.42, "handwriting": 0.26, "print": 0.12, "display": 0.06, "mnist": 0.14}
"""The share of digits from each source. MNIST has a small share, because its images are in the
training data as they are."""

SEVEN_SEGMENT_FRACTION = 0.7
"""The share of displays that have seven segments; the others have a matrix of dots."""

PRINTED_LETTER_FRACTION = 0.25
"""The share of letters that are printed and not handwritten."""

SKIP_PROBABILITY = 0.05
"""How often strokes are broken, as by a pen that skips or a threshold."""

MIN_LINE_WIDTH = 0.012
"""The width of a line as a share of the digit's height, as of a ballpoint on half a page."""

MAX_LINE_WIDTH = 0.19
"""The width of a line as a share of the digit's height, as of a marker on a small note."""

NON_DIGIT_SHARES = {
    "letter": 0.26,
    "sign": 0.18,
    "scribble": 0.05,
    "pair": 0.14,
    "half": 0.07,
    "clothing": 0.05,
    "texture": 0.04,
    "silhouette": 0.04,
    "lines": 0.03,
    "box piece": 0.05,
    "framed": 0.03,
    "symbol": 0.05,
    "disc": 0.01,
}
"""The kinds of things that are not digits, and the share of each."""

SAFE_HALVES = {0: "tb", 2: "lb", 3: "l", 4: "t", 5: "l", 6: "r", 7: "t", 8: "l", 9: "l"}
"""The halves (left, right, top, bottom) of each digit that nobody would read as another digit."""


@dataclass(frozen=True, slots=True, eq=False)
class Writer:
    """The sources of handwriting, loaded once.

    Attributes:
        faces: the handwriting fonts of one split.
        printed: the printed fonts of one split.
        symbols: a font of symbols that are not digits.
        images: MNIST's training images of one split, ten arrays (n, 28, 28) uint8, by label.
        clothes: (n, 28, 28), uint8, images of Fashion-MNIST; may be empty.
    """

    faces: tuple[FontFace, ...]
    printed: tuple[FontFace, ...]
    symbols: FontFace
    images: tuple[NDArray[np.uint8], ...]
    clothes: NDArray[np.uint8]

    @classmethod
    def load(cls, split: Split, *, use_downloads: bool = True) -> Writer:
        """Load one split of every source; the splits share no font and no image.

        Args:
            split: "train" or "validation".
            use_downloads: also use fonts and clothing that must be downloaded. Without them, both
                splits have the same few printed fonts.

        Raises:
            DatasetUnavailable: a source could not be fetched; the message says what was tried.
        """
        examples = mnist.training_set()
        first = (
            slice(0, -VALIDATION_IMAGES) if split == "train" else slice(-VALIDATION_IMAGES, None)
        )
        glyphs, labels = examples.glyphs[first], examples.labels[first]
        by_label = tuple(glyphs[labels == label] for label in range(10))
        symbols = fonts.load_symbols(split)
        if not use_downloads:
            substitutes = fonts.load_substitutes()
            no_clothes = np.empty((0, 28, 28), np.uint8)
            return cls(substitutes, substitutes, symbols, by_label, no_clothes)
        handwriting, printed = (fonts.load(name, split) for name in ("handwriting", "printed"))
        return cls(handwriting, printed, symbols, by_label, fashion_mnist.images()[first])

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
        match str(person.choice(list(DIGIT_SHARES), p=list(DIGIT_SHARES.values()))):
            case "pen":
                return pen.write_digit(label, random_nib(person), height, rng)
            case "handwriting":
                return _typeset(_with_digits(self.faces, person), str(label), height, rng, person)
            case "print":
                return _typeset(_with_digits(self.printed, person), str(label), height, rng, person)
            case "display":
                seed = int(person.integers(2**32))  # all digits of a display look alike
                return _display(label, height, np.random.default_rng(seed))
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
            "letter": lambda: self._letter(height, rng),
            "sign": lambda: pen.write_sign(random_nib(rng), height, rng),
            "scribble": lambda: pen.scribble(random_nib(rng), height, rng),
            "pair": lambda: self._pair(height, rng),
            "half": lambda: self._half(height, rng),
            "clothing": lambda: (self._clothing if len(self.clothes) else clutter.texture)(
                height, rng
            ),
            "texture": lambda: clutter.texture(height, rng),
            "silhouette": lambda: clutter.silhouette(height, rng),
            "lines": lambda: clutter.lines(height, rng),
            "box piece": lambda: clutter.box_piece(height, rng),
            "framed": lambda: clutter.framed(self.digit(int(rng.integers(10)), height, rng), rng),
            "symbol": lambda: _typeset(
                self.symbols, str(rng.choice(list(self.symbols.letters))), height, rng, rng
            ),
            "disc": lambda: clutter.disc(height, rng),
        }
        kind = str(rng.choice(list(NON_DIGIT_SHARES), p=list(NON_DIGIT_SHARES.values())))
        return makers["letter" if alone and kind == "pair" else kind]()

    def _letter(self, height: int, rng: np.random.Generator) -> Ink:
        """Set a letter or a sign in any handwriting or in print: (h, w), uint8."""
        faces = self.printed if rng.random() < PRINTED_LETTER_FRACTION else self.faces
        face = faces[rng.integers(len(faces))]
        return _typeset(face, str(rng.choice(list(face.letters))), height, rng, rng)

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
        return part if part.shape[0] < 2 * part.shape[1] else self._letter(height, rng)


def _with_digits(faces: tuple[FontFace, ...], rng: np.random.Generator) -> FontFace:
    """Choose a font that has digits."""
    with_digits = [face for face in faces if face.digits]
    return with_digits[rng.integers(len(with_digits))]


def _typeset(
    face: FontFace,
    character: str,
    height: int,
    rng: np.random.Generator,
    person: np.random.Generator,
) -> Ink:
    """Set one character in a font, about `height` pixels high: (h, w), uint8."""
    drawn = fonts.render(face.font, character)
    drawn = _lean(_reweigh(drawn, person), rng)
    scale = height / max(drawn.shape[0], drawn.shape[1] * 0.6)
    size = (max(1, round(drawn.shape[1] * scale)), max(1, round(drawn.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return ink.trim(cv2.resize(drawn, size, interpolation=how).astype(np.uint8))


def _display(label: int, height: int, rng: np.random.Generator) -> Ink:
    """Show a digit on a display: (h, w), uint8."""
    if rng.random() < SEVEN_SEGMENT_FRACTION:
        return displays.seven_segment(label, height, rng)
    return displays.dot_matrix(label, height, rng)


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
