"""Handwriting fonts, and what happens if they cannot be fetched."""

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


def test_thirty_fonts_or_more_all_under_free_licences() -> None:
    sources = fonts.sources()

    assert len(sources) >= 30
    assert {source.licence for source in sources} <= FREE
    assert all(source.version for source in sources)


def test_the_named_fonts_are_in_the_list() -> None:
    names = {source.name for source in fonts.sources()}

    assert set(fonts.VALIDATION_FONTS) < names
    assert set(fonts.ORNATE_FONTS) < names


def test_nothing_that_looks_like_a_digit_is_refused() -> None:
    assert not set("0123456789OoQDlIi|!/SsZzBbGgqy") & set("".join(fonts.LETTERS.values()))


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
        fonts.load("train")


def test_a_registry_that_refuses_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error 404 not here' >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    with pytest.raises(DatasetUnavailable, match="npm error 404 not here"):
        fonts.load("train")

    assert not (tmp_path / "home").exists()


def test_the_splits_share_no_font() -> None:
    if not fonts.cache_folder().exists():
        pytest.skip("the handwriting fonts are not in the cache")
    families = [
        {face.font.getname()[0] for face in fonts.load(split)} for split in ("train", "validation")
    ]

    assert families[0]
    assert len(families[1]) == len(fonts.VALIDATION_FONTS)
    assert not families[0] & families[1]
