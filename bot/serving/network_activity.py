"""What each layer of the network makes of a glyph, for people who want to see it at work.

The LiteRT file that reads photos gives outputs only. Here a second interpreter runs the same file
and keeps what every operation computes. From the output it goes back through the fully connected
layers, so that it also knows their weights: which neurons a digit's score rests on.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.types import Glyph

MAX_LINKS_TO_OUTPUT = 10
"""Neurons of the last hidden layer that are shown to lead to the digit. More would be a blur."""

MAX_LINKS_TO_NEURON = 3
"""Neurons of the layer before that are shown to lead to each of these."""


class Link(NamedTuple):
    """A connection that helped: from a neuron to one of the next layer, both counted from 0."""

    source: int
    target: int


@dataclass(frozen=True, slots=True, eq=False)
class NetworkActivity:
    """What the fully connected layers made of one glyph.

    Attributes:
        layers: (n,) uint8 each, from the first layer's input to the last hidden layer: how active
            each neuron is, 0 for not at all, 255 for the most active one of its layer.
        links: for each layer, the strongest connections to the next one, of which the last leads
            to the ten digits; they are traced back from the most probable digit.
    """

    layers: tuple[NDArray[np.uint8], ...]
    links: tuple[tuple[Link, ...], ...]


class ActivityRecorder:
    """Records the activity of one model version. Safe to use from several threads.

    Args:
        model: the content of a .tflite file with an output named "digits".
    """

    def __init__(self, model: bytes) -> None:
        # The bot's own process knows what is recorded, and never records.
        from ai_edge_litert.interpreter import Interpreter, OpResolverType  # noqa: PLC0415

        self._lock = threading.Lock()
        # Without XNNPACK, which would run several layers as one and keep nothing between them.
        self._interpreter = Interpreter(
            model_content=model,
            num_threads=1,
            experimental_preserve_all_tensors=True,
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        )
        self._runner = self._interpreter.get_signature_runner()
        (self._input,) = self._runner.get_input_details()
        self._dense = self._dense_layers()

    def record(self, glyph: Glyph) -> NetworkActivity:
        """Run the network on one glyph, (28, 28) uint8, 0 paper … 255 ink."""
        with self._lock:
            self._runner(**{self._input: glyph[np.newaxis].astype(np.float32) / 255})
            # After ReLU nothing is negative, but the straightened picture may be, a little.
            inputs = [
                self._interpreter.get_tensor(layer.inputs)[0].clip(min=0) for layer in self._dense
            ]
            scores = self._interpreter.get_tensor(self._dense[-1].outputs)[0]
            links = self._trace(inputs, int(scores.argmax()))
        return NetworkActivity(tuple(_as_bytes(values) for values in inputs), links)

    def _dense_layers(self) -> list[_DenseLayer]:
        """Find the fully connected layers that lead to the digits, the first one first."""
        producers = {
            int(output): operation
            for operation in self._interpreter._get_ops_details()
            for output in operation["outputs"]
        }
        tensor = int(self._runner.get_output_details()["digits"]["index"])
        layers: list[_DenseLayer] = []
        while (operation := producers.get(tensor)) is not None:
            inputs = [int(index) for index in operation["inputs"]]
            if operation["op_name"] == "FULLY_CONNECTED":
                layers.insert(0, _DenseLayer(inputs[0], inputs[1], tensor))
            elif layers:
                break
            tensor = inputs[0]
        return layers

    def _trace(self, inputs: list[NDArray[np.float32]], digit: int) -> tuple[tuple[Link, ...], ...]:
        """Follow the strongest contributions from a digit back to the first layer's input."""
        links: list[tuple[Link, ...]] = []
        targets, at_most = [digit], MAX_LINKS_TO_OUTPUT
        for layer, values in zip(reversed(self._dense), reversed(inputs), strict=True):
            weights: Any = self._interpreter.get_tensor(layer.weights)
            found = _strongest(values * weights[targets], targets, at_most)
            links.insert(0, found)
            targets, at_most = sorted({link.source for link in found}), MAX_LINKS_TO_NEURON
        return tuple(links)


class _DenseLayer(NamedTuple):
    """Where the interpreter keeps a layer's input, its weights (out, in) and its output."""

    inputs: int
    weights: int
    outputs: int


def _strongest(
    contributions: NDArray[np.float32], targets: Sequence[int], at_most: int
) -> tuple[Link, ...]:
    """Return the links to each target whose contributions, (targets, sources), are the largest."""
    at_most = min(at_most, contributions.shape[1])
    largest = np.argpartition(-contributions, at_most - 1, axis=1)[:, :at_most]
    return tuple(
        Link(int(source), target)
        for target, row, sources in zip(targets, contributions, largest, strict=True)
        for source in sources
        if row[source] > 0
    )


def _as_bytes(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    most = float(values.max(initial=0.0))
    scaled = values / most if most > 0 else values
    return np.round(255 * scaled).astype(np.uint8)
