"""Fonts of handwriting and print, and what happens if they cannot be fetched."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import ImageFont

from model.datasets import fonts
from model.errors import DatasetUnavailable

FREE = {"OFL-1.1", "Apache-2.0", "MIT", "UFL-1.0"}


@pytest.fixture
def font() -> ImageFont.FreeTypeFont:
    """One that Matplotlib ships, in place of one that has to be fetched."""
    return ImageFont.truetype(
        Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf"), fonts.FONT_SIZE
    )


@pytest.mark.parametrize("name", fonts.LOCKS)
def test_thirty_fonts_or_more_all_under_free_licences(name: str) -> None:
    sources = fonts.sources(name)

    assert len(sources) >= 30
    assert {source.licence for source in sources} <= FREE
    assert all(source.version for source in sources)


def test_the_named_fonts_are_in_the_lists() -> None:
    names = {source.name for name in fonts.LOCKS for source in fonts.sources(name)}

    assert set(fonts.VALIDATION_FONTS) < names
    assert set(fonts.ORNATE_FONTS) < names


def test_nothing_that_looks_like_a_digit_is_refused() -> None:
    refused = set("".join(fonts.LETTERS.values()) + fonts.SYMBOLS)
    assert not set("0123456789OoQDlIi|!/()SsZzBbGgqy^ΛЛл") & refused


def test_the_splits_share_no_symbol_and_the_font_has_all() -> None:
    train, validation = (fonts.load_symbols(split) for split in ("train", "validation"))

    assert not set(train.letters) & set(validation.letters)
    assert len(validation.letters) > 20
    missing = fonts.render(train.font, "\U0010ffff")
    for symbol in train.letters + validation.letters:
        assert not np.array_equal(fonts.render(train.font, symbol), missing)


def test_a_character_is_drawn_bright_on_dark(font: ImageFont.FreeTypeFont) -> None:
    seven = fonts.render(font, "7")

    assert seven.dtype == np.uint8
    assert seven[0].mean() > 128  # its bar
    assert seven.max() == 255
    assert fonts.render(font, " ").shape == (1, 1)


def test_without_npm_it_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(DatasetUnavailable, match=r"npm on the PATH.*Node\.js"):
        fonts.load("handwriting", "train")


def test_a_registry_that_refuses_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error 404 not here' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    with pytest.raises(DatasetUnavailable, match="npm error 404 not here"):
        fonts.load("handwriting", "train")

    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("name", fonts.LOCKS)
def test_the_splits_share_no_font(name: str) -> None:
    if not fonts.cache_folder(name).exists():
        pytest.skip(f"the {name} fonts are not in the cache")
    families = [
        {face.font.getname()[0] for face in fonts.load(name, split)}
        for split in ("train", "validation")
    ]
    listed = {source.name for source in fonts.sources(name)}

    assert families[0]
    assert len(families[1]) == len(listed & set(fonts.VALIDATION_FONTS))
    assert not families[0] & families[1]
