"""Handwriting fonts: digits in other hands than MNIST's, and letters to refuse.

The fonts are named, with their versions, licences and hashes, in `handwriting_fonts/`, which is
what npm needs to fetch them; none of them is part of the project. `npm ci` takes them from
whatever registry npm is set up for, checks every hash, and runs nothing of theirs. They are kept
beside MNIST, in a folder that is whole or absent.

>>> from model import fonts
>>> hands = fonts.load("train")
>>> fonts.render(hands[0].font, "7").shape
(61, 42)
"""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

import matplotlib
import numpy as np
from PIL import ImageFont

from model.datasets import download
from model.errors import DatasetUnavailable
from model.files import atomic_directory
from model.types import Ink

Split = Literal["train", "validation"]

LOCK = Path(__file__).parent / "handwriting_fonts" / "package-lock.json"

# 30 MB at 100 kB/s; npm itself tries again twice.
NPM_SECONDS = 300

# Drawn once at this size, in pixels, and scaled from there: four times a glyph's 20 pixels.
SIZE = 96

HELD_OUT = (
    "architects-daughter",
    "covered-by-your-grace",
    "gaegu",
    "indie-flower",
    "nothing-you-could-do",
    "patrick-hand",
    "reenie-beanie",
    "zeyada",
)
"""Hands that are measured and never learnt from: two neat, three quick, one fat, two thin."""

PRINTED = (
    "DejaVuSans",
    "DejaVuSans-Oblique",
    "DejaVuSerif",
    "DejaVuSerif-Italic",
    "DejaVuSansMono",
)
"""What stands in for handwriting where nothing can be fetched."""

LETTERS = {
    # Without what some hand writes as it writes a digit: b 6, D O o Q 0, G 6, g q 9, I i l | ! / 1,
    # S s 5, Z z 2, y 4, B & 8, { 3, $ 5, ( ) ' ] 1, > 7.
    "latin": "ACEFHJKLMNPRTUVWXYacdefhjkmnprtuvwx?#*+=%@<~-^_€:;",
    "greek": "αβγεζηκλμξπτυχψωΓΔΛΞΠΣΨΩ",
    "cyrillic": "ЖИДЛФШЩЮжфюыкмншл",
    "thai": "กขคชฎณดตถทนบปผฝพฟภมยศสหฮ",
    "korean": "가나다라마바사한글무요",
}
"""What each script offers to refuse."""

FLOURISHED = (
    "cedarville-cursive",
    "crafty-girls",
    "dawning-of-a-new-day",
    "homemade-apple",
    "la-belle-aurore",
    "playwrite-mx",
)
"""Fonts whose capitals curl into digits: an L like 2, an F like 7, an f like 8."""

UNMISTAKABLE = "acdehkmnpuvwx#*+=%@"
"""What even those have to refuse."""

WEIGHTS = ("400", "700")
"""The regular and the bold of each font; pens of other widths are made from them."""


class Hand(NamedTuple):
    """One weight of one font.

    Attributes:
        font: opened at `SIZE`.
        digits: "0123456789", or "" for a file that holds another script.
        letters: the characters to refuse.
    """

    font: ImageFont.FreeTypeFont
    digits: str
    letters: str


class Source(NamedTuple):
    """A font as the README names it."""

    name: str
    version: str
    licence: str


def sources() -> tuple[Source, ...]:
    """What is used, by name, version and licence; read from the lock file alone."""
    packages = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    return tuple(
        Source(path.rpartition("/")[2], package["version"], package["license"])
        for path, package in sorted(packages.items())
        if path
    )


def load(split: Split) -> tuple[Hand, ...]:
    """Open the fonts of one half; fetches them the first time.

    Raises:
        DatasetUnavailable: says what was tried.
    """
    folder = cache_folder()
    if not folder.exists():
        _fetch(folder)
    hands = []
    for source in sources():
        if (source.name in HELD_OUT) != (split == "validation"):
            continue
        for path in sorted((folder / source.name).glob("*.woff")):
            # A file is called caveat-latin-400-normal.woff.
            script = path.stem.removeprefix(f"{source.name}-").split("-")[0]
            font = ImageFont.truetype(path, SIZE, layout_engine=ImageFont.Layout.BASIC)
            digits = "0123456789" if script == "latin" else ""
            letters = UNMISTAKABLE if source.name in FLOURISHED else LETTERS[script]
            hands.append(Hand(font, digits, letters))
    return tuple(hands)


def printed() -> tuple[Hand, ...]:
    """Open the fonts that come with Matplotlib: print, not handwriting, but nothing to fetch."""
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    letters = LETTERS["latin"] + LETTERS["greek"]
    return tuple(
        Hand(ImageFont.truetype(folder / f"{name}.ttf", SIZE), "0123456789", letters)
        for name in PRINTED
    )


def render(font: ImageFont.FreeTypeFont, character: str) -> Ink:
    """Draw one character: (h, w), uint8, 0 paper … 255 ink, at least 1 × 1."""
    mask = font.getmask(character, mode="L")
    width, height = mask.size
    if not width or not height:
        return np.zeros((1, 1), np.uint8)
    return np.asarray(mask, np.uint8).reshape(height, width)


def cache_folder() -> Path:
    """Return where the fonts are kept; another list of fonts has another folder."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    return download.cache_folder() / f"handwriting-fonts-{digest}"


def _fetch(folder: Path) -> None:
    """Let npm fetch and check the packages; keep the fonts that are used, and the licences."""
    npm = shutil.which("npm")
    if npm is None:
        raise DatasetUnavailable(
            "Expected npm on the PATH, to fetch the handwriting fonts with: it comes with Node.js."
        )
    with tempfile.TemporaryDirectory(prefix="fonts-") as temporary:
        packages = Path(temporary)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(LOCK.with_name(name), packages)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
        try:
            download.run(command, seconds=NPM_SECONDS, folder=packages)
        except (OSError, subprocess.SubprocessError) as error:
            # npm names the error first; what it says last is where its log is.
            output = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[0]
            raise DatasetUnavailable(
                f"The handwriting fonts are not in {folder} and could not be fetched. "
                f"Tried npm ci with {LOCK}: {output}"
            ) from error
        try:
            with atomic_directory(folder) as partial:
                _copy_fonts(packages, partial)
        except OSError:
            # Another process was faster; its folder passed the same checks.
            if not folder.exists():
                raise


def _copy_fonts(packages: Path, folder: Path) -> None:
    """Copy the files that are used out of npm's folder."""
    for source in sources():
        package = packages / "node_modules" / "@fontsource" / source.name
        kept = folder / source.name
        kept.mkdir()
        shutil.copy(package / "LICENSE", kept)
        for script, weight in itertools.product(LETTERS, WEIGHTS):
            file = package / "files" / f"{source.name}-{script}-{weight}-normal.woff"
            if file.exists():
                shutil.copy(file, kept)
