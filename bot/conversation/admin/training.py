"""/train and /cancel: an admin has a model trained, and reads how far it is and how it ended."""

from __future__ import annotations

from datetime import UTC, datetime

from markupsafe import Markup, escape

from bot.conversation.buttons.actions import TrainAnyway
from bot.conversation.message import Button, Message
from bot.conversation.services import Services
from bot.errors import AlreadyRunning
from bot.messages.language import N_, decimal, gettext, grouped, html, nhtml
from bot.messages.texts import exact_percent
from bot.store import Database, corrections, runs
from bot.store.corrections import State
from bot.store.people import Person
from bot.store.runs import Address, Run, RunRequest, RunState
from bot.training.resources import needed_mb
from model.recipes import RECIPES

FINE_TUNE_NAME = "fine-tune"
"""The recipe of a bare /train: goes on from the active version's weights."""

MAX_EPOCHS = 500
"""Above any recipe's; what is beyond is a slip of the finger."""

BAR_BLOCKS = 12
"""Blocks of the progress bar: as many as the narrowest phone shows in one line."""

PHASES = {
    "": N_("Getting ready…"),
    "data": N_("Getting the training images…"),
    "handwriting": N_("Making handwriting to learn from…"),
    "tensorflow": N_("Starting TensorFlow…"),
    "teacher": N_("Learning…"),
    "learning": N_("Learning…"),
    "measuring": N_("Trained. Now it is measured."),
}
"""What is said of each phase of the training process, by the word for it in its progress."""

PURPOSES = {
    "mlp": N_("The best fully connected reader: it refuses what is not a digit."),
    "mlp-fast": N_("A fully connected reader of MNIST's digits in two minutes."),
    "fine-tune": N_(
        "Goes on from a model, to learn corrections without forgetting: what /train runs."
    ),
    "refresh": N_(
        "Goes on from a model, to learn handwriting that was added after it was trained."
    ),
    "cnn": N_(
        "A small convolutional network: teaches mlp, and shows what convolutions are good for."
    ),
    "baseline": N_("The network of the tutorials, unchanged, to compare the others with."),
}
"""What each recipe is for, by its name, as `model.recipes` says it in English."""

LONELY_SECONDS = 10.0
"""A run that no process has claimed for so long has none that can train. One that is there needs
a few seconds."""


async def begin(
    services: Services, words: list[str], admin: Person, name: str, address: Address
) -> tuple[Message, Run | None]:
    """Request a run, unless the words make no sense or another one runs.

    Args:
        services: the trainer carries it out, here or on another machine.
        words: what follows /train.
        admin: who asks.
        name: what that person is called.
        address: where to say how far the run is, and how it ended.

    Returns:
        What to say, and the run if one was requested: then the message is edited while it lasts.

    Raises:
        StoreUnavailable: the database is away.
    """
    try:
        recipe, epochs = parse_train(words)
    except ValueError as error:
        return Message(escape(str(error))), None
    if not words and not (await corrections.count(services.database))[State.ACCEPTED]:
        return _ask_whether_to_train(), None
    try:
        run = await services.trainer.begin(RunRequest(admin, name, address, recipe, epochs))
    except AlreadyRunning as error:
        running = await runs.get(services.database, error.run_id)
        return Message(already_text(running, datetime.now(UTC))), None
    return Message(progress_text(run, run.started_at)), run


def _ask_whether_to_train() -> Message:
    """Ask an admin who gave a bare /train that would learn nothing new."""
    question = html(
        "No correction is accepted yet, so there is nothing new to learn. /review shows those that "
        "wait. Shall I train all the same?"
    )
    return Message(question, buttons=((Button(gettext("Train all the same"), TrainAnyway()),),))


async def cancel(database: Database, name: str) -> Message:
    """Ask the run to stop, whichever replica it is in; `name` is what the admin is called.

    Raises:
        StoreUnavailable: the database is away.
    """
    run = await runs.request_cancel(database, name)
    if run is None:
        return Message(html("Nothing is being trained."))
    return Message(html("Stopping the training of {recipe}…", recipe=run.recipe))


def parse_train(words: list[str]) -> tuple[str, int]:
    """Return the recipe and the epochs (0: the recipe's own) that follow /train.

    Raises:
        ValueError: the words make no sense; the message is for the admin.
    """
    if not words:
        return FINE_TUNE_NAME, 0
    recipe, *rest = words
    if recipe not in RECIPES:
        known = "\n".join(f"{name}: {gettext(PURPOSES[name])}" for name in RECIPES)
        raise ValueError(
            gettext("I know no recipe {recipe}. There are:\n{list}", recipe=recipe, list=known)
        )
    if not rest:
        return recipe, 0
    if len(rest) > 1 or not rest[0].isdecimal() or not 1 <= int(rest[0]) <= MAX_EPOCHS:
        raise ValueError(
            gettext(
                "Expected /train RECIPE [EPOCHS], with 1 to {limit} epochs. Received {words} for "
                "the epochs.",
                limit=MAX_EPOCHS,
                words=" ".join(rest),
            )
        )
    return recipe, int(rest[0])


