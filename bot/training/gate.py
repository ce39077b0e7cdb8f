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

import json
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from bot.store.corrections import Accepted
from model.artifact import Manifest, ModelFolder
from model.evaluation.significance import PairedComparison, mcnemar
from model.recognition.classifier import Classifier
from model.types import NOT_A_DIGIT, Examples

MAX_DIFFERENT_IMAGES = 1
"""Test images on which Keras and LiteRT may differ, because two digits tie within the 1e-5 to which
the export compares them."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate found.

    Attributes:
        version: the active version, with which the new one was compared.
        accuracy, accuracy_before: shares of the test images that are read right, 0–1.
        loss, loss_before: on the test images.
        images: the comparison on the test images.
        held_out: how many accepted corrections were kept out of training.
        held_out_right, held_out_right_before: how many of them are read right.
        litert_right, keras_right: test images that each of both files of the new version reads
            right.
    """

    version: str
    accuracy: float
    accuracy_before: float
    loss: float
    loss_before: float
    images: PairedComparison
    held_out: int
    held_out_right: int
    held_out_right_before: int
    litert_right: int
    keras_right: int

    @property
    def keeps_corrections(self) -> bool:
        """Whether at least as many corrections are read right as before."""
        return self.held_out_right >= self.held_out_right_before

    @property
    def files_agree(self) -> bool:
        """Whether the LiteRT file answers as the Keras network did."""
        return abs(self.litert_right - self.keras_right) <= MAX_DIFFERENT_IMAGES

    @property
    def passed(self) -> bool:
        """Whether the version may serve."""
        return self.images.no_worse and self.keeps_corrections and self.files_agree

    def to_json(self) -> str:
        """Return what the database keeps."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """Read what the database keeps.

        Raises:
            ValueError: it is something else, such as the sentences of an older program.
        """
        try:
            kept = json.loads(text)
            return cls(**kept | {"images": PairedComparison(**kept["images"])})
        except (TypeError, KeyError) as error:
            raise ValueError(f"Expected a verdict of the gate. Received {text!r}.") from error


def judge(
    active: ModelFolder, candidate: ModelFolder, test: Examples, corrections: Accepted
) -> Verdict:
    """Compare a candidate with the active version; takes a second or two.

    Args:
        active: what serves.
        candidate: what would.
        test: MNIST's test images.
        corrections: all accepted ones; only those held out are looked at.
    """
    old, new = active.manifest, candidate.manifest
    before, after = Classifier.load(active), Classifier.load(candidate)
    right_before, right_after = correct(before, test), correct(after, test)
    glyphs = corrections.glyphs[corrections.held_out]
    said = corrections.said[corrections.held_out]
    return Verdict(
        version=old.version,
        accuracy=float(right_after.mean()),
        accuracy_before=float(right_before.mean()),
        loss=new.test_loss,
        loss_before=old.test_loss,
        images=mcnemar(right_before, right_after),
        held_out=len(said),
        held_out_right=int(agrees(after, new, glyphs, said).sum()),
        held_out_right_before=int(agrees(before, old, glyphs, said).sum()),
        litert_right=int(right_after.sum()),
        keras_right=round(new.test_accuracy * len(test.labels)),
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
