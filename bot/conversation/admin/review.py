"""/review: an admin looks at what people said, and accepts or rejects it.

Which corrections a page holds stands in its own buttons, so it outlives a restart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from markupsafe import Markup

from bot.conversation.buttons.actions import Decide, DecidePage, NextPage, ReviewAction
from bot.conversation.message import Button, Buttons, Message, Picture, Reaction, Shown
from bot.messages.language import gettext, html, ngettext, nhtml
from bot.messages.review_sheet import CORRECTIONS_PER_PAGE, review_sheet, suspicious
from bot.store import Database, corrections
from bot.store.corrections import Correction, State
from bot.store.people import Person

BUTTONS_PER_ROW = 6
"""The two buttons of three corrections: as many as fit into the width of a phone."""


async def show_page(database: Database) -> Message:
    """Show the corrections that wait to be looked at, as many as fit on a sheet.

    Raises:
        StoreUnavailable: the database is away.
    """
    page = await corrections.waiting(database, CORRECTIONS_PER_PAGE)
    counts = await corrections.count(database)
    if not page:
        return Message(_nothing_waits_text(counts))
    numbers = {correction.id: number for number, correction in enumerate(page, start=1)}
    return Message(
        page_caption(page, counts[State.WAITING]),
        (Picture(await asyncio.to_thread(review_sheet, page), "review.png"),),
        page_buttons(numbers),
    )


async def react(database: Database, action: ReviewAction, shown: Shown, admin: Person) -> Reaction:
    """Do what an admin pressed under a page.

    Args:
        database: where the corrections are.
        action: what was pressed.
        shown: the page; its buttons say what is left of it.
        admin: who pressed.

    Raises:
        StoreUnavailable: the database is away.
    """
    left = _numbers_left(shown.buttons)
    match action:
        case NextPage():
            return Reaction(buttons=(), reply=await show_page(database))
        case Decide(correction, accept):
            ids = [correction]
        case DecidePage(accept):
            ids = list(left)
    state = State.ACCEPTED if accept else State.REJECTED
    decided = await corrections.decide(database, ids, state, admin)
    if accept:
        notice = ngettext("{count} accepted.", "{count} accepted.", decided)
    else:
        notice = ngettext("{count} rejected.", "{count} rejected.", decided)
    if decided < len(ids):
        notice += "\n" + ngettext(
            "{count} had changed or gone in the meantime, and was left.",
            "{count} had changed or gone in the meantime, and were left.",
            len(ids) - decided,
        )
    remaining = {identity: number for identity, number in left.items() if identity not in ids}
    counts = await corrections.count(database)
    return Reaction(
        notice,
        # What is not as the admin expects is to be read.
        alert=decided < len(ids),
        text=_text_after(counts, len(remaining), shown),
        buttons=page_buttons(remaining) if counts[State.WAITING] else (),
    )


def page_caption(page: tuple[Correction, ...], waiting: int) -> Markup:
    """Say in words what a page shows, and which of it to look at twice."""
    marked = [str(number) for number, c in enumerate(page, start=1) if suspicious(c)]
    text = _waiting_text(waiting, len(page))
    if marked:
        text += "\n" + html(
            "Look twice at {numbers}: the model was sure of what it read, or the person who says "
            "otherwise was often wrong.",
            numbers=", ".join(marked),
        )
    return text


def _text_after(counts: Mapping[State, int], here: int, shown: Shown) -> Markup:
    """Say how many corrections wait now; what to look at twice stays while any are on the page."""
    if not counts[State.WAITING]:
        return _nothing_waits_text(counts)
    _, _, marked = shown.text.partition("\n")
    lines = [_waiting_text(counts[State.WAITING], here), marked if here else Markup("")]
    return Markup("\n").join(lines).strip()


def _nothing_waits_text(counts: Mapping[State, int]) -> Markup:
    """Say that no correction waits, and what became of those that did."""
    return html(
        "Nothing is waiting. {accepted}, {rejected} so far. /train teaches the accepted ones.",
        accepted=ngettext("{count} accepted", "{count} accepted", counts[State.ACCEPTED]),
        rejected=ngettext("{count} rejected", "{count} rejected", counts[State.REJECTED]),
    )


def _waiting_text(waiting: int, here: int) -> Markup:
    """Say how many corrections wait, and how many of them the page holds."""
    return nhtml(
        "<b>{count} waiting</b>, {here} here: what was read → what people say.",
        "<b>{count} waiting</b>, {here} here: what was read → what people say.",
        waiting,
        here=here,
    )


def page_buttons(numbers: dict[int, int]) -> Buttons:
    """Return two buttons a correction, by its id and its number on the page; then the page's."""
    buttons = [
        Button(f"{'✓' if accept else '✗'} {number}", Decide(correction, accept))
        for correction, number in numbers.items()
        for accept in (True, False)
    ]
    rows = [
        tuple(buttons[start : start + BUTTONS_PER_ROW])
        for start in range(0, len(buttons), BUTTONS_PER_ROW)
    ]
    if len(numbers) > 1:
        rows.append(
            (
                Button(
                    ngettext("✓ accept {count}", "✓ accept all {count}", len(numbers)),
                    DecidePage(accept=True),
                ),
                Button(
                    ngettext("✗ reject {count}", "✗ reject all {count}", len(numbers)),
                    DecidePage(accept=False),
                ),
            )
        )
    return (*rows, (Button(gettext("next page ›"), NextPage()),))


def _numbers_left(shown: Buttons) -> dict[int, int]:
    """Find the corrections of a page that are not decided, by id, with their numbers on it."""
    return {
        button.action.correction: int(button.label.split()[-1])
        for row in shown
        for button in row
        if isinstance(button.action, Decide) and button.action.accept
    }
