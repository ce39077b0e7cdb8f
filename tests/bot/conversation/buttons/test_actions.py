from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.buttons.actions import (
    MAX_ACTION_BYTES,
    MAX_POSITIONS,
    Action,
    ActivateVersion,
    AskLanguage,
    Back,
    ChooseLanguage,
    Decide,
    DecideForget,
    DecidePage,
    Insist,
    ListVersions,
    NextPage,
    Pick,
    Right,
    RightAll,
    Say,
    SayRefused,
    ShowHelp,
    ShowVersion,
    TrainAnyway,
    TrySample,
    Why,
    Wrong,
    decode,
    encode,
)

ANSWER = "Zk3-_9aBcDeF"
LAST = MAX_POSITIONS - 1

WRITTEN: list[tuple[Action, str]] = [
    (Right(ANSWER), f"r:{ANSWER}"),
    (Wrong(ANSWER), f"w:{ANSWER}"),
    (Pick(ANSWER, 0), f"p:{ANSWER}:0"),
    (Pick(ANSWER, LAST), f"p:{ANSWER}:{LAST}"),
    (Say(ANSWER, LAST, -1), f"s:{ANSWER}:{LAST}:-1"),
    (Say(ANSWER, 7, 9), f"s:{ANSWER}:7:9"),
    (Back(ANSWER), f"b:{ANSWER}"),
    (ChooseLanguage("zh_Hans"), "l:zh_Hans"),
    (Insist(ANSWER), f"n:{ANSWER}"),
    (SayRefused(ANSWER, 4), f"i:{ANSWER}:4"),
    (RightAll(ANSWER), f"R:{ANSWER}"),
    (Why(ANSWER), f"y:{ANSWER}"),
    (DecideForget(delete=True), "f:y"),
    (DecideForget(delete=True, group=True), "f:g"),
    (DecideForget(delete=False), "f:n"),
    (TrySample(), "h:s"),
    (ShowHelp(), "h:p"),
    (AskLanguage(), "h:l"),
    (Decide(12, accept=True), "v:a:12"),
    (Decide(10**18 - 1, accept=False), f"v:x:{10**18 - 1}"),
    (DecidePage(accept=True), "v:A"),
    (DecidePage(accept=False), "v:X"),
    (TrainAnyway(), "t:a"),
    (NextPage(), "v:n"),
    (ListVersions(), "m:l"),
    (ShowVersion("0123abcdef"), "m:s:0123abcdef"),
    (ShowVersion(None), "m:s:shipped"),
    (ActivateVersion("0123abcdef"), "m:a:0123abcdef"),
    (ActivateVersion(None), "m:a:shipped"),
]
"""Buttons under old messages hold these words, so they must never change."""


@pytest.mark.parametrize(("action", "data"), WRITTEN)
def test_what_a_button_holds_stays_the_same(action: Action, data: str) -> None:
    assert encode(action) == data
    assert decode(data) == action


def test_the_longest_action_fits_a_button() -> None:
    longest = Say("x" * 32, LAST, -1)
    assert len(encode(longest).encode()) <= MAX_ACTION_BYTES
    assert decode(encode(longest)) == longest


@pytest.mark.parametrize(
    "data",
    [
        "",
        "r",
        "r:",
        "r:a:b",
        f"r:{ANSWER} ",
        f"r:{ANSWER}\n",
        f"r:{'x' * 33}",
        "r:ä",
        "r:\ud800",
        f"p:{ANSWER}",
        f"p:{ANSWER}:-1",
        f"p:{ANSWER}:{MAX_POSITIONS}",
        f"p:{ANSWER}:99",
        f"p:{ANSWER}:x",
        f"p:{ANSWER}:٣",
        f"p:{ANSWER}:07",
        f"s:{ANSWER}:-1:5",
        f"s:{ANSWER}:0:10",
        f"s:{ANSWER}:0:-2",
        f"s:{ANSWER}:0",
        f"s:{ANSWER}:0:1:2",
        "v:a:-1",
        "v:a:01",
        f"v:a:{10**18}",
        "v:a",
        "v:B",
        "m:s:",
        "m:s:../../etc",
        "m:a:0123ABCDEF",
        "m:a:0123abcde",
        "m:x:shipped",
        "z:1",
        "B:" + ANSWER,
        f"i:{ANSWER}:-1",
        f"i:{ANSWER}:10",
        "f:x",
        "h:",
    ],
)
def test_what_no_button_holds_is_not_understood(data: str) -> None:
    assert decode(data) is None


@settings(max_examples=50)
@given(st.text(max_size=70) | st.from_regex(r"[rwpsbnRiyfhvm](:[A-Za-z0-9-]{0,12}){0,4}"))
def test_whatever_is_understood_would_be_written_so(data: str) -> None:
    action = decode(data)
    assert action is None or encode(action) == data
