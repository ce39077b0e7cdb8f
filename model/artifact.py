"""A model on disk: a folder that is whole or absent, and says how it was made.

    model.keras     what training goes on from
    model.tflite    the same network for LiteRT, which is what answers
    manifest.json   recipe, seed, measured figures, versions, SHA-256 of each file
    *.png           learning curves and the confusion matrix
    README.md       the same for people

The manifest is written last and names every file's hash, so a folder that was half copied,
edited or damaged is refused instead of answering with somebody else's weights.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.errors import ModelError
from model.vision.glyphs import PREPROCESSING

DEFAULT_MODEL = Path(__file__).parent / "weights"
"""The model that ships with Inkling."""

KERAS = "model.keras"
TFLITE = "model.tflite"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is known about a trained model.

    Attributes:
        version: a short id from the hash of the weights; it names this model everywhere.
        recipe: the name under which `model.recipes` keeps it.
        command: what to type to make it again, a line for each model that led to it.
        base: the version that training went on from, or None.
        seed: what every random number was drawn from.
        epochs: how many were trained.
        trained_on: how many glyphs of each origin an epoch saw, e.g. {"mnist": 60000}.
        held_out: how many training images were kept for validation; 0 for a final model.
        parameters: trainable numbers.
        seconds: wall time of training.
        peak_memory_mb: the most memory that the training process and its workers held.
        test_accuracy: on MNIST's 10,000 test images, 0–1.
        test_loss: cross-entropy there, after calibration.
        val_accuracy: on the images that were held out, or None where none were.
        val_loss: cross-entropy there, after calibration.
        temperature: probabilities are softmax(logits / temperature).
        refusal_threshold: below this digit likeness, a glyph is not a digit.
        preprocessing: how glyphs were made, see `model.vision.glyphs`.
        created: UTC, ISO 8601.
        versions: of Python and of the libraries that trained it.
        history: one object an epoch, as `train --json` prints them.
        confusion: (10, 10), rows the true digit, columns what was read.
        files: SHA-256 of each file in the folder but this one and the card.
        teacher: the version whose probabilities were learned from, or None.
        cpu_seconds: what all processors spent on it, workers included.
    """

    version: str
    recipe: str
    command: str
    base: str | None
    seed: int
    epochs: int
    trained_on: Mapping[str, int]
    held_out: int
    parameters: int
    seconds: float
    peak_memory_mb: float
    test_accuracy: float
    test_loss: float
    val_accuracy: float | None
    val_loss: float | None
    temperature: float
    refusal_threshold: float
    preprocessing: str
    created: str
    versions: Mapping[str, str]
    history: tuple[Mapping[str, Any], ...]
    confusion: tuple[tuple[int, ...], ...]
    files: Mapping[str, str]
    teacher: str | None = None
    cpu_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model folder that was found whole."""

    path: Path
    manifest: Manifest

    @classmethod
    def open(cls, path: Path) -> ModelFolder:
        """Read the manifest and check every file against it.

        Raises:
            ModelError: the folder is missing, not whole, or made for other preprocessing.
        """
        manifest = _manifest(path)
        for name, expected in manifest.files.items():
            received = _sha256(path / name)
            if received != expected:
                raise ModelError(
                    f"Expected {path / name} with SHA-256 {expected[:12]}…, received {received}: "
                    "the folder is damaged. Train or copy it again."
                )
        if not {KERAS, TFLITE} <= manifest.files.keys():
            raise ModelError(f"Expected {KERAS} and {TFLITE} in {path}'s manifest.")
        if manifest.preprocessing != PREPROCESSING:
            raise ModelError(
                f"Expected a model made for glyphs of {PREPROCESSING!r}, received one for "
                f"{manifest.preprocessing!r} in {path}. Train it again."
            )
        return cls(path, manifest)

    @property
    def keras_file(self) -> Path:
        """What training goes on from."""
        return self.path / KERAS

    @property
    def tflite_file(self) -> Path:
        """What answers."""
        return self.path / TFLITE


def write_manifest(folder: Path, **measured: Any) -> Manifest:
    """Write the manifest over the files that are in the folder; the last step of making one."""
    files = {file.name: _sha256(file) for file in sorted(folder.iterdir())}
    manifest = Manifest(files=files, preprocessing=PREPROCESSING, **measured)
    text = json.dumps(dataclasses.asdict(manifest), indent=1, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return manifest


def _manifest(path: Path) -> Manifest:
    try:
        fields = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        fields["history"] = tuple(fields["history"])
        fields["confusion"] = tuple(map(tuple, fields["confusion"]))
        return Manifest(**fields)
    except FileNotFoundError as error:
        raise ModelError(f"Expected a model folder, received {path}: no {MANIFEST}.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"Expected a manifest in {path / MANIFEST}, received {error}.") from error


def _sha256(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        return str(error)
