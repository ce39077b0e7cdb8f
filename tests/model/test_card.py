"""A model folder's README."""

from __future__ import annotations

from dataclasses import replace

from model.artifact import DEFAULT_MODEL, ModelFolder
from model.card import card


def test_the_card_says_how_to_make_it_again_and_what_was_measured() -> None:
    manifest = replace(
        ModelFolder.open(DEFAULT_MODEL).manifest,
        command="python -m model train --recipe mlp --out DIR",
        test_accuracy=0.9944,
        trained_on={"mnist": 60_000, "hands": 12_000},
        val_accuracy=None,
        cpu_seconds=90,
        seconds=60,
    )
    text = card(manifest)
    assert "    python -m model train --recipe mlp --out DIR\n" in text
    assert "| MNIST test images right | 99.44% |" in text
    assert "60,000 of mnist, 12,000 of hands" in text
    assert "1.0 (1.5 of CPU time)" in text
    assert "held out" not in text


def test_images_that_were_held_out_are_counted() -> None:
    manifest = ModelFolder.open(DEFAULT_MODEL).manifest
    text = card(replace(manifest, val_accuracy=0.99, held_out=10_000))
    assert "| right of 10,000 held out | 99.00% |" in text
