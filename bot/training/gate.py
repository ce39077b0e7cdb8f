"""Whether a new version may serve: it must be no worse than the one that does.

Three things are measured, all by the LiteRT files that would answer:

- the 10,000 test images of MNIST. Losing a few is chance; whether it is more than that is told by
  an exact one-sided McNemar test on the images that only one of the two reads right (see
  `model.evaluation.significance`);
- the accepted corrections that were kept out of training: at least as many right as before;
- that the LiteRT file answers as the Keras network that was trained: the child that trained it
  compares every probability and writes nothing if they differ, and here the accuracy that Keras
  had on the test images must be LiteRT's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.store.corrections import Accepted
from model.artifact import Manifest, ModelFolder
from model.evaluation.significance import mcnemar
from model.recognition.classifier import Classifier
from model.types import NOT_A_DIGIT, Examples

MAX_DIFFERENT_IMAGES = 1
"""Test images on which Keras and LiteRT may differ, because two digits tie within the 1e-5 to which
the export compares them."""


@dataclass(frozen=True, slots=True)
class Check:
    """One condition, with the figures that it was decided by."""

    name: str
    passed: bool
    figures: str

    def __str__(self) -> str:
        return f"{'✓' if self.passed else '✗'} {self.name}: {self.figures}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found.

    Attributes:
        figures: accuracy and loss beside the active version's.
        checks: the conditions.
    """

    figures: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether the version may serve."""
        return all(check.passed for check in self.checks)

    def __str__(self) -> str:
        return "\n".join([self.figures, *map(str, self.checks)])


def judge(
    active: ModelFolder, candidate: ModelFolder, test: Examples, corrections: Accepted
) -> Verdict:
    """Compare a candidate with the active version. Takes a second or two: call it in a thread.

    Args:
        active: what serves.
        candidate: what would.
        test: MNIST's test images.
        corrections: all accepted ones; only those held out are looked at.
    """
    old, new = active.manifest, candidate.manifest
    # Classifiers of our own: the serving one answers one caller at a time, and photos come first.
    before, after = Classifier.load(active), Classifier.load(candidate)
    right_before, right_after = correct(before, test), correct(after, test)
    comparison = mcnemar(right_before, right_after)
    glyphs = corrections.glyphs[corrections.held_out]
    said = corrections.said[corrections.held_out]
    kept_before = agrees(before, old, glyphs, said).sum()
    kept_after = agrees(after, new, glyphs, said).sum()
    litert, keras = (
        int(right_after.sum()),
        round(new.test_accuracy * len(test.labels)),
    )
    return Verdict(
        f"Test accuracy {right_after.mean():.2%}, loss {new.test_loss:.4f}; "
        f"version {old.version} has {right_before.mean():.2%} and {old.test_loss:.4f}.",
        (
            Check(
                "MNIST test images",
                comparison.no_worse,
                str(comparison),
            ),
            Check(
                "corrections kept out of training",
                bool(kept_after >= kept_before),
                f"{kept_after} of {len(said)} right, {kept_before} before"
                if len(said)
                else "none yet, so there is nothing to compare",
            ),
            Check(
                "Keras and LiteRT agree",
                abs(litert - keras) <= MAX_DIFFERENT_IMAGES,
                f"{litert:,} and {keras:,} of the test images right",
            ),
        ),
    )


def correct(classifier: Classifier, test: Examples) -> NDArray[np.bool_]:
    """Return (n,) bool: which test images are read right."""
    right: NDArray[np.bool_] = (
        classifier.classify(test.glyphs).probabilities.argmax(1) == test.labels
    )
    return right


def agrees(
    classifier: Classifier, manifest: Manifest, glyphs: NDArray[np.uint8], said: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return (n,) bool: where the model agrees with people, refused glyphs being no digits."""
    evidence = classifier.classify(glyphs)
    read = np.where(
        evidence.digit_score < manifest.refusal_threshold,
        NOT_A_DIGIT,
        evidence.probabilities.argmax(axis=1),
    )
    same: NDArray[np.bool_] = read == said
    return same
