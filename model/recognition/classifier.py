"""Glyphs to probabilities, by LiteRT, so that TensorFlow stays out of the process."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from model.artifact import ModelFolder
from model.errors import ModelError
from model.recognition.calibration import apply_temperature, digit_score
from model.recognition.litert import load_runner

BATCH_SIZE = 1024
"""Glyphs classified at a time. The interpreter keeps each layer's activations: 1024 × 4 kB."""


class Evidence(NamedTuple):
    """What the model says of n glyphs.

    Attributes:
        probabilities: (n, 10), float32, calibrated, each row sums to 1.
        digit_score: (n,), float32, 0–1: how probable it is that this is a digit at all.
    """

    probabilities: NDArray[np.float32]
    digit_score: NDArray[np.float32]


class GlyphClassifier(Protocol):
    """What a recogniser asks of a classifier."""

    def classify(self, glyphs: NDArray[np.uint8]) -> Evidence:
        """Return the evidence for each glyph.

        Args:
            glyphs: (n, 28, 28), uint8, 0 paper … 255 ink.
        """
        ...


class Classifier:
    """One loaded model version. Safe to use from several threads."""

    def __init__(self, model: bytes, temperature: float) -> None:
        """Use `load`, which also checks where the bytes come from."""
        self._temperature = temperature
        self._lock = threading.Lock()
        self._runner = load_runner(model)
        (self._input,) = self._runner.get_input_details()
        self._outputs = frozenset(self._runner.get_output_details())

    @classmethod
    def load(cls, folder: ModelFolder) -> Classifier:
        """Load the LiteRT file of a folder.

        Raises:
            ModelError: it is not a network that tells digits apart.
        """
        try:
            classifier = cls(folder.tflite_file.read_bytes(), folder.manifest.temperature)
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(f"Expected a LiteRT model, received {error}.") from error
        if "digits" not in classifier._outputs:
            raise ModelError(
                f"Expected {folder.tflite_file} to have an output named 'digits', received "
                f"{sorted(classifier._outputs)}."
            )
        return classifier

    def classify(self, glyphs: NDArray[np.uint8]) -> Evidence:
        """Return the evidence for each glyph.

        Args:
            glyphs: (n, 28, 28), uint8, 0 paper … 255 ink; n may be 0.
        """
        outputs = self.raw(glyphs)
        probabilities = apply_temperature(outputs["digits"], self._temperature)
        return Evidence(probabilities, digit_score(outputs, probabilities))

    def raw(self, glyphs: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """Return the network's outputs by name, before calibration, each (n, …)."""
        if glyphs.ndim != 3 or glyphs.shape[1:] != (28, 28) or glyphs.dtype != np.uint8:
            raise ValueError(
                f"Expected glyphs (n, 28, 28) uint8. Received {glyphs.shape} {glyphs.dtype}."
            )
        batches = [
            glyphs[start : start + BATCH_SIZE] for start in range(0, len(glyphs), BATCH_SIZE)
        ]
        answers = [self._run(batch) for batch in batches]
        if not answers:
            return {"digits": np.empty((0, 10), np.float32)} | (
                {"is_digit": np.empty((0, 1), np.float32)} if "is_digit" in self._outputs else {}
            )
        return {name: np.concatenate([answer[name] for answer in answers]) for name in answers[0]}

    def _run(self, batch: NDArray[np.uint8]) -> dict[str, Any]:
        pixels = batch.astype(np.float32) / 255  # 0–1, as in training
        with self._lock:
            # The runner's arrays are views into the interpreter, overwritten by the next call.
            answer = self._runner(**{self._input: pixels})
            return {name: array.copy() for name, array in answer.items()}


class RememberingClassifier:
    """Classifies the glyphs of one photo, each different one once.

    Most glyphs come again: what is whole is judged before it is read, and several ways to tell ink
    from paper cut out the same.

    Args:
        classifier: is asked about what is new.
    """

    def __init__(self, classifier: GlyphClassifier) -> None:
        self._classifier = classifier
        self._known: dict[bytes, tuple[NDArray[np.float32], np.float32]] = {}

    def classify(self, glyphs: NDArray[np.uint8]) -> Evidence:
        """Return the evidence for each glyph.

        Args:
            glyphs: (n, 28, 28), uint8, 0 paper … 255 ink; n at least 1.
        """
        names = [glyph.tobytes() for glyph in glyphs]
        new = {name: k for k, name in enumerate(names) if name not in self._known}
        if new:
            evidence = self._classifier.classify(glyphs[list(new.values())])
            self._known.update(zip(new, zip(*evidence, strict=True), strict=True))
        probabilities, scores = zip(*(self._known[name] for name in names), strict=True)
        return Evidence(np.stack(probabilities), np.stack(scores))
