"""/train and /cancel: an admin has a model trained, and reads how far it is and how it ended."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from markupsafe import Markup, escape

from bot.conversation.message import Message, Picture
from bot.conversation.services import Services
from bot.errors import AlreadyRunning, InsufficientResources
from bot.messages.texts import count_in_words
from bot.store import Database, runs, versions
from bot.store.archive import unpack
from bot.store.runs import Run, RunRequest, RunState
from bot.store.versions import Version
from bot.training.progress import ProgressSnapshot
from model.artifact import Manifest, ModelFolder
from model.errors import ModelError
from model.recipes import RECIPES

FINE_TUNE_NAME = "fine-tune"
"""The recipe of a bare /train: goes on from the active version's weights."""

MAX_EPOCHS = 500
"""Above any recipe's; what is beyond is a slip of the finger."""

BAR_BLOCKS = 12
"""Blocks of the progress bar: as many as the narrowest phone shows in one line."""

MAX_DETAIL_LENGTH = 100
"""Characters that are shown of what the training process says while it gets ready."""

RESULT_PICTURES = ("accuracy.png", "loss.png", "confusion.png")
"""Files of a model folder, in the order in which they are shown."""

MAX_WORST_DIGITS = 3
"""Digits that are named as most often wrong."""


async def begin(
    services: Services, words: list[str], admin: int, name: str, chat: int
) -> tuple[Message, Run | None]:
    """Start a run, unless the words make no sense, another one runs, or it would not fit.

    Args:
        services: the trainer carries it out.
        words: what follows /train.
        admin: who asks.
        name: what that person is called.
        chat: where to say how far the run is, and how it ended.

    Returns:
        What to say, and the run if one was started: then the message is edited while it lasts.

    Raises:
        StoreUnavailable: the database is away.
    """
    try:
        recipe, epochs = parse_train(words)
    except ValueError as error:
        return Message(escape(str(error))), None
    request = RunRequest(admin, name, chat, recipe, epochs)
    try:
        run = await services.trainer.begin(request, go_on=RECIPES[recipe].needs_base)
    except InsufficientResources as error:
        return Message(escape(str(error))), None
    except AlreadyRunning as error:
        running = await runs.get(services.database, error.run_id)
        return Message(already_text(running, datetime.now(UTC))), None
    return Message(progress_text(ProgressSnapshot(run))), run


async def cancel(database: Database, name: str) -> Message:
    """Ask the run to stop, whichever replica it is in; `name` is what the admin is called.

    Raises:
        StoreUnavailable: the database is away.
    """
    run = await runs.request_cancel(database, name)
    if run is None:
        return Message(Markup("Nothing is being trained."))
    return Message(Markup("Stopping the training of {}…").format(run.recipe))


def parse_train(words: list[str]) -> tuple[str, int]:
    """Return the recipe and the epochs (0: the recipe's own) that follow /train.

    Raises:
        ValueError: the words make no sense; the message is for the admin.
    """
    if not words:
        return FINE_TUNE_NAME, 0
    recipe, *rest = words
    if recipe not in RECIPES:
        known = "\n".join(f"{name}: {r.purpose}" for name, r in RECIPES.items())
        raise ValueError(f"I know no recipe {recipe}. There are:\n{known}")
    if not rest:
        return recipe, 0
    if len(rest) > 1 or not rest[0].isdecimal() or not 1 <= int(rest[0]) <= MAX_EPOCHS:
        raise ValueError(
            f"Expected /train RECIPE [EPOCHS], with 1 to {MAX_EPOCHS} epochs. "
            f"Received {' '.join(rest)} for the epochs."
        )
    return recipe, int(rest[0])


def already_text(run: Run, now: datetime) -> Markup:
    """Say who is training what since when, and how far it is."""
    since = duration((now - run.started_at).total_seconds()).removeprefix("about ")
    far = f"epoch {run.epoch} of {run.epochs}" if run.epoch else "no epoch is over yet"
    return Markup(
        "{} is already training {}: started {} ago ({:%H:%M} UTC), {}. /cancel stops it."
    ).format(run.starter, run.recipe, since, run.started_at, far)


def progress_text(progress: ProgressSnapshot) -> Markup:
    """Say how far a run is, for the message that is edited while it lasts."""
    run = progress.run
    lines = [Markup("<b>Training {}</b>").format(run.recipe)]
    if run.epochs and run.epoch:
        full = round(BAR_BLOCKS * run.epoch / run.epochs)
        lines += [
            Markup("<code>{}</code> epoch {} of {}").format(
                "█" * full + "░" * (BAR_BLOCKS - full), run.epoch, run.epochs
            ),
            Markup("while training: loss {:.4f}, accuracy {:.2%}").format(run.loss, run.accuracy),
        ]
    if progress.measuring:
        lines.append(Markup("Trained. Now it is measured."))
    elif progress.seconds_left is not None:
        lines.append(Markup("{} left").format(duration(progress.seconds_left)))
    else:
        detail = progress.busy_with[:MAX_DETAIL_LENGTH]
        lines.append(Markup("Getting ready… {}").format(detail))
    if run.corrections:
        corrections = count_in_words(run.corrections, "accepted correction")
        lines.append(Markup("with {}").format(corrections))
    if run.cancelled_by:
        lines.append(Markup("{} asked to stop.").format(run.cancelled_by))
    return Markup("\n").join([*lines, Markup("/cancel stops it.")])


