"""What can go wrong in the bot, as a tree one can draw, below the recogniser's `InklingError`.

InklingError                  str(error) is one sentence for a person
├── SettingsError             a setting that cannot be used
├── PortUnavailable           nothing can listen there
├── FetchFailed               a picture could not be had from the chat
├── NotDelivered              a chat platform is away, or refuses what is to be said
│   └── ChatClosed            the bot may not write in this chat
├── PhotoError                (see `model.errors`)
│   └── ReadingTooCostly      reading a photo took too long or too much memory
├── StoreUnavailable          the database is away, slow, full or locked
├── NewerSchema               the database belongs to a newer program
├── NotTheirs                 somebody else sent the photo
├── AnswerGone                there is no such answer any more
├── AlreadyRunning            another training run holds the lock
└── TrainingFailed            the training process did not make a model

BotSignal                     says something to the program; nobody reads it
├── TooManyWaiting            one person sent more photos than may wait
├── CancelRequested           an admin cancelled the run
└── LeaseLost                 the run was taken for dead
"""

from __future__ import annotations

from enum import StrEnum

from model.errors import InklingError, PhotoError


class BotSignal(Exception):
    """Something that another part of the program must act on; its text is for the log."""


class Ending(StrEnum):
    """Why a training run made no model, as the database keeps it; an admin reads it in words."""

    CANCELLED = "cancelled"
    BOT_STOPPED = "bot stopped"
    HOLDER_GONE = "holder gone"
    NOBODY_CAME = "nobody came"
    OUT_OF_MEMORY = "out of memory"
    DISK_FULL = "disk full"
    KILLED = "killed"
    SIGNAL = "signal"
    GAVE_UP = "gave up"
    HUNG = "hung"
    REFUSED = "refused"
    NOT_WRITTEN = "not written"
    UNFORESEEN = "unforeseen"


class TrainingFailed(InklingError):
    """The child did not make a model.

    Attributes:
        ending: what happened.
        detail: what only this run knows of it, as the last words of the child; or "".
    """

    def __init__(self, ending: Ending, detail: str = "") -> None:
        super().__init__(f"Training ended: {ending}. {detail}".strip())
        self.ending, self.detail = ending, detail


class CancelRequested(BotSignal):
    """An admin cancelled the run.

    Attributes:
        admin: the admin's name.
    """

    def __init__(self, admin: str) -> None:
        super().__init__(admin)
        self.admin = admin


class PortUnavailable(InklingError):
    """Nothing can listen there; `str(error)` is for the person who runs the bot."""


class SettingsError(InklingError):
    """A setting that cannot be used; `str(error)` is for the person who runs the bot."""


class FetchFailed(InklingError):
    """The picture could not be had from the chat."""


class NotDelivered(InklingError):
    """What is to be said could not be brought to a chat."""


class ChatClosed(NotDelivered):
    """The bot may not write in this chat, and trying again does not help."""


class ReadingTooCostly(PhotoError):
    """Reading this photo took too long or too much memory, and was ended."""

    def __init__(self) -> None:
        super().__init__(
            "Expected a picture that can be read within seconds. Received one that takes far "
            "longer or far too much memory; please take a new photo and send that."
        )

    def __reduce__(self) -> tuple[type[ReadingTooCostly], tuple[()]]:
        """Make this error without arguments after it travelled between processes."""
        return type(self), ()


class LeaseLost(BotSignal):
    """This run was taken for dead, or somebody ended it; its holder must stop."""


class AlreadyRunning(InklingError):
    """Another run holds the lock.

    Attributes:
        run_id: the run that holds it, by which the store finds it.
    """

    def __init__(self, run_id: int, starter: str, recipe: str) -> None:
        super().__init__(f"{starter} is already training {recipe}.")
        self.run_id = run_id


class NotTheirs(InklingError):
    """Somebody else sent the photo."""


class AnswerGone(InklingError):
    """There is no such answer, or its glyphs were deleted since."""


class StoreUnavailable(InklingError):
    """The database is away, slow, full or locked. What was asked did not happen."""


class NewerSchema(InklingError):
    """The database was brought up to date by a newer program than this one."""


class TooManyWaiting(BotSignal):
    """As many photos of this person wait as one person may have waiting.

    Attributes:
        limit: how many those are.
        first: True the first time, so that the person is told once.
    """

    def __init__(self, limit: int, *, first: bool) -> None:
        super().__init__()
        self.limit = limit
        self.first = first
