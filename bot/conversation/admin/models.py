"""/models and /accuracy: which model versions there are, and which one reads photos."""

from __future__ import annotations

import io
import time

from markupsafe import Markup, escape

from bot.conversation.admin.verdicts import FAILED_MARK, PASSED_MARK, verdict_text
from bot.conversation.buttons.actions import ActivateVersion, ListVersions, ModelAction, ShowVersion
from bot.conversation.message import MAX_NOTICE_LENGTH, Button, Buttons, Message, Picture, Reaction
from bot.messages.language import decimal, gettext, grouped, html, ngettext
from bot.messages.texts import exact_percent
from bot.serving.active_model import ActiveModel
from bot.serving.child_process import call_in_child
from bot.store import Database, versions
from bot.store.people import Person
from bot.store.versions import Activation, Version
from model.artifact import DEFAULT_MODEL, ModelFolder
from model.datasets import mnist
from model.errors import InklingError
from model.evaluation import metrics
from model.evaluation.metrics import Evaluation
from model.recognition.classifier import Classifier

MAX_LISTED = 20
"""Versions in the list, the newest; each is a button."""

ACTIVE_MARK = "▶"


async def list_versions(database: Database) -> Message:
    """List the versions, the newest first, with the shipped one at the end.

    Raises:
        StoreUnavailable: the database is away.
    """
    stored = await versions.listed(database, MAX_LISTED)
    history = await versions.history(database, 2)
    active = history[0].version if history else None
    lines = [html("<b>Model versions</b>, the newest first")]
    rows: list[tuple[Button, ...]] = []
    for version in stored:
        mark = _mark(version, active)
        lines.append(Markup("{} {}").format(mark, version_line(version)))
        rows.append((Button(f"{mark} {version.id}", ShowVersion(version.id)),))
    shipped = ModelFolder.open(DEFAULT_MODEL).manifest.version
    mark = _mark(None, active)
    lines.append(
        html("{mark} {version}: ships with the program", mark=mark, version=shipped_line())
    )
    rows.append(
        (
            Button(
                gettext("{mark} {version} (shipped)", mark=mark, version=shipped),
                ShowVersion(None),
            ),
        )
    )
    lines.append(html("▶ reads photos, ✓ passed the gate, ✗ failed it"))
    return Message(Markup("\n").join(lines), buttons=(*rows, *_way_back(history)))


async def react(
    database: Database, active_model: ActiveModel, action: ModelAction, admin: Person
) -> Reaction:
    """Do what an admin pressed under a list of versions, or under one of them.

    Raises:
        StoreUnavailable: the database is away.
    """
    notice, refused = "", False
    match action:
        case ShowVersion(name):
            message = await show_version(database, name)
        case ListVersions():
            message = await list_versions(database)
        case ActivateVersion(name):
            notice, refused = await activate(database, active_model, name, admin)
            message = await list_versions(database)
    return Reaction(
        notice[:MAX_NOTICE_LENGTH], alert=refused, text=message.text, buttons=message.buttons
    )


async def show_version(database: Database, name: str | None) -> Message:
    """Say all about one version, with a button that activates it; None is the shipped one."""
    active = (await versions.active(database)).version
    version = None if name is None else await versions.get(database, name)
    back = (Button(gettext("‹ all versions"), ListVersions()),)
    if name is not None and version is None:
        return Message(html("There is no version {version}.", version=name), buttons=(back,))
    text = shipped_text() if version is None else version_text(version)
    if name == active:
        return Message(text + "\n\n" + html("It reads photos now."), buttons=(back,))
    failed = version is not None and not version.passed
    label = gettext("Activate it although it failed the gate") if failed else gettext("Activate it")
    return Message(text, buttons=((Button(label, ActivateVersion(name)),), back))


