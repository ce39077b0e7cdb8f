from __future__ import annotations

from rich.table import Table

from model.evaluation.photo_calibration import author_half
from model.types import Refusal
from tests.bench.reasons import Refused, right_reasons, tabulate


def row(table: Table, number: int) -> list[str]:
    return [str(list(column.cells)[number]) for column in table.columns]


def test_each_photo_has_reasons_that_can_be_given() -> None:
    reasons = right_reasons()
    assert len(reasons) == 121
    assert all(Refusal.UNSURE not in right for right in reasons.values()), "it is always right"


def test_each_reason_is_counted_by_halves_of_the_authors() -> None:
    first, second = (
        next(name for name in "abcdefgh" if author_half(name) == half) for half in (0, 1)
    )
    page, cat = frozenset({Refusal.TOO_BUSY}), frozenset({Refusal.NOT_HANDWRITING})
    table = tabulate(
        [
            Refused(first, Refusal.TOO_BUSY, page),
            Refused(first, Refusal.TOO_BUSY, page | cat),
            Refused(second, Refusal.TOO_BUSY, cat),
            Refused(second, Refusal.UNSURE, page),
        ]
    )
    reasons = list(Refusal)
    busy = row(table, reasons.index(Refusal.TOO_BUSY))
    assert busy == ["too busy", "3", "2", "2 of 3", "2 of 2", "0 of 1"]
    unsure = row(table, reasons.index(Refusal.UNSURE))
    assert unsure == ["unsure", "1", "1", *3 * ["claims nothing"]]
    assert row(table, reasons.index(Refusal.TOO_DARK))[1:4] == ["0", "0", "0 of 0"]
