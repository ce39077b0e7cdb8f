from __future__ import annotations

import numpy as np
import pytest

from model.recognition.decoding.decode import decode
from model.synthesis.writer import Writer
from tests.bench._pictures import Hand
from tests.bench.conditions import CONDITIONS


@pytest.mark.parametrize("name", CONDITIONS)
@pytest.mark.slow
def test_a_picture_holds_its_digits_and_is_the_same_again(name: str) -> None:
    writer = Writer.load("validation", use_downloads=False)
    once, again = (CONDITIONS[name](Hand(writer, 7, np.random.default_rng(5))) for _ in range(2))

    assert once == again
    assert once.label.isdecimal()
    assert decode(once.data).pixels.std() > 1