async def activate(
    database: Database, active_model: ActiveModel, name: str | None, admin: Person
) -> tuple[str, bool]:
    """Make a version the active one, in every replica.

    Returns:
        What came of it, in plain words, and whether it was refused.
    """
    # Loaded before it is chosen: what cannot serve is refused here, not in every replica.
    try:
        await active_model.fetch(name)
    except (InklingError, OSError) as error:
        return gettext("It cannot be used: {reason}", reason=error), True
    await versions.activate(database, name, admin, "chosen by an admin")
    await active_model.refresh()
    said = gettext(
        "Version {version} reads photos from now on, everywhere.",
        version=active_model.serving.version,
    )
    return said, False


async def measure_accuracy(active_model: ActiveModel) -> Message:
    """Measure the active version on the test images, now."""
    serving = active_model.serving
    try:
        evaluation, picture, seconds = await call_in_child(_evaluate, serving.folder)
    except InklingError as error:
        return Message(escape(str(error)))
    low, high = evaluation.interval
    text = html(
        "<b>{accuracy}</b> of MNIST's {images} test images right, {errors} wrong "
        "(95% interval {low} to {high}). Version {version}, measured just now in {seconds} s.",
        accuracy=exact_percent(evaluation.accuracy),
        images=grouped(evaluation.images),
        errors=evaluation.errors,
        low=exact_percent(low),
        high=exact_percent(high),
        version=serving.version,
        seconds=decimal(seconds, 1),
    )
    return Message(text, (Picture(picture, "confusion.png"),))


def version_line(version: Version) -> Markup:
    """Describe a version in one line of the list."""
    return Markup("<code>{}</code> {}, {}, {:%Y-%m-%d %H:%M}, {}").format(
        version.id,
        version.recipe,
        exact_percent(version.test_accuracy),
        version.at,
        ngettext("{count} correction", "{count} corrections", version.corrections),
    )


def version_text(version: Version) -> Markup:
    """Say all about one version."""
    return Markup("{}\n{}\n\n{}").format(
        version_line(version), _loss(version.test_loss), verdict_text(version.gate)
    )


def shipped_line() -> Markup:
    """Describe the shipped version in one line of the list."""
    manifest = ModelFolder.open(DEFAULT_MODEL).manifest
    return Markup("<code>{}</code> {}, {}, {}").format(
        manifest.version,
        manifest.recipe,
        exact_percent(manifest.test_accuracy),
        manifest.created[:10],
    )


def shipped_text() -> Markup:
    """Say all about the shipped version."""
    manifest = ModelFolder.open(DEFAULT_MODEL).manifest
    return Markup("{}\n{}\n\n{}").format(
        shipped_line(),
        _loss(manifest.test_loss),
        gettext("It ships with the program and is always there."),
    )


def _loss(loss: float) -> str:
    return gettext("loss {number}", number=decimal(loss, 4))


def _mark(version: Version | None, active: str | None) -> str:
    if active == (None if version is None else version.id):
        return ACTIVE_MARK
    return PASSED_MARK if version is None or version.passed else FAILED_MARK


def _way_back(history: tuple[Activation, ...]) -> Buttons:
    """Return a button to the version that was active before, if there was another one."""
    if not history:
        return ()
    before = history[1].version if len(history) > 1 else None
    if before == history[0].version:
        return ()
    return ((Button(_way_back_label(before), ActivateVersion(before)),),)


def _way_back_label(version: str | None) -> str:
    if version is None:
        return gettext("Go back to the shipped version")
    return gettext("Go back to {version}", version=version)


def _evaluate(folder: ModelFolder) -> tuple[Evaluation, bytes, float]:
    """Evaluate a model on the test images, and draw what it confuses, PNG.

    Returns the seconds that the evaluation took, too.
    """
    # The process that answers needs no plots.
    from model.evaluation.plots import confusion_matrix  # noqa: PLC0415

    test = mnist.test_set()
    began = time.perf_counter()
    evaluation = metrics.measure(Classifier.load(folder), test)
    seconds = time.perf_counter() - began
    file = io.BytesIO()
    confusion_matrix(evaluation.confusion).savefig(file, format="png", dpi=160)
    return evaluation, file.getvalue(), seconds
