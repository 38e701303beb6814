"""pandana: its contraction is the preparation, its queries are what is timed."""

from collections.abc import Callable

import numpy as np
import pandana
import pandas as pd
from measuring import LIMIT_MS, NEAREST, Arrays, Checks, Work, nearest_checks, prefix_checks
from numpy.typing import NDArray

LIMIT_SECONDS = LIMIT_MS / 1000
BATCH = 500
"""Candidates per query: pandana answers with one frame of all pairs."""

SAMPLE = 1_000

TASKS: dict[str, Callable[..., Work]] = {}


def prepare(arrays: Arrays) -> pandana.Network:
    """Return the contracted network, weights in seconds (pandana counts thousandths of a unit)."""
    u, v, ms = arrays.links()
    x, y = pd.Series(arrays.xy[:, 0]), pd.Series(arrays.xy[:, 1])
    weights = pd.DataFrame({"seconds": ms / 1000})
    return pandana.Network(x, y, pd.Series(u), pd.Series(v), weights, twoway=True)


def _nearest(net: pandana.Network, arrays: Arrays, sites: int, k: int) -> Callable[[], NDArray]:
    at = arrays.order[:sites]
    x, y = pd.Series(arrays.xy[at, 0]), pd.Series(arrays.xy[at, 1])

    def run() -> NDArray[np.float64]:
        net.set_pois("site", LIMIT_SECONDS, k, x, y)
        found = net.nearest_pois(LIMIT_SECONDS, "site", num_pois=k, max_distance=np.inf)
        return found.to_numpy(dtype=float).T * 1000

    return run


def nearest(net: pandana.Network, arrays: Arrays, sites: int) -> Work:
    """Ask for the nearest site of every node up to the limit."""
    return Work(
        _nearest(net, arrays, sites, 1),
        lambda ms: nearest_checks(np.rint(ms[0])),
        note="up to 15 minutes only",
    )


def k_nearest(net: pandana.Network, arrays: Arrays, sites: int) -> Work:
    """Ask for the three nearest sites of every node up to the limit."""

    def check(ms: NDArray[np.float64]) -> Checks:
        ranks = [nearest_checks(np.rint(row)) for row in ms]
        return {f"{key}_{k}": r[key] for k, r in enumerate(ranks, 1) for key in ("found", "ms")}

    return Work(_nearest(net, arrays, sites, NEAREST), check, note="up to 15 minutes only")


def reach(net: pandana.Network, arrays: Arrays, sites: int) -> Work:
    """Ask for the nodes in range of each candidate."""
    sample = min(SAMPLE, sites)
    at = arrays.order[:sample]

    def run() -> list[pd.DataFrame]:
        return [
            net.nodes_in_range(at[start : start + BATCH], LIMIT_SECONDS)
            for start in range(0, len(at), BATCH)
        ]

    def check(parts: list[pd.DataFrame]) -> Checks:
        found = pd.concat(parts)
        per_site = found.groupby("source")["seconds"].agg(["size", "sum"]).reindex(at)
        total = np.rint(per_site["sum"].to_numpy() * 1000).astype(np.int64)
        pairs = per_site["size"].to_numpy(dtype=np.int64)
        return {**prefix_checks("found", pairs), **prefix_checks("ms", total)}

    return Work(run, check, sample, sites)


def sums(net: pandana.Network, arrays: Arrays, sites: int) -> Work:
    """Add people up around every node: pandana cannot be asked for the candidates alone."""
    nodes, people = pd.Series(np.arange(arrays.n)), pd.Series(arrays.people.astype(float))
    at = arrays.order[:sites]

    def run() -> pd.Series:
        net.set(nodes, variable=people, name="people")
        return net.aggregate(LIMIT_SECONDS, type="sum", decay="flat", name="people")

    def check(found: pd.Series) -> Checks:
        return prefix_checks("people", np.rint(found.to_numpy()[at]).astype(np.int64))

    return Work(run, check, note=f"answers for all {arrays.n:,} nodes")


TASKS.update({"nearest": nearest, "k_nearest": k_nearest, "reach": reach, "sums": sums})
