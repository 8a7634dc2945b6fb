"""Fixtures for the tests of ``train`` and ``sweep``."""

import pytest

from helpers.training import loop, reuse


@pytest.fixture
def fresh(monkeypatch):
    """A memory with nothing in it, for this test alone."""
    memory = reuse.Memory()
    for module in ("reuse", "run"):
        monkeypatch.setattr(f"helpers.training.{module}.MEMORY", memory)
    return memory


@pytest.fixture
def compiled(fresh, monkeypatch):
    """A function that tells how often something was compiled since the fixture or the last call."""
    made, seen = [], [0]
    old = loop.Loop.__init__

    def init(self, *args, **how):
        made.append(self)
        old(self, *args, **how)

    def count():
        now = sum(one.traces for one in made)
        new, seen[0] = now - seen[0], now
        return new

    monkeypatch.setattr(loop.Loop, "__init__", init)
    return count


@pytest.fixture
def graph(monkeypatch):
    """Dense models, too, run without XLA, which takes longer to compile."""
    monkeypatch.setattr(loop, "suits_xla", lambda model: False)
