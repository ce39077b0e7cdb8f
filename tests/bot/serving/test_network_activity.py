"""The network at work, of the model that ships."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.serving.network_activity import ActivityRecorder
from bot.serving.reading.reader import Reader
from model.artifact import DEFAULT_MODEL, ModelFolder


def test_it_shows_each_layer_and_what_the_digit_rests_on(digits: NDArray[np.uint8]) -> None:
    recorder = ActivityRecorder(ModelFolder.open(DEFAULT_MODEL).tflite_file.read_bytes())
    seven, one = recorder.record(digits[7]), recorder.record(digits[1])
    assert [len(layer) for layer in seven.layers] == [784, 832, 560, 560]
    assert all(layer.dtype == np.uint8 and layer.max() == 255 for layer in seven.layers)
    assert [len(links) > 0 for links in seven.links] == [True] * 4
    assert {link.target for link in seven.links[-1]} == {7}
    # Each connection goes on from one that is shown, and comes from a neuron that is active.
    for layer, links, following in zip(seven.layers, seven.links, seven.links[1:], strict=False):
        assert {link.target for link in links} <= {link.source for link in following}
        assert all(layer[link.source] > 0 for link in links)
    assert not np.array_equal(seven.layers[-1], one.layers[-1])
    again = recorder.record(digits[7])
    assert all(map(np.array_equal, again.layers, seven.layers))


async def test_the_reading_process_records_it(photos: list[bytes]) -> None:
    async with Reader() as reader:
        recorded = await reader.record(photos[3])
        assert recorded.version == reader.version
    assert recorded.reading.text == "3"
    assert {link.target for link in recorded.activities[0].links[-1]} == {3}
