"""What a training run has made, or why it made nothing, and what other admins hear of it."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from markupsafe import Markup, escape

from bot.conversation.admin.verdicts import ending_text, verdict_text
from bot.conversation.message import Message, Picture
from bot.messages.language import gettext, grouped, html, ngettext
from bot.store import Database, versions
from bot.store.archive import unpack
from bot.store.runs import Run, RunState
from bot.store.versions import Version
from model.artifact import Manifest, ModelFolder
from model.errors import ModelError

RESULT_PICTURES = ("accuracy.png", "loss.png", "confusion.png")
"""Files of a model folder, in the order in which they are shown."""

MAX_WORST_DIGITS = 3
"""Digits that are named as most often wrong."""


async def report(
    database: Database, run: Run, *, among_people: bool = False
) -> tuple[Message, ...]:
    """Say what a run that ended has made, or why it made nothing.

    Args:
        database: has what it made.
        run: the run.
        among_people: whether others read it: then it has nothing that is for admins alone.

    Raises:
        StoreUnavailable: the database is away.
    """
    if among_people:
        return (Message(_outcome_among_people(run)),)
    if run.state is not RunState.DONE:
        return (Message(failure_text(run)),)
    if run.version is None:
        return ()
    version = await versions.get(database, run.version)
    if version is None:
        return (Message(html("There is no version {version} any more.", version=run.version)),)
    active = await versions.active(database)
    try:
        archive = await versions.archive_of(database, version.id)
        manifest, pictures = await asyncio.to_thread(_open_archive, archive, version.id)
    except ModelError as error:
        return (Message(escape(str(error))),)
    text = result_text(version, manifest, serves=active.version == version.id)
    return Message(Markup(""), pictures), Message(text)


async def news(database: Database, run: Run) -> Message | None:
    """Say to the other admins that a run's version reads photos now; None if it does not.

    Raises:
        StoreUnavailable: the database is away.
    """
    if run.version is None or (await versions.active(database)).version != run.version:
        return None
    return Message(
        html(
            "{name} has trained version {version}. It reads photos from now on. /models is the "
            "way back.",
            name=run.starter,
            version=run.version,
        )
    )


def _outcome_among_people(run: Run) -> Markup:
    if run.state is RunState.DONE:
        return html("The training is over. /models shows you alone what it has made.")
    return html("The training has made no new version. Nothing has changed.")


def failure_text(run: Run) -> Markup:
    """Say why a run produced no model, and that nothing else has changed."""
    if run.state is RunState.CANCELLED:
        return html("Training stopped. {reason} Nothing has changed.", reason=ending_text(run))
    return html(
        "<b>Training {recipe} did not end well.</b>\n{reason}\n"
        "The model that served goes on serving; nothing else has changed.",
        recipe=run.recipe,
        reason=ending_text(run),
    )


def result_text(version: Version, manifest: Manifest, *, serves: bool) -> Markup:
    """Say what a run has made, and whether it reads photos now."""
    if serves:
        verdict = html(
            "It passed the gate and <b>reads photos from now on</b>. /models is the way back."
        )
    elif version.passed:
        verdict = html(
            "It passed the gate, but another version was activated meanwhile, with which it was "
            "not compared. It is kept, <b>not active</b>. /models can activate it."
        )
    else:
        verdict = html(
            "It <b>failed the gate</b>: the checks with ✗ say why. It is kept, <b>not active</b>. "
            "/models can activate it all the same."
        )
    headline = html(
        "<b>Model version {version}</b> ({recipe}, {corrections})",
        version=version.id,
        recipe=version.recipe,
        corrections=ngettext("{count} correction", "{count} corrections", version.corrections),
    )
    return Markup("{}\n{}\n\n{}\n\n{}").format(
        headline, verdict_text(version.gate), verdict, worst_digits_text(manifest)
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
            lines.append(
                gettext(
                    "{digit}: {wrong} of {images}, most often read as {taken} ({times})",
                    digit=digit,
                    wrong=wrong,
                    images=grouped(sum(row)),
                    taken=taken,
                    times=count,
                )
            )
    if not lines:
        return html("It got every test image right.")
    return Markup("\n").join([html("<b>Most often wrong</b>"), *lines])


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
