"""Announcing the steps of a run and how far each is, and taking their time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from .core.text import Text

OnStep = Callable[[Text], None]
"""Called with the name of each step as it begins."""

OnProgress = Callable[[int, int], None]
"""Called within a long step with how many parts are done, and how many there are."""


OnBounds = Callable[[int | None, int | None], None]
"""Called within a search with the value of the best plan so far, and its bound."""


class Clock:
    """Seconds of each step, by its English name; steps of one name add up.

    Parameters
    ----------
    on_step, on_progress, on_bounds
        Who is told of steps, of their parts, and of how far searches for plans are.
    """

    def __init__(
        self,
        on_step: OnStep | None = None,
        on_progress: OnProgress | None = None,
        on_bounds: OnBounds | None = None,
    ) -> None:
        self.seconds: dict[str, float] = {}
        self.bounds = on_bounds
        self._on_step = on_step
        self._on_progress = on_progress

    def progress(self, total: int) -> Callable[[int], None] | None:
        """Return what a search calls with the parts done since its last call; None if nobody asks.

        Parameters
        ----------
        total
            How many parts there are.
        """
        tell = self._on_progress
        if tell is None:
            return None
        done, lock = [0], Lock()

        def add(n: int) -> None:
            # Threads call this.
            with lock:
                done[0] += n
                tell(done[0], total)

        return add

    @contextmanager
    def step(self, name: Text) -> Iterator[None]:
        """Announce a step and time what happens inside it."""
        if self._on_step is not None:
            self._on_step(name)
        begin = time.perf_counter()
        yield
        spent = self.seconds.get(name.en, 0.0) + time.perf_counter() - begin
        self.seconds[name.en] = round(spent, 3)
