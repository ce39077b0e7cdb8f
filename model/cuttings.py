"""Labelled glyphs, from ink alone or cut out of simulated photos.

Ink is quick, about a thousand glyphs a second; photos are a tenth of that, and are what the
recogniser will meet: the softness, the gaps and the dirt that `vision` leaves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model import ink, photo, vision
from model.mnist import Examples
from model.pen import Ink
from model.reading import Box, Glyph
from model.simulation import NOT_A_DIGIT, Photo, a_photo
from model.vision.cut import cut
from model.writing import Writer

# Heights of the digit in the picture, in pixels: 28×28 drawings to a sheet held close.
SMALLEST, LARGEST = 14, 150

# A cutting and a sign are the same thing where their boxes share this much of what both cover.
SAME = 0.55

# Under this share of signs in it a cutting is dirt, ruling or shadow.
DIRT = 0.05

# Noise may be cut into hundreds of specks; one photo adds no more of them than this.
SPECKS = 4

# Dirt that is as narrow as this may look like a 1, and is kept out of what is to be refused.
UPRIGHT = 2.2


def from_ink(writer: Writer, count: int, rng: np.random.Generator, *, are_digits: bool) -> Examples:
    """Make `count` glyphs straight from ink; all digits, evenly spread, or all none.

    Returns:
        glyphs (count, 28, 28) uint8; labels (count,) int64, 0–9 or -1.
    """
    glyphs = np.empty((count, 28, 28), np.uint8)
    labels = np.full(count, NOT_A_DIGIT, np.int64)
    made = 0
    while made < count:
        height = round(float(np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST)))))
        label = made % 10 if are_digits else NOT_A_DIGIT
        written = writer.digit(label, height, rng) if are_digits else writer.non_digit(height, rng)
        glyph = cut(_worn(written, rng))
        if glyph.any():  # wear may take all of a hairline
            glyphs[made], labels[made] = glyph, label
            made += 1
    return Examples(glyphs, labels)


def from_photos(
    writer: Writer, count: int, rng: np.random.Generator, *, are_digits: bool
) -> Examples:
    """Make photos and cut until there are `count` glyphs; all digits, or all none.

    Returns:
        glyphs (count, 28, 28) uint8; labels (count,) int64, 0–9 or -1.
    """
    glyphs: list[Glyph] = []
    labels: list[int] = []
    while len(labels) < count:
        taken = a_photo(writer, rng, are_digits=are_digits)
        for glyph, label in cut_out(taken):
            if (label != NOT_A_DIGIT) == are_digits:
                glyphs.append(glyph)
                labels.append(label)
    return Examples(np.stack(glyphs[:count]), np.array(labels[:count], np.int64))


def cut_out(taken: Photo) -> list[tuple[Glyph, int]]:
    """Let `vision` find what it finds, and say what each cutting is.

    A cutting that holds two signs, or nothing that was written, is not a digit. One that holds a
    part of a sign might be taken for either, and is left out.
    """
    pixels = photo.decode(taken.data).pixels
    found = []
    specks = 0
    for glyph, box in vision.look(pixels):
        shared = [_shared(box, other) for other in taken.boxes]
        within = sum(
            share > 0.5 * other.width * other.height
            for share, other in zip(shared, taken.boxes, strict=True)
        )
        area = box.width * box.height
        if within > 1:
            found.append((glyph, NOT_A_DIGIT))
        elif sum(shared) < DIRT * area:
            specks += 1
            if specks <= SPECKS and box.height < UPRIGHT * box.width:
                found.append((glyph, NOT_A_DIGIT))
        else:
            best = int(np.argmax(shared))
            other = taken.boxes[best]
            if shared[best] > SAME * (area + other.width * other.height - shared[best]):
                found.append((glyph, taken.labels[best]))
    return found


def _shared(box: Box, other: Box) -> int:
    """Pixels that two boxes have in common."""
    width = min(box.x + box.width, other.x + other.width) - max(box.x, other.x)
    height = min(box.y + box.height, other.y + other.height) - max(box.y, other.y)
    return max(width, 0) * max(height, 0)


def _worn(written: Ink, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Do to ink what a camera and a threshold would have done, at a fraction of the time."""
    height = written.shape[0]
    if rng.random() < 0.2:
        # A pit as large as a line is wide would eat the line.
        most = 0.9 if height > 60 else 0.5
        written = ink.wear(written, float(rng.uniform(0.2, most)), int(rng.integers(1, 4)), rng)
    if rng.random() < 0.6:
        written = ink.soften(written, float(rng.uniform(0.3, 0.4 + 0.03 * height)))
    if rng.random() < 0.4:
        # Below the brightness of most ink, so that faint lines survive beside dark crossings.
        usual = float(np.median(written[written > 30])) if (written > 30).any() else 60.0
        written = ink.resharpen(written, int(rng.uniform(20, max(0.75 * usual, 21))))
    return written
