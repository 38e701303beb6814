"""coverplan's own searches, as a user calls them."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from measuring import (
    LIMIT_MINUTES,
    NEAREST,
    Arrays,
    Work,
    nearest_checks,
    prefix_checks,
)
from numpy.typing import NDArray
from prepared import restored

import coverplan
from coverplan import travel


@dataclass(frozen=True, slots=True)
class Own:
    """A prepared network with everybody on its junctions."""

    graph: Any
    places: Any

    @classmethod
    def read(cls, path: Path) -> "Own":
        """Return what `prepared.prepare` wrote for a place."""
        network, profile, places = restored(path)
        return cls(coverplan.mode_graph(network, profile), places)

    def sites(self, arrays: Arrays, n: int) -> Any:
        """Return the first so many sites: places are joined to the network already."""
        at, kind = arrays.order[:n], type(self.places)
        return kind(**{f.name: getattr(self.places, f.name)[at] for f in fields(kind)})


def nearest(own: Own, arrays: Arrays, sites: int) -> Work:
    """Search from all sites at once, everywhere."""
    at = own.sites(arrays, sites)
    return Work(
        lambda: coverplan.nearest_site(own.graph, own.places, at),
        lambda found: nearest_checks(found.ms[found.ms >= 0]),
    )


def k_nearest(own: Own, arrays: Arrays, sites: int) -> Work:
    """Search for everybody's three nearest sites, everywhere."""
    at = own.sites(arrays, sites)

    def check(found: Any) -> dict[str, int]:
        ranks = [nearest_checks(row[row >= 0]) for row in found.ms.T]
        return {f"{key}_{k}": r[key] for k, r in enumerate(ranks, 1) for key in ("found", "ms")}

    return Work(lambda: travel.k_nearest_sites(own.graph, own.places, at, NEAREST), check)


def reach(own: Own, arrays: Arrays, sites: int) -> Work:
    """Search all pairs within the limit."""
    at = own.sites(arrays, sites)

    def check(times: Any) -> dict[str, int]:
        ptr = times.ptr
        total = [int(times.ms[a:b].sum(dtype=np.int64)) for a, b in itertools.pairwise(ptr)]
        return {
            **prefix_checks("found", np.diff(ptr)),
            **prefix_checks("ms", np.array(total)),
        }

    return Work(
        lambda: coverplan.travel_times(own.graph, own.places, at, cutoff_minutes=LIMIT_MINUTES),
        check,
    )


def cover(own: Own, arrays: Arrays, sites: int) -> Work:
    """Search all pairs within the limit, without their times."""
    at = own.sites(arrays, sites)

    def run() -> Any:
        return coverplan.travel_times(
            own.graph, own.places, at, cutoff_minutes=LIMIT_MINUTES, keep_ms=False
        )

    return Work(run, lambda times: prefix_checks("found", np.diff(times.ptr)), note="no times kept")


def sums(own: Own, arrays: Arrays, sites: int) -> Work:
    """Add up the people within the limit of each candidate, keeping no pair."""
    at = own.sites(arrays, sites)

    def run() -> NDArray[np.int64]:
        return travel.reach_sums(own.graph, own.places, at, arrays.people, minutes=[LIMIT_MINUTES])

    return Work(run, lambda found: prefix_checks("people", np.asarray(found).reshape(sites)))


TASKS: dict[str, Callable[..., Work]] = {
    "nearest": nearest,
    "k_nearest": k_nearest,
    "reach": reach,
    "cover": cover,
    "sums": sums,
}
