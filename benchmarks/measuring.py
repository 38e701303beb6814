"""What every engine is asked, how an answer is timed, and how much memory it took."""

import re
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LIMIT_MINUTES = 15.0
LIMIT_MS = 900_000
NEAREST = 3
"""How many sites the task ``k_nearest`` asks for."""

PREFIXES = (5, 20, 50, 200, 1_000, 10_000, 50_000)
"""Engines that answer for a sample are compared on it: the first so many candidates."""

_WARM_SECONDS = 20.0
_ENOUGH_SECONDS = 90.0

Checks = dict[str, int]
"""Counts and sums of an answer by name: engines must agree on every name they share."""


@dataclass(frozen=True, slots=True)
class Arrays:
    """A network as every engine takes it: whole milliseconds both ways, junctions only.

    Parameters
    ----------
    indptr, neighbour, ms
        Compressed rows of the graph, nodes along a Hilbert curve.
    xy
        Junctions in metres, shape ``(n, 2)``.
    order
        All nodes in an order drawn once: sites are the first of them.
    people
        People at each node, shape ``(n,)``.
    """

    indptr: NDArray[np.int64]
    neighbour: NDArray[np.int32]
    ms: NDArray[np.int64]
    xy: NDArray[np.float64]
    order: NDArray[np.int64]
    people: NDArray[np.int64]

    @property
    def n(self) -> int:
        """Number of nodes."""
        return len(self.xy)

    def links(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return each street once: its ends, and the shorter of its milliseconds."""
        start = np.repeat(np.arange(self.n), np.diff(self.indptr))
        once = start < self.neighbour
        u, v, ms = start[once], self.neighbour[once].astype(np.int64), self.ms[once]
        by = np.lexsort((ms, v, u))
        u, v, ms = u[by], v[by], ms[by]
        first = np.ones(len(u), dtype=bool)
        first[1:] = (u[1:] != u[:-1]) | (v[1:] != v[:-1])
        return u[first], v[first], ms[first]

    def save(self, path: Path) -> None:
        """Write all arrays into one file."""
        np.savez(path, **{name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def load(cls, path: Path) -> "Arrays":
        """Read what `save` wrote."""
        with np.load(path) as file:
            return cls(**{name: file[name] for name in cls.__slots__})


def drawn(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the order sites are taken in, and the people at each node."""
    rng = np.random.default_rng(1)
    return rng.permutation(n), rng.integers(0, 60, n)


@dataclass(frozen=True, slots=True)
class Work:
    """One task for one engine, ready to run.

    Parameters
    ----------
    run
        The search, as a user of the engine would write it: what is timed.
    check
        Counts and sums of what ``run`` returned: not timed.
    sample, whole
        How many candidates are searched out of how many; seconds are multiplied up.
    note
        What the reader of the table must know.
    """

    run: Callable[[], Any]
    check: Callable[[Any], Checks]
    sample: int = 1
    whole: int = 1
    note: str = ""


def measured(work: Work) -> dict[str, Any]:
    """Return seconds (median of three, fewer where one takes minutes), peak and checks."""
    reset_peak()
    answer, first, first_busy = _timed(work.run)
    peak = peak_mb()
    checks = work.check(answer)
    del answer
    seconds, busy = ([first], [first_busy]) if first > _WARM_SECONDS else ([], [])
    while len(seconds) < 3 and sum(seconds) < _ENOUGH_SECONDS:
        took, cores = _timed(work.run)[1:]  # the answer is dropped before the next one is made
        seconds.append(took)
        busy.append(cores)
    more = work.whole / work.sample
    return {
        "seconds": statistics.median(seconds) * more,
        "cpu_seconds": statistics.median(busy) * more,
        "first_seconds": first,
        "runs": len(seconds),
        "peak_mb": peak,
        "sample": work.sample if work.sample != work.whole else 0,
        "note": work.note,
        "checks": checks,
    }


def _timed(run: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return an answer, the seconds it took, and the seconds all cores were busy with it."""
    begin, busy = time.perf_counter(), time.process_time()
    answer = run()
    return answer, time.perf_counter() - begin, time.process_time() - busy


def reset_peak() -> None:
    """Begin a new peak of memory, where the system can (Linux)."""
    clear = Path("/proc/self/clear_refs")
    if clear.exists():
        clear.write_text("5", encoding="ascii")


def peak_mb() -> float:
    """Return the most memory this process held, in megabytes.

    Notes
    -----
    ``ru_maxrss`` would do, but a process inherits it from the one that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
        if found:
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def copy_gb_per_second() -> float:
    """Return how fast one core copies memory, bytes read and written counted."""
    source = np.zeros(32_000_000)
    target = np.ones_like(source)
    seconds = [_timed(lambda: np.copyto(target, source))[1] for _ in range(5)]
    return 2 * source.nbytes / min(seconds) / 1e9


def wait_until_quiet(most_seconds: float) -> None:
    """Wait until other work leaves nine tenths of the cores alone (Linux), or for so long."""
    until = time.monotonic() + most_seconds
    while time.monotonic() < until and Path("/proc/stat").exists():
        before = _busy_ticks()
        time.sleep(1.0)
        busy, whole = (b - a for a, b in zip(before, _busy_ticks(), strict=True))
        if busy <= 0.1 * whole:
            return


def _busy_ticks() -> tuple[int, int]:
    """Return ticks in which cores worked, and all ticks, since the machine started."""
    first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    ticks = [int(word) for word in first.split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def nearest_checks(ms: NDArray[Any]) -> Checks:
    """Return how many nodes have a site within the limit, and their milliseconds."""
    within = ms[ms <= LIMIT_MS]
    return {"found": len(within), "ms": int(np.rint(within).astype(np.int64).sum())}


def prefix_checks(name: str, per_site: NDArray[np.int64]) -> Checks:
    """Return the sum over the first so many sites, for each prefix these sites fill."""
    total = np.cumsum(per_site)
    return {f"{name}_{p}": int(total[p - 1]) for p in PREFIXES if p <= len(per_site)}
