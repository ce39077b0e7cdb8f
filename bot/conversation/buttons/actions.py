"""What each button means, and the few bytes in which a platform keeps that.

    r:ANSWER                  Right              all of it is right
    w:ANSWER                  Wrong              something is wrong: which digit, or what is it?
    p:ANSWER:POSITION         Pick               this digit is wrong: what is it?
    s:ANSWER:POSITION:LABEL   Say                it is that, 0 to 9, or -1 for no digit
    b:ANSWER                  Back               never mind
    n:ANSWER                  Insist             refused, but there is a digit: which?
    i:ANSWER:LABEL            SayRefused         it is that, 0 to 9
    R:ANSWER                  RightAll           all of the album is right
    y:ANSWER                  Why                how was it read?
    f:y  f:g  f:n             DecideForget       delete all that I gave, or the group; leave it
    h:s                       TrySample          send a sample photo for me
    h:p                       ShowHelp           how do I photograph well?
    h:l                       AskLanguage        which languages do you speak?
    v:a:ID  v:x:ID            Decide             accept, reject one correction
    v:A     v:X               DecidePage         accept, reject what is left of the page
    v:n                       NextPage           the next page of corrections
    l:LANGUAGE                ChooseLanguage     speak this language
    m:l                       ListVersions       the list of model versions
    m:s:VERSION               ShowVersion        one model version
    m:a:VERSION               ActivateVersion    make it the active one
    t:a                       TrainAnyway        train although nothing new is accepted

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
class Insist:
    """A photo was refused, but there is a digit in it."""

    answer: str


@dataclass(frozen=True, slots=True)
class SayRefused:
    """What looks most like a digit in a refused photo is this label, 0 to 9."""

    answer: str
    label: int


@dataclass(frozen=True, slots=True)
class RightAll:
    """Every digit of every photo of an album is right; names one of its answers."""

    answer: str


@dataclass(frozen=True, slots=True)
class Why:
    """Explain how the photo was read."""

    answer: str


@dataclass(frozen=True, slots=True)
class DecideForget:
    """Delete everything that the person who presses gave, or leave it.

    `group` is set where an anonymous admin asked, whose photos belong to the group.
    """

    delete: bool
    group: bool = False


@dataclass(frozen=True, slots=True)
class TrySample:
    """Send a sample photo, as if the person had."""


@dataclass(frozen=True, slots=True)
class ShowHelp:
    """Say how to photograph well."""


@dataclass(frozen=True, slots=True)
class AskLanguage:
    """Offer the languages."""


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


@dataclass(frozen=True, slots=True)
class TrainAnyway:
    """Train although there is nothing new to learn."""


CorrectionAction = Right | Wrong | Pick | Say | Back | Insist | SayRefused | RightAll
"""The buttons under an answer that say whether it is right."""

PersonAction = DecideForget | ChooseLanguage | AskLanguage | TrySample | ShowHelp
"""The buttons under what is said to commands of everybody."""

ReviewAction = Decide | DecidePage | NextPage
ModelAction = ListVersions | ShowVersion | ActivateVersion
AdminAction = ReviewAction | ModelAction | TrainAnyway
Action = CorrectionAction | Why | PersonAction | AdminAction


def encode(action: Action) -> str:
    """Write an action into at most `MAX_ACTION_BYTES` bytes."""
    match action:
        case Pick(answer, position):
            return f"p:{answer}:{position}"
        case Say(answer, position, label):
            return f"s:{answer}:{position}:{label}"
        case SayRefused(answer, label):
            return f"i:{answer}:{label}"
        case Right() | Wrong() | Back() | Insist() | RightAll() | Why():
            return f"{_CODES[type(action)]}:{action.answer}"
        case _:
            return _encode_other(action)


def decode(data: str) -> Action | None:
    """Read an action; None if the data is nothing that `encode` writes."""
    for pattern, build in _PATTERNS:
        if found := pattern.fullmatch(data):
            return build(found)
    return None


def _encode_other(action: PersonAction | AdminAction) -> str:
    match action:
        case DecideForget(delete, group):
            return f"f:{('g' if group else 'y') if delete else 'n'}"
        case TrySample():
            return "h:s"
        case ShowHelp():
            return "h:p"
        case AskLanguage():
            return "h:l"
        case ChooseLanguage(language):
            return f"l:{language}"
        case _:
            return _encode_admin(action)


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
        case ShowVersion(version) | ActivateVersion(version):
            code = "s" if isinstance(action, ShowVersion) else "a"
            return f"m:{code}:{version or SHIPPED_NAME}"
        case TrainAnyway():
            return "t:a"


def _version(name: str) -> str | None:
    return None if name == SHIPPED_NAME else name


_ACTIONS: dict[str, Callable[[str], Right | Wrong | Back | Insist | RightAll | Why]] = {
    "r": Right,
    "w": Wrong,
    "b": Back,
    "n": Insist,
    "R": RightAll,
    "y": Why,
}
_CODES = {action: code for code, action in _ACTIONS.items()}

_ANSWER = r"(?P<answer>[A-Za-z0-9_-]{1,32})"
_POSITION = r"(?P<position>[0-9]|[1-3][0-9])"
_LABEL = r"(?P<label>-1|[0-9])"
_DIGIT = r"(?P<label>[0-9])"
# At most as many digits as fit into the database's 64-bit numbers.
_CORRECTION = r"(?P<correction>0|[1-9][0-9]{0,17})"
_VERSION = rf"(?P<version>[0-9a-f]{{10}}|{SHIPPED_NAME})"

_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Action]], ...] = tuple(
    (re.compile(pattern, re.ASCII), build)
    for pattern, build in (
        (rf"(?P<code>[rwbnRy]):{_ANSWER}", lambda m: _ACTIONS[m["code"]](m["answer"])),
        (rf"p:{_ANSWER}:{_POSITION}", lambda m: Pick(m["answer"], int(m["position"]))),
        (
            rf"s:{_ANSWER}:{_POSITION}:{_LABEL}",
            lambda m: Say(m["answer"], int(m["position"]), int(m["label"])),
        ),
        (r"l:(?P<language>[A-Za-z_]{2,20})", lambda m: ChooseLanguage(m["language"])),
        (rf"i:{_ANSWER}:{_DIGIT}", lambda m: SayRefused(m["answer"], int(m["label"]))),
        (
            r"f:(?P<verdict>[ygn])",
            lambda m: DecideForget(m["verdict"] != "n", m["verdict"] == "g"),
        ),
        (r"h:s", lambda _: TrySample()),
        (r"h:p", lambda _: ShowHelp()),
        (r"h:l", lambda _: AskLanguage()),
        (
            rf"v:(?P<verdict>[ax]):{_CORRECTION}",
            lambda m: Decide(int(m["correction"]), m["verdict"] == "a"),
        ),
        (r"v:(?P<verdict>[AX])", lambda m: DecidePage(m["verdict"] == "A")),
        (r"v:n", lambda _: NextPage()),
        (r"m:l", lambda _: ListVersions()),
        (rf"m:s:{_VERSION}", lambda m: ShowVersion(_version(m["version"]))),
        (rf"m:a:{_VERSION}", lambda m: ActivateVersion(_version(m["version"]))),
        (r"t:a", lambda _: TrainAnyway()),
    )
)