def already_text(run: Run, now: datetime) -> Markup:
    """Say who is training what since when, and how far it is."""
    far = gettext("no epoch is over yet")
    if run.epoch:
        far = gettext("epoch {epoch} of {epochs}", epoch=run.epoch, epochs=run.epochs)
    return html(
        "{person} is already training {recipe}: started {duration} ago ({time} UTC), {far}. "
        "/cancel stops it.",
        person=run.starter,
        recipe=run.recipe,
        duration=duration((now - run.started_at).total_seconds()),
        time=f"{run.started_at:%H:%M}",
        far=far,
    )


def progress_text(run: Run, now: datetime, *, among_people: bool = False) -> Markup:
    """Say how far a run is, for the message that is edited while it lasts.

    Args:
        run: the run.
        now: the time, for how long it has waited.
        among_people: whether others read it: then it has nothing that is for admins alone.
    """
    lines = [html("<b>Training {recipe}</b>", recipe=run.recipe)]
    if not run.waits:
        lines += phase_lines(run)
    elif among_people:
        lines.append(html("Looking for a process that can train…"))
    else:
        lines.append(waiting_text(run, now))
    lines += _epoch_lines(run, among_people=among_people)
    if run.corrections and not among_people:
        lines.append(
            nhtml(
                "with {count} accepted correction",
                "with {count} accepted corrections",
                run.corrections,
            )
        )
    if run.cancelled_by:
        lines.append(html("{person} asked to stop.", person=run.cancelled_by))
    return Markup("\n").join([*lines, html("/cancel stops it.")])


def waiting_text(run: Run, now: datetime) -> Markup:
    """Say that no process carries a run out yet, and how to start one that does."""
    if (now - run.started_at).total_seconds() < LONELY_SECONDS:
        return html("Looking for a process that can train…")
    return html(
        "Nothing here can train {recipe}, which takes {megabytes} MB of memory and TensorFlow. On "
        "a machine that has both, set this bot's DATABASE_URL and run\n"
        "<code>python -m bot trainer</code>\n"
        "Then the training begins by itself. It waits for an hour.",
        recipe=run.recipe,
        megabytes=grouped(round(needed_mb(run.recipe))),
    )


def phase_lines(run: Run) -> list[Markup]:
    """Say what the training process does now, with a bar and an estimate where there are any."""
    doing = html(PHASES.get(run.phase, PHASES[""]))
    if run.phase_share is None:
        return [doing]
    full = round(BAR_BLOCKS * run.phase_share)
    bar = Markup("<code>{}</code>").format("█" * full + "░" * (BAR_BLOCKS - full))
    lines = [doing, bar]
    if run.seconds_left is not None:
        lines.append(html("about {duration} left", duration=duration(run.seconds_left)))
    return lines


def final_progress_text(run: Run, *, among_people: bool = False) -> Markup:
    """Say how a run ended, for the message that was edited while it lasted."""
    how = {
        RunState.DONE: gettext("✓ done"),
        RunState.FAILED: gettext("✗ failed"),
        RunState.CANCELLED: gettext("✗ cancelled"),
        RunState.INTERRUPTED: gettext("✗ interrupted"),
        RunState.RUNNING: gettext("running"),
    }[run.state]
    headline = html("<b>Training {recipe}: {state}</b>", recipe=run.recipe, state=how)
    return Markup("\n").join([headline, *_epoch_lines(run, among_people=among_people)])


def _epoch_lines(run: Run, *, among_people: bool) -> list[Markup]:
    """Say how often a run has gone through the training images, and to admins how well."""
    if not run.epoch:
        return []
    lines = [html("epoch {epoch} of {epochs}", epoch=run.epoch, epochs=run.epochs)]
    if not among_people:
        lines.append(
            html(
                "while training: loss {loss}, accuracy {accuracy}",
                loss=decimal(run.loss or 0.0, 4),
                accuracy=exact_percent(run.accuracy or 0.0),
            )
        )
    return lines


def duration(seconds: float) -> str:
    """Say roughly how long something takes.

    >>> duration(7), duration(75)
    ('10 s', '1 min 20 s')
    """
    tens = max(1, round(seconds / 10)) * 10
    minutes, rest = divmod(tens, 60)
    if not minutes:
        return gettext("{seconds} s", seconds=rest)
    if not rest:
        return gettext("{minutes} min", minutes=minutes)
    return gettext("{minutes} min {seconds} s", minutes=minutes, seconds=rest)
