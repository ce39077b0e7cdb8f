"""Tables in the README that commands write, each between two markers that name it."""

from __future__ import annotations

from pathlib import Path

from model.errors import MissingMarkers
from model.files import replacing


def rewrite(readme: Path, name: str, table: str) -> bool:
    """Put a table between the two markers that name it, and say whether the file changed.

    Raises:
        MissingMarkers: the markers are not there, once each, in this order.
    """
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    text = readme.read_text(encoding="utf-8")
    before, began, rest = text.partition(start)
    _, ended, after = rest.partition(end)
    if not (began and ended) or start in after:
        raise MissingMarkers(f"Expected {start} and {end}, once each, in {readme}.")
    new = f"{before}{start}\n{table}\n{end}{after}"
    if new == text:
        return False
    with replacing(readme) as partial:
        partial.write_text(new, encoding="utf-8")
    return True
