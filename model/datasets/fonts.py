"""Handwriting fonts: digits in other handwriting than MNIST's, and letters to refuse.

`handwriting_fonts/` names the fonts with their versions, licences and hashes, in the files that npm
reads; the fonts are not part of the project. `npm ci` downloads them from the registry that npm is
set up for, checks every hash, and runs no code of theirs. They are kept beside MNIST.

>>> from model.datasets import fonts
>>> faces = fonts.load("train")
>>> fonts.render(faces[0].font, "7").shape
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
"""Fonts that are trained on, and fonts that choices are made and models are measured on."""

LOCK = Path(__file__).parent / "handwriting_fonts" / "package-lock.json"
"""The list of fonts, with versions, licences and hashes."""

NPM_SECONDS = 300
"""Time limit of npm: 30 MB at 100 kB/s. npm itself tries again twice."""

FONT_SIZE = 96
"""Height in pixels at which characters are drawn before they are scaled: four times the 20 of a
glyph."""

VALIDATION_FONTS = (
    "architects-daughter",
    "covered-by-your-grace",
    "gaegu",
    "indie-flower",
    "nothing-you-could-do",
    "patrick-hand",
    "reenie-beanie",
    "zeyada",
)
"""Fonts that are never trained on: two neat, three quick, one bold, two thin."""

PRINT_FONTS = (
    "DejaVuSans",
    "DejaVuSans-Oblique",
    "DejaVuSerif",
    "DejaVuSerif-Italic",
    "DejaVuSansMono",
)
"""Matplotlib's fonts, in place of handwriting if nothing may be downloaded."""

LETTERS = {
    # Without those that somebody writes like a digit: b 6, D O o Q 0, G 6, g q 9, I i l | ! / 1,
    # S s 5, Z z 2, y 4, B & 8, { 3, $ 5, ( ) ' ] 1, > 7.
    "latin": "ACEFHJKLMNPRTUVWXYacdefhjkmnprtuvwx?#*+=%@<~-^_€:;",
    "greek": "αβγεζηκλμξπτυχψωΓΔΛΞΠΣΨΩ",
    "cyrillic": "ЖИДЛФШЩЮжфюыкмншл",
    "thai": "กขคชฎณดตถทนบปผฝพฟภมยศสหฮ",
    "korean": "가나다라마바사한글무요",
}
"""The characters of each script that are to be refused."""

ORNATE_FONTS = (
    "cedarville-cursive",
    "crafty-girls",
    "dawning-of-a-new-day",
    "homemade-apple",
    "la-belle-aurore",
    "playwrite-mx",
)
"""Fonts whose capitals curl into digits: an L like 2, an F like 7, an f like 8."""

ORNATE_LETTERS = "acdehkmnpuvwx#*+=%@"
"""The characters of these fonts that are to be refused."""

WEIGHTS = ("400", "700")
"""The regular and the bold weight of each font; other widths of pens are made from them."""


class FontFace(NamedTuple):
    """One weight of one font.

    Attributes:
        font: opened at `FONT_SIZE`.
        digits: "0123456789", or "" for a file of another script.
        letters: the characters to refuse.
    """

    font: ImageFont.FreeTypeFont
    digits: str
    letters: str


class Source(NamedTuple):
    """A font in the list."""

    name: str
    version: str
    licence: str


def sources() -> tuple[Source, ...]:
    """Return the fonts in the list; reads nothing else."""
    packages = json.loads(LOCK.read_text(encoding="utf-8"))["packages"]
    return tuple(
        Source(path.rpartition("/")[2], package["version"], package["license"])
        for path, package in sorted(packages.items())
        if path
    )


def load(split: Split) -> tuple[FontFace, ...]:
    """Open the fonts of one split; downloads them the first time.

    Raises:
        DatasetUnavailable: says what was tried.
    """
    folder = cache_folder()
    if not folder.exists():
        _fetch(folder)
    faces = []
    for source in sources():
        if (source.name in VALIDATION_FONTS) != (split == "validation"):
            continue
        for path in sorted((folder / source.name).glob("*.woff")):
            # A file is called caveat-latin-400-normal.woff.
            script = path.stem.removeprefix(f"{source.name}-").split("-")[0]
            font = ImageFont.truetype(path, FONT_SIZE, layout_engine=ImageFont.Layout.BASIC)
            digits = "0123456789" if script == "latin" else ""
            letters = ORNATE_LETTERS if source.name in ORNATE_FONTS else LETTERS[script]
            faces.append(FontFace(font, digits, letters))
    return tuple(faces)


def load_print() -> tuple[FontFace, ...]:
    """Open Matplotlib's fonts: print instead of handwriting, but nothing to download."""
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    letters = LETTERS["latin"] + LETTERS["greek"]
    return tuple(
        FontFace(ImageFont.truetype(folder / f"{name}.ttf", FONT_SIZE), "0123456789", letters)
        for name in PRINT_FONTS
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
