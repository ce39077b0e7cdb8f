"""What each button means, and the few bytes in which a platform keeps that.

    r:ANSWER                  Right              all of it is right
    w:ANSWER                  Wrong              something is wrong: which digit, or what is it?
    p:ANSWER:POSITION         Pick               this digit is wrong: what is it?
    s:ANSWER:POSITION:LABEL   Say                it is that, 0 to 9, or -1 for no digit
    b:ANSWER                  Back               never mind
    v:a:ID  v:x:ID            Decide             accept, reject one correction
    v:A     v:X               DecidePage         accept, reject what is left of the page
    v:n                       NextPage           the next page of corrections
    l:LANGUAGE                ChooseLanguage     speak this language
    m:l                       ListVersions       the list of model versions
    m:s:VERSION               ShowVersion        one model version
    m:a:VERSION               ActivateVersion    make it the active one

A message may be years old when its button is pressed, so what is written here is never given
another meaning. Anybody can send a bot any bytes as if a button had been pressed: `decode` lets
nothing through that `encode` would not have written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

MAX_ACTION_BYTES = 64
"""Bytes that a button can hold; Telegram allows no more."""

MAX_POSITIONS = 40
"""Digits that can be picked one by one, eight rows of five; Telegram allows 100 buttons."""

SHIPPED_NAME = "shipped"
"""Stands for the model that comes with the program, whatever its version is."""


@dataclass(frozen=True, slots=True)
class Right:
    """Every digit of an answer is right."""

    answer: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something in an answer is wrong."""

    answer: str


@dataclass(frozen=True, slots=True)
class Pick:
    """The digit at this position, counted from 0, is wrong."""

    answer: str
    position: int


@dataclass(frozen=True, slots=True)
class Say:
    """The digit at this position, counted from 0, is really this label: 0 to 9, or NOT_A_DIGIT."""

    answer: str
    position: int
    label: int


@dataclass(frozen=True, slots=True)
class Back:
    """Show the first two buttons again."""

    answer: str


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    """Speak this language: a key of `bot.messages.language.LANGUAGES`."""

    language: str


@dataclass(frozen=True, slots=True)
class Decide:
    """Accept or reject one correction."""

    correction: int
    accept: bool


@dataclass(frozen=True, slots=True)
class DecidePage:
    """Accept or reject every correction that is left of a page."""

    accept: bool


@dataclass(frozen=True, slots=True)
class NextPage:
    """Show the next page of corrections."""


@dataclass(frozen=True, slots=True)
class ListVersions:
    """Show the list of model versions."""


@dataclass(frozen=True, slots=True)
class ShowVersion:
    """Show one model version; None is the one that ships with the program."""

    version: str | None


@dataclass(frozen=True, slots=True)
class ActivateVersion:
    """Make a model version the active one; None is the one that ships with the program."""

    version: str | None


CorrectionAction = Right | Wrong | Pick | Say | Back
"""The buttons under an answer."""

ReviewAction = Decide | DecidePage | NextPage
ModelAction = ListVersions | ShowVersion | ActivateVersion
AdminAction = ReviewAction | ModelAction
Action = CorrectionAction | ChooseLanguage | AdminAction


def encode(action: Action) -> str:
    """Write an action into at most `MAX_ACTION_BYTES` bytes."""
    if isinstance(action, ChooseLanguage):
        return f"l:{action.language}"
    if isinstance(action, CorrectionAction):
        return _encode_correction(action)
    return _encode_admin(action)


def decode(data: str) -> Action | None:
    """Read an action; None if the data is nothing that `encode` writes."""
    for pattern, build in _PATTERNS:
        if found := pattern.fullmatch(data):
            return build(found)
    return None


def _encode_correction(action: CorrectionAction) -> str:
    match action:
        case Right(answer):
            return f"r:{answer}"
        case Wrong(answer):
            return f"w:{answer}"
        case Pick(answer, position):
            return f"p:{answer}:{position}"
        case Say(answer, position, label):
            return f"s:{answer}:{position}:{label}"
        case Back(answer):
            return f"b:{answer}"


def _encode_admin(action: AdminAction) -> str:
    match action:
        case Decide(correction, accept):
            return f"v:{'a' if accept else 'x'}:{correction}"
        case DecidePage(accept):
            return f"v:{'A' if accept else 'X'}"
        case NextPage():
            return "v:n"
        case ListVersions():
            return "m:l"
        case ShowVersion(version):
            return f"m:s:{version or SHIPPED_NAME}"
        case ActivateVersion(version):
            return f"m:a:{version or SHIPPED_NAME}"


def _version(name: str) -> str | None:
    return None if name == SHIPPED_NAME else name


_ANSWER = r"(?P<answer>[A-Za-z0-9_-]{1,32})"
_POSITION = r"(?P<position>[0-9]|[1-3][0-9])"
_LABEL = r"(?P<label>-1|[0-9])"
# At most as many digits as fit into the database's 64-bit numbers.
_CORRECTION = r"(?P<correction>0|[1-9][0-9]{0,17})"
_VERSION = rf"(?P<version>[0-9a-f]{{10}}|{SHIPPED_NAME})"

_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Action]], ...] = tuple(
    (re.compile(pattern, re.ASCII), build)
    for pattern, build in (
        (rf"r:{_ANSWER}", lambda m: Right(m["answer"])),
        (rf"w:{_ANSWER}", lambda m: Wrong(m["answer"])),
        (rf"p:{_ANSWER}:{_POSITION}", lambda m: Pick(m["answer"], int(m["position"]))),
        (
            rf"s:{_ANSWER}:{_POSITION}:{_LABEL}",
            lambda m: Say(m["answer"], int(m["position"]), int(m["label"])),
        ),
        (rf"b:{_ANSWER}", lambda m: Back(m["answer"])),
        (r"l:(?P<language>[A-Za-z_]{2,20})", lambda m: ChooseLanguage(m["language"])),
        (
            rf"v:(?P<verdict>[ax]):{_CORRECTION}",
            lambda m: Decide(int(m["correction"]), m["verdict"] == "a"),
        ),
        (r"v:(?P<verdict>[AX])", lambda m: DecidePage(m["verdict"] == "A")),
        (r"v:n", lambda _: NextPage()),
        (r"m:l", lambda _: ListVersions()),
        (rf"m:s:{_VERSION}", lambda m: ShowVersion(_version(m["version"]))),
        (rf"m:a:{_VERSION}", lambda m: ActivateVersion(_version(m["version"]))),
    )
)
