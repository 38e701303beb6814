"""Announcing the steps of a run, and taking their time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .core.text import Text

OnStep = Callable[[Text], None]
"""Called with the name of each step as it begins."""


class Clock:
    """Seconds of each step, by its English name; steps of one name add up."""

    def __init__(self, on_step: OnStep | None = None) -> None:
        self.seconds: dict[str, float] = {}
        self._on_step = on_step

    @contextmanager
    def step(self, name: Text) -> Iterator[None]:
        """Announce a step and time what happens inside it."""
        if self._on_step is not None:
            self._on_step(name)
        begin = time.perf_counter()
        yield
        spent = self.seconds.get(name.en, 0.0) + time.perf_counter() - begin
        self.seconds[name.en] = round(spent, 3)
