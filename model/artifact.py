"""A model on disk: a folder with the network, and with a manifest of how it was made.

    model.keras     what further training starts from
    model.tflite    the same network for LiteRT, which answers photos
    manifest.json   recipe, seed, measured figures, versions, SHA-256 of each file
    *.png           learning curves and the confusion matrix
    README.md       the model card: the manifest for people

The manifest has the hash of every file, so that a folder that was copied in part, edited or damaged
is refused.
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
from model.types import PREPROCESSING

DEFAULT_MODEL = Path(__file__).parent / "weights"
"""The model that ships with Inkling."""

KERAS = "model.keras"
"""The file that further training starts from."""

TFLITE = "model.tflite"
"""The file that answers photos."""

MANIFEST = "manifest.json"
"""The file that says how the model was made."""

MODEL_CARD = "README.md"
"""The file that says the same for people; the manifest does not have its hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is known about a trained model.

    Attributes:
        version: a short name from the hash of the weights; it names this model everywhere.
        recipe: its name in `model.recipes`.
        command: what to type to make it again, a line for each model that led to it.
        base: the version that training went on from, or None.
        seed: what every random number was drawn from.
        epochs: the number of epochs of training.
        trained_on: glyphs of each origin in an epoch, e.g. {"mnist": 60000}.
        held_out: training images that were kept for validation; 0 for a final model.
        parameters: the number of trainable parameters.
        seconds: wall time of training.
        peak_memory_mb: peak memory of the training process, and that of its workers.
        test_accuracy: on MNIST's 10,000 test images, 0–1.
        test_loss: cross-entropy there, after calibration.
        val_accuracy: on the images that were held out, or None if none were.
        val_loss: cross-entropy there, after calibration.
        temperature: probabilities are softmax(logits / temperature).
        refusal_threshold: a glyph with a digit score below it is refused.
        preprocessing: how glyphs were made, see `model.vision.glyphs`.
        created: UTC, ISO 8601.
        versions: of Python and of the libraries that trained it.
        history: one object an epoch, as `train --json` prints them.
        confusion: (10, 10), rows the true digit, columns what was read.
        files: SHA-256 of each file in the folder, without the manifest and the card.
        teacher: the version whose probabilities were learned, or None.
        cpu_seconds: processor time, workers included, or None if it was not measured.
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
    """A model folder whose files are complete."""

    path: Path
    manifest: Manifest

    @classmethod
    def open(cls, path: Path) -> ModelFolder:
        """Read the manifest and check every file against it.

        Raises:
            ModelError: the folder is missing or not complete, or is for other preprocessing.
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
        """The network for further training."""
        return self.path / KERAS

    @property
    def tflite_file(self) -> Path:
        """The network for answering photos."""
        return self.path / TFLITE


def write_manifest(folder: Path, **measured: Any) -> Manifest:
    """Write the manifest of a folder in which all other files are complete.

    Args:
        folder: the model folder.
        measured: all attributes of `Manifest` but `files` and `preprocessing`.
    """
    files = {file.name: _sha256(file) for file in sorted(folder.iterdir())}
    manifest = Manifest(files=files, preprocessing=PREPROCESSING, **measured)
    text = json.dumps(dataclasses.asdict(manifest), indent=1, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return manifest


def write_model_card(folder: Path, manifest: Manifest) -> None:
    """Write what the manifest says as Markdown, for people."""
    (folder / MODEL_CARD).write_text(model_card(manifest), encoding="utf-8")


def model_card(manifest: Manifest) -> str:
    """Return what a manifest says as Markdown: how the model was made, and what was measured."""
    trained_on = ", ".join(
        f"{count:,} of {origin}" for origin, count in manifest.trained_on.items()
    )
    base = f", going on from {manifest.base}" if manifest.base else ""
    base += f", taught by {manifest.teacher}" if manifest.teacher else ""
    libraries = ", ".join(f"{name} {number}" for name, number in manifest.versions.items())
    cpu = "" if manifest.cpu_seconds is None else f" ({manifest.cpu_seconds / 60:.1f} of CPU time)"
    lines = [
        f"# {manifest.recipe}, version {manifest.version}",
        "",
        "Made by",
        "",
        *(f"    {line}" for line in manifest.command.splitlines()),
        "",
        f"on {manifest.created[:10]}{base}, with {libraries}.",
        "",
        "| | |",
        "|---|---|",
        f"| MNIST test images right | {manifest.test_accuracy:.2%} |",
        f"| cross-entropy on them | {manifest.test_loss:.4f} |",
    ]
    if manifest.val_accuracy is not None:
        lines.append(f"| right of {manifest.held_out:,} held out | {manifest.val_accuracy:.2%} |")
    lines += [
        f"| parameters | {manifest.parameters:,} |",
        f"| glyphs an epoch | {trained_on} |",
        f"| epochs | {manifest.epochs} |",
        f"| minutes of training | {manifest.seconds / 60:.1f}{cpu} |",
        f"| peak memory | {manifest.peak_memory_mb:,.0f} MB |",
        f"| temperature | {manifest.temperature:.3f} |",
        f"| refused below a digit score of | {manifest.refusal_threshold:.3f} |",
        "",
        *(f"![{name}]({name}.png)" for name in ("confusion", "accuracy", "loss")),
        "",
    ]
    return "\n".join(lines)


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