def final_progress_text(run: Run) -> Markup:
    """Say how a run ended, for the message that was edited while it lasted."""
    how = {
        RunState.DONE: "✓ done",
        RunState.FAILED: "✗ failed",
        RunState.CANCELLED: "✗ cancelled",
        RunState.INTERRUPTED: "✗ interrupted",
        RunState.RUNNING: "running",
    }[run.state]
    text = Markup("<b>Training {}: {}</b>").format(run.recipe, how)
    if run.epoch:
        text += Markup("\n{} of {} epochs; while training: loss {:.4f}, accuracy {:.2%}").format(
            run.epoch, run.epochs, run.loss, run.accuracy
        )
    return text


async def report(database: Database, run: Run) -> tuple[Message, ...]:
    """Say what a run that ended has made, or why it made nothing.

    Raises:
        StoreUnavailable: the database is away.
    """
    if run.state is not RunState.DONE:
        return (Message(failure_text(run)),)
    if run.version is None:
        return ()
    version = await versions.get(database, run.version)
    if version is None:
        return (Message(Markup("There is no version {} any more.").format(run.version)),)
    active = await versions.active(database)
    try:
        archive = await versions.archive_of(database, version.id)
        manifest, pictures = await asyncio.to_thread(_open_archive, archive, version.id)
    except ModelError as error:
        return (Message(escape(str(error))),)
    text = result_text(version, manifest, serves=active.version == version.id)
    return Message(Markup(""), pictures), Message(text)


def failure_text(run: Run) -> Markup:
    """Say why a run produced no model, and that nothing else has changed."""
    if run.state is RunState.CANCELLED:
        return Markup("Training stopped. {} Nothing has changed.").format(run.reason)
    return Markup(
        "<b>Training {} did not end well.</b>\n{}\n"
        "The model that served goes on serving; nothing else has changed."
    ).format(run.recipe, run.reason)


def result_text(version: Version, manifest: Manifest, *, serves: bool) -> Markup:
    """Say what a run has made, and whether it reads photos now."""
    if serves:
        verdict = Markup(
            "It passed the gate and <b>reads photos from now on</b>. /models is the way back."
        )
    elif version.passed:
        verdict = Markup(
            "It passed the gate, but another version was activated meanwhile, with which it was "
            "not compared. It is kept, <b>not active</b>. /models can activate it."
        )
    else:
        verdict = Markup(
            "It <b>failed the gate</b>: the checks with ✗ say why. It is kept, <b>not active</b>. "
            "/models can activate it all the same."
        )
    return Markup("<b>Model version {}</b> ({}, {})\n{}\n\n{}\n\n{}").format(
        version.id,
        version.recipe,
        count_in_words(version.corrections, "correction"),
        version.gate,
        verdict,
        worst_digits_text(manifest),
    )


def worst_digits_text(manifest: Manifest) -> Markup:
    """Say which digits of the test images a version gets wrong most."""
    errors = sorted(
        ((sum(row) - row[digit], digit, row) for digit, row in enumerate(manifest.confusion)),
        reverse=True,
    )
    lines = []
    for wrong, digit, row in errors[:MAX_WORST_DIGITS]:
        if wrong:
            count, taken = max((count, other) for other, count in enumerate(row) if other != digit)
            lines.append(f"{digit}: {wrong} of {sum(row):,}, most as {taken} ({count})")
    if not lines:
        return Markup("It got every test image right.")
    return Markup("\n").join([Markup("<b>Most often wrong</b>"), *lines])


def duration(seconds: float) -> str:
    """Say roughly how long something takes.

    >>> duration(7), duration(75)
    ('about 10 s', 'about 1 min 20 s')
    """
    tens = max(1, round(seconds / 10)) * 10
    minutes, rest = divmod(tens, 60)
    words = [f"{minutes} min"] * bool(minutes) + [f"{rest} s"] * bool(rest)
    return "about " + " ".join(words)


def _open_archive(archive: bytes, version: str) -> tuple[Manifest, tuple[Picture, ...]]:
    """Unpack a version; returns its manifest and its pictures.

    Raises:
        ModelError: the archive is no whole model folder.
    """
    with tempfile.TemporaryDirectory() as scratch:
        path = unpack(archive, Path(scratch) / version)
        manifest = ModelFolder.open(path).manifest
        pictures = tuple(Picture((path / name).read_bytes(), name) for name in RESULT_PICTURES)
    return manifest, pictures
