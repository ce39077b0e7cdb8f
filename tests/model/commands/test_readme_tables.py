"""Tables in the README that commands write."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.commands.readme_tables import rewrite
from model.errors import MissingMarkers

START, END = "<!-- figures -->", "<!-- /figures -->"


def test_the_readme_is_rewritten_between_its_markers_only(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    others = "<!-- others -->\nkept\n<!-- /others -->\n"
    readme.write_text(f"{others}before\n{START}\nold\n{END}\nafter\n")
    assert rewrite(readme, "figures", "| new |")
    assert readme.read_text() == f"{others}before\n{START}\n| new |\n{END}\nafter\n"
    assert not rewrite(readme, "figures", "| new |")


@pytest.mark.parametrize("text", ["none", START, f"{END}{START}", f"{START}{END}{START}{END}"])
def test_a_readme_without_the_two_markers_is_left_alone(tmp_path: Path, text: str) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(text)
    with pytest.raises(MissingMarkers, match="once each"):
        rewrite(readme, "figures", "| new |")
    assert readme.read_text() == text
