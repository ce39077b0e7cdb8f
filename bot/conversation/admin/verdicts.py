"""Says in words what the gate found, and why a training run made no model.

The database keeps both as figures and codes, so that each admin reads them in their own language.
"""

from __future__ import annotations

from markupsafe import Markup, escape

from bot.errors import Ending
from bot.messages.language import N_, decimal, gettext, grouped, html
from bot.messages.texts import exact_percent
from bot.store.runs import Run
from bot.training.gate import Verdict

PASSED_MARK = "✓"
FAILED_MARK = "✗"

ENDINGS = {
    Ending.CANCELLED: N_("{person} stopped it."),
    Ending.BOT_STOPPED: N_("The bot was stopped meanwhile. /train again once it is back."),
    Ending.HOLDER_GONE: N_(
        "The process that trained stopped without a word: killed, or restarted."
    ),
    Ending.NOBODY_CAME: N_(
        "No process that can train came for an hour. Start one with <code>python -m bot trainer"
        "</code>, and the same DATABASE_URL as the bot's."
    ),
    Ending.OUT_OF_MEMORY: N_(
        "There was not enough memory. Give the bot more, or train a smaller recipe; nothing else "
        "was affected."
    ),
    Ending.DISK_FULL: N_(
        "The disk is full. Make room where the bot keeps its data, then /train again."
    ),
    Ending.KILLED: N_(
        "The training process was killed from outside; that is also how it looks when the machine "
        "runs out of memory. Look at its memory, then /train again."
    ),
    Ending.SIGNAL: N_("The training process was ended by {detail}. /train again."),
    Ending.GAVE_UP: N_("The training process gave up. Its last words: {detail}"),
    Ending.HUNG: N_(
        "The training process did nothing for some minutes and was ended. /train again. Its last "
        "words: {detail}"
    ),
    Ending.REFUSED: N_("{detail} Nothing has changed; /train again."),
    Ending.NOT_WRITTEN: N_(
        "The run could not write its files ({detail}). Make room, then /train again."
    ),
    Ending.UNFORESEEN: N_("Something went wrong on my side, and it is noted in the log."),
}
"""What is said of each; `{detail}` is what only this run knows."""


def ending_text(run: Run) -> Markup:
    """Say why a run made no model."""
    code, _, detail = run.reason.partition("\n")
    if code not in list(Ending):
        return escape(run.reason)  # a sentence of an older program
    return html(ENDINGS[Ending(code)], person=run.cancelled_by, detail=detail or "–")


def verdict_text(kept: str) -> Markup:
    """Say what the gate found, from what the database keeps of it."""
    try:
        verdict = Verdict.from_json(kept)
    except ValueError:
        return escape(kept)  # sentences of an older program
    figures = html(
        "Test accuracy {accuracy}, loss {loss}; version {version} has {accuracy_before} and "
        "{loss_before}.",
        accuracy=exact_percent(verdict.accuracy),
        loss=decimal(verdict.loss, 4),
        version=verdict.version,
        accuracy_before=exact_percent(verdict.accuracy_before),
        loss_before=decimal(verdict.loss_before, 4),
    )
    checks = (
        (verdict.images.no_worse, _images_text(verdict)),
        (verdict.keeps_corrections, _corrections_text(verdict)),
        (
            verdict.files_agree,
            html(
                "Keras and LiteRT agree: {litert} and {keras} of the test images right",
                litert=grouped(verdict.litert_right),
                keras=grouped(verdict.keras_right),
            ),
        ),
    )
    lines = [Markup("{} {}").format(_mark(passed), text) for passed, text in checks]
    return Markup("\n").join([figures, *lines])


def _images_text(verdict: Verdict) -> Markup:
    """Say what was lost and gained on the test images."""
    images = verdict.images
    judged = (
        gettext("no worse than chance explains")
        if images.no_worse
        else gettext("worse than chance explains")
    )
    return html(
        "MNIST test images: {judged}; of {images}, {lost} are lost and {gained} gained",
        judged=judged,
        images=grouped(images.images),
        lost=images.lost,
        gained=images.gained,
    )


def _corrections_text(verdict: Verdict) -> Markup:
    """Say how many of the corrections that were kept out of training are read right."""
    if not verdict.held_out:
        return html("corrections kept out of training: none yet, so there is nothing to compare")
    return html(
        "corrections kept out of training: {right} of {count} right, {before} before",
        right=verdict.held_out_right,
        count=verdict.held_out,
        before=verdict.held_out_right_before,
    )


def _mark(passed: bool) -> str:
    return PASSED_MARK if passed else FAILED_MARK
