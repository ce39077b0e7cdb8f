from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.messages.statistics_chart import statistics_chart
from bot.store.statistics import Statistics
from tests.bot.store.samples import NOTHING_YET, statistics


@pytest.mark.parametrize("figures", [statistics(), NOTHING_YET])
def test_figures_are_drawn_even_if_there_are_none(figures: Statistics) -> None:
    chart = Image.open(io.BytesIO(statistics_chart(figures)))
    assert (chart.format, chart.width) == ("PNG", 799)
