"""What the gate found and why a run made nothing, in each admin's language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation.admin.verdicts import ENDINGS, ending_text, verdict_text
from bot.errors import Ending
from bot.messages.language import speaking
from bot.training.gate import Verdict
from model.evaluation.significance import PairedComparison
from tests.bot.store.samples import RUN

PASSED = Verdict(
    version="3ec707f411",
    accuracy=0.9961,
    accuracy_before=0.9958,
    loss=0.0121,
    loss_before=0.0119,
    images=PairedComparison(10_000, lost=3, gained=6, p_value=0.9, alpha=0.05),
    held_out=4,
    held_out_right=3,
    held_out_right_before=1,
    litert_right=9961,
    keras_right=9961,
)


def test_a_verdict_is_told_line_by_line() -> None:
    assert verdict_text(PASSED.to_json()).splitlines() == [
        "Test accuracy 99.61%, loss 0.0121; version 3ec707f411 has 99.58% and 0.0119.",
        "✓ MNIST test images: no worse than chance explains; of 10,000, 3 are lost and 6 gained",
        "✓ corrections kept out of training: 3 of 4 right, 1 before",
        "✓ Keras and LiteRT agree: 9,961 and 9,961 of the test images right",
    ]


def test_what_failed_has_a_cross() -> None:
    worse = replace(
        PASSED,
        images=replace(PASSED.images, p_value=0.001),
        held_out_right=0,
        keras_right=9900,
    )
    lines = verdict_text(worse.to_json()).splitlines()[1:]
    assert [line[0] for line in lines] == ["✗", "✗", "✗"]
    assert "worse than chance explains" in lines[0]


def test_without_corrections_there_is_nothing_to_compare() -> None:
    none = replace(PASSED, held_out=0, held_out_right=0, held_out_right_before=0)
    assert "none yet" in verdict_text(none.to_json())


def test_an_admin_reads_it_in_their_own_language() -> None:
    with speaking("de"):
        assert "99,61" in verdict_text(PASSED.to_json())
        assert "Test accuracy" not in verdict_text(PASSED.to_json())


def test_the_sentences_of_an_older_program_are_shown_as_they_are() -> None:
    assert verdict_text("✓ all <is> well") == "✓ all &lt;is&gt; well"
    assert ending_text(replace(RUN, reason="The disk <is> full.")) == "The disk &lt;is&gt; full."


@pytest.mark.parametrize("ending", Ending)
def test_every_ending_has_words(ending: Ending) -> None:
    ended = replace(RUN, reason=f"{ending}\n<detail>", cancelled_by="Bob & Co")
    words = ending_text(ended)
    assert words.endswith(".") or "{detail}" in ENDINGS[ending]
    assert ("&lt;detail&gt;" in words) == ("{detail}" in ENDINGS[ending])
    assert ("Bob &amp; Co" in words) == (ending is Ending.CANCELLED)


def test_a_child_that_said_nothing_leaves_no_gap() -> None:
    assert ending_text(replace(RUN, reason=Ending.GAVE_UP)).endswith("Its last words: –")
