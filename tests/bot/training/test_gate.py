"""The gate lets through what is no worse, and says by which figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.store.corrections import Accepted
from bot.training.gate import Verdict, judge
from model.artifact import DEFAULT_MODEL, ModelFolder
from model.recognition.classifier import Classifier
from model.types import NOT_A_DIGIT, Examples
from tests.bot.models import variant

DAMAGE = 0.3


@pytest.fixture(scope="module")
def shipped() -> ModelFolder:
    return ModelFolder.open(DEFAULT_MODEL)


def none() -> Accepted:
    return Accepted(np.empty((0, 28, 28), np.uint8), np.empty(0, np.int64), np.empty(0, np.bool_))


def accuracy(folder: Path, test: Examples) -> float:
    read = Classifier.load(ModelFolder.open(folder)).classify(test.glyphs).probabilities.argmax(1)
    return float((read == test.labels).mean())


def failed(verdict: Verdict) -> list[str]:
    checks = {
        "images": verdict.images.no_worse,
        "corrections": verdict.keeps_corrections,
        "files": verdict.files_agree,
    }
    return [name for name, passed in checks.items() if not passed]


def test_the_same_model_passes(
    shipped: ModelFolder, few_test_images: Examples, tmp_path: Path
) -> None:
    same = ModelFolder.open(variant(tmp_path / "same"))
    verdict = judge(shipped, same, few_test_images, none())
    assert verdict.passed, verdict
    assert (verdict.images.lost, verdict.images.gained) == (0, 0)
    assert Verdict.from_json(verdict.to_json()) == verdict


def test_a_worse_model_does_not(
    shipped: ModelFolder, few_test_images: Examples, tmp_path: Path
) -> None:
    path = variant(tmp_path / "worse", damage=DAMAGE)
    measured = accuracy(path, few_test_images)
    assert measured < shipped.manifest.test_accuracy - 0.01
    (tmp_path / "again").mkdir()
    honest = variant(tmp_path / "again" / "worse", damage=DAMAGE, test_accuracy=measured)
    verdict = judge(shipped, ModelFolder.open(honest), few_test_images, none())
    assert failed(verdict) == ["images"]
    assert verdict.images.lost > verdict.images.gained


def test_litert_that_does_not_answer_as_keras_did_is_found(
    shipped: ModelFolder, few_test_images: Examples, tmp_path: Path
) -> None:
    other = ModelFolder.open(variant(tmp_path / "other", test_accuracy=0.99))
    assert failed(judge(shipped, other, few_test_images, none())) == ["files"]


def test_only_corrections_kept_out_of_training_count(
    shipped: ModelFolder, few_test_images: Examples, tmp_path: Path
) -> None:
    path = variant(tmp_path / "worse", damage=DAMAGE)
    before = Classifier.load(shipped).classify(few_test_images.glyphs).probabilities.argmax(1)
    worse = ModelFolder.open(path)
    after = Classifier.load(worse).classify(few_test_images.glyphs).probabilities.argmax(1)
    lost = np.flatnonzero((before == few_test_images.labels) & (after != few_test_images.labels))[
        :8
    ]
    corrections = Accepted(
        few_test_images.glyphs[lost], few_test_images.labels[lost], np.arange(8) < 3
    )
    verdict = judge(shipped, worse, few_test_images, corrections)
    assert (verdict.held_out, verdict.held_out_right, verdict.held_out_right_before) == (3, 0, 3)
    assert "corrections" in failed(verdict)
    trained_on = Accepted(corrections.glyphs, corrections.said, np.zeros(8, np.bool_))
    assert "corrections" not in failed(judge(shipped, worse, few_test_images, trained_on))


@pytest.mark.parametrize("kept", ["✓ all is well", "[]", "{}", '{"images": {}}'])
def test_what_is_no_verdict_is_said(kept: str) -> None:
    with pytest.raises(ValueError):
        Verdict.from_json(kept)


def test_what_is_no_digit_counts_as_right_when_it_is_refused(
    shipped: ModelFolder, few_test_images: Examples, tmp_path: Path
) -> None:
    glyphs = few_test_images.glyphs[:2]
    said = Accepted(glyphs, np.full(2, NOT_A_DIGIT), np.ones(2, np.bool_))
    strict = ModelFolder.open(variant(tmp_path / "strict", refusal_threshold=1.1))
    verdict = judge(shipped, strict, few_test_images, said)
    assert (verdict.held_out_right, verdict.held_out_right_before) == (2, 0)
