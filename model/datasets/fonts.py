"""Fonts: digits in other handwriting than MNIST's and in print, letters and symbols to refuse.

`handwriting_fonts/` and `printed_fonts/` name the fonts with their versions, licences and hashes,
in the files that npm reads; the fonts are not part of the project. `npm ci` downloads them from the
registry that npm is set up for, checks every hash, and runs no code of theirs. They are kept beside
MNIST.

>>> from model.datasets import fonts
>>> faces = fonts.load("handwriting", "train")
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

LOCKS = {
    name: Path(__file__).parent / f"{name}_fonts" / "package-lock.json"
    for name in ("handwriting", "printed")
}
"""The lists of fonts, with versions, licences and hashes."""

NPM_SECONDS = 600
"""Time limit of npm for one list: 50 MB at 100 kB/s. npm itself tries again twice."""

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
    "archivo-narrow",
    "jetbrains-mono",
    "old-standard-tt",
    "quantico",
    "source-serif-4",
    "work-sans",
)
"""Fonts that are never trained on. Handwriting: two neat, three quick, one bold, two thin. Print:
two with serifs, two without, one for programs, one narrow."""

SUBSTITUTE_FONTS = (
    "DejaVuSans",
    "DejaVuSans-Oblique",
    "DejaVuSerif",
    "DejaVuSerif-Italic",
    "DejaVuSansMono",
)
"""Matplotlib's fonts, in place of those in the lists if nothing may be downloaded."""

SYMBOL_FONT = "DejaVuSans"
"""One of Matplotlib's fonts, which has symbols as people use them for icons."""

SYMBOLS = (
    # Without those that look like a digit: a circle or a box 0, ♀ 8, ♭ 6, ♩ ♪ ❘ 1.
    "♔♕♖♗♘♙♚♛♜♝♞♟★☆☀☁☂☃☎☏☑☒☘☚☛☜☝☞☟☠☢☣☤☥☦☧☨☩☪☫☬☭☮☯☹☺☻☼♠♡♢♣♤♥♦♧♬♮♯♰♱♲♳♻♼♾⚀⚁⚂⚃⚄⚅⚐⚑⚒⚓⚔⚕⚖⚗⚘⚙⚚⚛⚜⚠"
    "✁✂✃✄✆✇✈✉✌✍✎✏✐✑✒✓✔✕✖✗✘✙✚✛✜✝✞✟✠✡✢✣✤✥✦✧✩✪✫✬✭✮✯✰✱✲✳✴✵✶✷✸✹✺✻✼✽✾✿❀❁❂❃❄❅❆❇❈❉❊❋❖❤❥❦❧"
    "➔➘➙➚➛➜➝➞▲▼◀▶◆●■◐◑◒◓◢◣◥◪◭◰◱◲◳⌂⌘⌨√∑±÷×≈≠∆∇∈∉∋∩∪⊂⊃"
)
"""Chess pieces, dingbats, arrows, filled shapes and operators, which are to be refused."""

VALIDATION_SYMBOL_STEP = 5
"""Every fifth symbol is kept for the split "validation"."""

LETTERS = {
    # Without those that somebody writes like a digit: b 6, D O o Q 0, G 6, g q 9, I i l | ! / 1,
    # S s 5, Z z 2, y 4, B & 8, { 3, $ 5, ( ) ' ] 1, > 7. ^ Λ Л л are 1, too, with an upstroke
    # that is as long as the stem.
    "latin": "ACEFHJKLMNPRTUVWXYacdefhjkmnprtuvwx?#*+=%@<~-_€:;£÷×±[",
    "greek": "αβγεζηκλμξπτυχψωΓΔΞΠΣΨΩ",
    "cyrillic": "ЖИДФШЩЮжфюыкмнш",
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


def sources(name: str) -> tuple[Source, ...]:
    """Return the fonts of the list "handwriting" or "printed"; reads nothing else."""
    packages = json.loads(LOCKS[name].read_text(encoding="utf-8"))["packages"]
    return tuple(
        Source(path.rpartition("/")[2], package["version"], package["license"])
        for path, package in sorted(packages.items())
        if path
    )


def load(name: str, split: Split) -> tuple[FontFace, ...]:
    """Open the fonts of one list and one split; downloads them the first time.

    Args:
        name: "handwriting" or "printed".
        split: the splits share no font.

    Raises:
        DatasetUnavailable: says what was tried.
    """
    folder = cache_folder(name)
    if not folder.exists():
        _fetch(name, folder)
    faces = []
    for source in sources(name):
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


def load_substitutes() -> tuple[FontFace, ...]:
    """Open Matplotlib's fonts: print instead of handwriting, but nothing to download."""
    letters = LETTERS["latin"] + LETTERS["greek"]
    return tuple(
        FontFace(_from_matplotlib(name), "0123456789", letters) for name in SUBSTITUTE_FONTS
    )


def load_symbols(split: Split) -> FontFace:
    """Open a font of symbols; the splits share no symbol. Nothing is downloaded."""
    symbols = "".join(
        symbol
        for number, symbol in enumerate(SYMBOLS)
        if (number % VALIDATION_SYMBOL_STEP == 0) == (split == "validation")
    )
    return FontFace(_from_matplotlib(SYMBOL_FONT), "", symbols)


def _from_matplotlib(name: str) -> ImageFont.FreeTypeFont:
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    return ImageFont.truetype(folder / f"{name}.ttf", FONT_SIZE)


def render(font: ImageFont.FreeTypeFont, character: str) -> Ink:
    """Draw one character: (h, w), uint8, 0 paper … 255 ink, at least 1 × 1."""
    mask = font.getmask(character, mode="L")
    width, height = mask.size
    if not width or not height:
        return np.zeros((1, 1), np.uint8)
    return np.asarray(mask, np.uint8).reshape(height, width)


def cache_folder(name: str) -> Path:
    """Return where the fonts of a list are kept; a list that has changed has another folder."""
    digest = hashlib.sha256(LOCKS[name].read_bytes()).hexdigest()[:12]
    return download.cache_folder() / f"{name}-fonts-{digest}"


def _fetch(name: str, folder: Path) -> None:
    """Let npm fetch and check the packages; keep the fonts that are used, and the licences."""
    npm = shutil.which("npm")
    if npm is None:
        raise DatasetUnavailable(
            f"Expected npm on the PATH, to fetch the {name} fonts with: it comes with Node.js."
        )
    with tempfile.TemporaryDirectory(prefix="fonts-") as temporary:
        packages = Path(temporary)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(LOCKS[name].with_name(file), packages)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
        try:
            download.run(command, seconds=NPM_SECONDS, folder=packages)
        except (OSError, subprocess.SubprocessError) as error:
            # npm names the error first; what it says last is where its log is.
            output = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[0]
            raise DatasetUnavailable(
                f"The {name} fonts are not in {folder} and could not be fetched. "
                f"Tried npm ci with {LOCKS[name]}: {output}"
            ) from error
        try:
            with atomic_directory(folder) as partial:
                _copy_fonts(name, packages, partial)
        except OSError:
            # Another process was faster; its folder passed the same checks.
            if not folder.exists():
                raise


def _copy_fonts(name: str, packages: Path, folder: Path) -> None:
    """Copy the files that are used out of npm's folder."""
    for source in sources(name):
        package = packages / "node_modules" / "@fontsource" / source.name
        kept = folder / source.name
        kept.mkdir()
        shutil.copy(package / "LICENSE", kept)
        for script, weight in itertools.product(LETTERS, WEIGHTS):
            file = package / "files" / f"{source.name}-{script}-{weight}-normal.woff"
            if file.exists():
                shutil.copy(file, kept)
