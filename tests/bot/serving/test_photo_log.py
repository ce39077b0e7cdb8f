from __future__ import annotations

import logging

import pytest

from bot.errors import TooManyWaiting
from bot.serving.photo_log import PhotoLog, PhotoRecord
from model.errors import NotAnImage


def test_a_photo_is_one_line_with_its_stages(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    photo_log, seen = PhotoLog(), list[PhotoRecord]()
    photo_log.listen(seen.append)
    with photo_log.photo("telegram", "Update 7") as record:
        record.mark("wait")
        record.mark("read")
        record.answered(None, 2)
    (line,) = caplog.records
    assert line.getMessage() == "Update 7: read 2 in 0 ms (wait 0, read 0)."
    assert [(each.outcome, each.digits, list(each.seconds)) for each in seen] == [
        ("read", 2, ["wait", "read"])
    ]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NotAnImage("x"), "NotAnImage"),
        (TooManyWaiting(3, first=True), "TooManyWaiting"),
        (ValueError("x"), "failed"),
    ],
)
def test_what_went_wrong_is_said_by_its_kind(
    error: Exception, outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with pytest.raises(type(error)), PhotoLog().photo("api", "r1"):
        raise error
    assert caplog.messages == [f"r1: {outcome} in 0 ms ()."]
