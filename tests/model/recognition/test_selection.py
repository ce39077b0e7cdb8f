"""Which hypothesis counts, and whether it is trusted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from model.recognition.classifier import Evidence
from model.recognition.decoding.decode import DecodedPhoto
from model.recognition.hypotheses import Hypothesis
from model.recognition.selection import (
    closer_look_shows_more,
    hopeless,
    likeliest,
    promising_inks,
    select,
    settled,
)
from model.recognition.trust import trust
from model.recognition.turning import may_tell_the_way_up, promising_turn
from model.types import Box
from model.vision.best_path import Path
from model.vision.components import Components
from model.vision.pipeline import USUAL_BINARIZATIONS
from model.vision.segmentation import Candidate, Segmentation

PICTURE = DecodedPhoto(np.full((400, 400, 3), 230, np.uint8), 1.0)


def hypothesis(
    text: str,
    confidence: float,
    *,
    quarter_turns: int = 0,
    dark_ink: bool = True,
    height: int = 40,
    picture: DecodedPhoto = PICTURE,
) -> Hypothesis:
    """A hypothesis on plain paper whose digits are all as sure."""
    candidates = tuple(
        Candidate(
            np.zeros((28, 28), np.uint8),
            Box(60 * k, 20, height * 3 // 4, height),
            0,
            k,
            k,
            300,
            0,
            1e6,
            Box(60 * k, 20, height * 3 // 4, height),
        )
        for k in range(len(text))
    )
    components = Components(
        labels=np.zeros((400, 400), np.int32),
        boxes=np.zeros((0, 4), np.int32),
        areas=np.zeros(0, np.int32),
        strengths=np.zeros(0),
        kept=np.zeros(0, np.bool_),
    )
    plane = np.zeros((400, 400), np.uint8)
    segmentation = Segmentation(
        plane, plane, components, candidates, USUAL_BINARIZATIONS[0], dark_ink, quarter_turns
    )
    path = Path(
        segmentation,
        tuple(range(len(text))),
        np.full(len(text), confidence),
        np.full(len(text), 300.0),
    )
    probabilities = np.eye(10, dtype=np.float32)[list(map(int, text))]
    return Hypothesis(
        picture, path, Evidence(probabilities, np.full(len(text), confidence, np.float32)), text
    )


def test_the_hypothesis_that_explains_most_is_the_likeliest() -> None:
    sure, unsure = hypothesis("12", 0.99), hypothesis("17", 0.6)
    assert likeliest([unsure, sure]) is sure


def test_a_digit_that_most_others_see_otherwise_is_less_likely() -> None:
    alone = hypothesis("8", 0.96)
    object.__setattr__(alone.path, "areas", np.array([700.0]))  # more ink: the edge of a shadow
    others = [hypothesis("63", 0.96) for _ in range(4)]
    assert alone.score > others[0].score
    assert likeliest([alone, *others]).text == "63"


def test_what_a_second_hypothesis_confirms_is_settled() -> None:
    assert settled([hypothesis("12", 0.99), hypothesis("12", 0.98)])
    assert settled([hypothesis("12", 0.99), hypothesis("17", 0.9), hypothesis("12", 0.98)])
    assert not settled([hypothesis("12", 0.99), hypothesis("17", 0.98)])
    assert not settled([hypothesis("12", 0.7), hypothesis("12", 0.7)])
    assert not settled([])


def test_where_all_ways_come_to_the_same_nothing_else_confirms_it() -> None:
    same = hypothesis("12", 0.99)
    assert settled([same, same])


def test_small_digits_need_a_third_hypothesis_to_be_settled() -> None:
    small = [hypothesis("12", confidence, height=16) for confidence in (0.99, 0.98, 0.97)]
    assert not settled(small[:2])
    assert settled(small)


def test_one_small_digit_is_settled_where_no_more_pixels_are_left() -> None:
    small = [hypothesis("7", confidence, height=16) for confidence in (0.99, 0.98)]
    assert settled(small)
    reduced = replace(PICTURE, scale=2.0)
    assert not settled([replace(each, picture=reduced) for each in small])


def test_only_small_digits_are_looked_at_more_closely() -> None:
    assert closer_look_shows_more([hypothesis("12", 0.7, height=16)])
    assert not closer_look_shows_more([hypothesis("12", 0.7, height=40)])
    assert closer_look_shows_more([])


def test_one_digit_alone_shows_the_way_up_if_it_is_whole() -> None:
    whole, cut_off = (hypothesis("7", 0.99, quarter_turns=1) for _ in range(2))
    (candidate,) = whole.segmentation.candidates
    moved = replace(candidate, box=candidate.box._replace(x=20))
    object.__setattr__(whole.segmentation, "candidates", (moved,))
    assert may_tell_the_way_up(whole, on_its_side=True)
    assert not may_tell_the_way_up(whole, on_its_side=False)
    assert not may_tell_the_way_up(cut_off, on_its_side=True)  # begins at the border


def test_where_next_to_nothing_looks_like_a_digit_a_closer_look_is_hopeless() -> None:
    assert hopeless([hypothesis("123", 0.1), hypothesis("12", 0.2)])
    assert not hopeless([hypothesis("123", 0.1), hypothesis("12", 0.6)])
    assert not hopeless([])


def test_what_is_read_though_another_explains_more_is_settled_too() -> None:
    edges = hypothesis("1111", 0.7)
    assert settled([edges, hypothesis("12", 0.99), hypothesis("12", 0.98)])


def test_ink_that_shows_nothing_is_not_looked_at_again() -> None:
    dark, light = hypothesis("12", 0.9), hypothesis("345", 0.1, dark_ink=False)
    assert promising_inks([dark, light]) == [True]
    assert promising_inks([dark]) == [True, False]
    assert promising_inks([light]) == [True]
    assert promising_inks([hypothesis("7", 0.1), light]) == []


def test_a_hypothesis_with_which_no_other_agrees_is_trusted_less() -> None:
    one, two = hypothesis("12", 0.99), hypothesis("17", 0.9)
    assert trust(one, [one, one]) == pytest.approx(0.99**3, abs=1e-3)
    assert trust(one, [one, two]) < 0.75


def test_what_a_sheet_shows_alone_confirms_what_the_whole_photo_shows() -> None:
    sheet = replace(PICTURE, whole=PICTURE)
    number, alone = hypothesis("12", 0.93), hypothesis("12", 0.93, picture=sheet)
    other = hypothesis("17", 0.93, picture=sheet)
    assert trust(number, [number, alone]) > 0.8 > trust(number, [number, other])
    # One digit is read in both by chance.
    digit, same = hypothesis("7", 0.93), hypothesis("7", 0.93, picture=sheet)
    others = [hypothesis("1", 0.93), hypothesis("2", 0.93)]
    assert trust(digit, [digit, same, *others]) == trust(digit, [digit, *others]) < 0.7


def test_a_runner_up_that_is_seen_twice_needs_less_trust() -> None:
    edges = hypothesis("1111", 0.85)
    object.__setattr__(edges.path, "areas", np.full(4, 1e6))
    number, again, other = (hypothesis(text, 0.92) for text in ("123", "123", "173"))
    assert likeliest([edges, number, again]) is edges
    assert 0.74 < trust(number, [number, again]) < 0.8
    assert select([edges, number, again]) == (number, True)
    assert select([edges, number, other]) == (edges, False)


def test_edges_of_objects_do_not_count_where_the_other_ink_lies_on_paper() -> None:
    dark, light = hypothesis("12", 0.95), hypothesis("1", 0.999, dark_ink=False)
    assert likeliest([dark, light]) is light
    light.__dict__["edge_likeness"] = 1.0
    assert likeliest([dark, light]) is dark
    dark.__dict__["edge_likeness"] = 1.0
    assert likeliest([dark, light]) is light


def test_a_doubtful_hypothesis_is_not_answered() -> None:
    doubtful = hypothesis("12", 0.7)
    assert select([doubtful, doubtful]) == (doubtful, False)


def test_several_digits_that_are_much_surer_turned_are_read_turned() -> None:
    upright, turned = hypothesis("174", 0.5), hypothesis("253", 0.99, quarter_turns=1)
    assert select([upright, turned, turned]) == (turned, True)
    assert settled([upright, turned, turned])


def test_what_makes_sense_upside_down_is_read_as_it_came() -> None:
    upright, turned = hypothesis("666", 0.93), hypothesis("999", 0.999, quarter_turns=2)
    assert select([upright, upright, turned, turned]) == (upright, True)


class SureOfCorners:
    """Takes a glyph for a digit where its upper left corner is light."""

    def classify(self, glyphs: NDArray[np.uint8]) -> Evidence:
        sure = (glyphs[:, 0, 0] == 255).astype(np.float32)
        return Evidence(np.tile(np.eye(10, dtype=np.float32)[7], (len(glyphs), 1)), sure)


def marked(found: Hypothesis, turns: int) -> Hypothesis:
    """The same hypothesis, with glyphs that are digits when turned so often."""
    glyph = np.zeros((28, 28), np.uint8)
    glyph[0, 0] = 255
    glyph = np.ascontiguousarray(np.rot90(glyph, -turns))
    for candidate in found.path.candidates:
        candidate.glyph[:] = glyph
    return found


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turn_after_which_all_signs_look_like_digits_is_promising(turns: int) -> None:
    unsure = marked(hypothesis("174", 0.3), turns)
    assert promising_turn([unsure], SureOfCorners(), on_its_side=False) == turns


def test_a_turn_is_not_promising_without_need_or_with_too_few_signs() -> None:
    classifier = SureOfCorners()
    sure, few = marked(hypothesis("174", 0.99), 1), marked(hypothesis("17", 0.3), 1)
    assert promising_turn([sure], classifier, on_its_side=False) is None
    assert promising_turn([few], classifier, on_its_side=False) is None
    assert promising_turn([few], classifier, on_its_side=True) == 1
    assert promising_turn([], classifier, on_its_side=True) is None
