"""The table that a harness prints: a row for each fault, as soon as it is known."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence

from rich.console import Console
from rich.table import Table


def print_table(
    faults: Iterable[str], columns: Sequence[str], suffer: Callable[[str], Iterable[object]]
) -> None:
    """Run faults, and print what became of the photos.

    Args:
        faults: their names.
        columns: the headings of what is counted.
        suffer: runs one, and returns what was counted.
    """
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("fault")
    for heading in columns:
        table.add_column(heading, justify="right")
    for name in faults:
        row = [str(value) for value in suffer(name)]
        table.add_row(name, *row)
        # All of it takes minutes; the table comes at the end.
        print(name, *row, file=sys.stderr, flush=True)
    Console().print(table)
