"""What holds for all tests."""

from collections.abc import Iterator

import matplotlib.pyplot as plt
import pytest


@pytest.fixture(autouse=True)
def no_figure_left_open() -> Iterator[None]:
    """A test that leaves a figure open fails itself, not the next one that counts figures."""
    yield
    left = plt.get_fignums()
    plt.close("all")
    assert not left, "this test left a figure open"
