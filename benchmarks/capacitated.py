"""Siting with capacities: the published p-median instances, and made ones against plain HiGHS.

Usage: ``python benchmarks/capacitated.py [--quick] [--seconds 60]``. The published instances are
read from the folder COVERPLAN_TEST_DATA, default ``../shared`` beside the project.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from coverplan.siting import Limits, Rules, Sites, SitingPlan, SitingProblem
from coverplan.siting.assignment import served_pairs, timed_pairs
from coverplan.siting.cap_mclp import merged_pairs, solve_cap_mclp
from coverplan.siting.cap_pmedian import solve_cap_pmedian
from coverplan.siting.consolidate import solve_consolidation
from coverplan.siting.open_transport import Terms, _model
from coverplan.siting.plan import ASSIGNED
from coverplan.siting.rows import site_rows
from coverplan.travel import TravelTimes

ROOT = Path(__file__).resolve().parent.parent
CUTOFF_MINUTES = 40.0
LIMIT_MINUTES = 8.0
TOWNS, SIDE_METRES, TOWN_METRES = 20, 20_000.0, 1_500.0
METRES_PER_MINUTE = 10_000 / 15


def published(number: int) -> tuple[SitingProblem, int]:
    """Return ``pmedcap<number>`` and its best known value."""
    shared = Path(os.environ.get("COVERPLAN_TEST_DATA", ROOT.parent / "shared"))
    file = shared / "benchmarks" / "orlib_pmedcap" / f"pmedcap{number:02d}.txt"
    words = file.read_text(encoding="ascii").split()
    best, n, p, capacity = (int(word) for word in words[1:5])
    rows = np.array(words[5 : 5 + 4 * n], dtype=np.int64).reshape(-1, 4)
    metres = np.hypot(*(rows[:, None, 1:3] - rows[None, :, 1:3]).transpose(2, 0, 1))
    whole = np.floor(metres).astype(np.int64)
    times = times_of(whole, (whole.max() + 1) / 60_000)
    problem = SitingProblem(
        Sites.make(times.sites, capacity=capacity),
        times.within(times.cutoff_minutes),
        rows[:, 3],
        rules=Rules(sites=p),
        times=times,
        weights=np.ones(n, dtype=np.int64),
    )
    return problem, best


def times_of(ms, cutoff_minutes) -> TravelTimes:
    """Return travel times from milliseconds sites x places, those beyond the cutoff left out."""
    near = ms <= cutoff_minutes * 60_000 + 1e-6
    return TravelTimes(
        demand=pd.RangeIndex(ms.shape[1]),
        sites=pd.Index([f"s{i}" for i in range(len(ms))], dtype=object),
        ptr=np.concatenate([[0], np.cumsum(near.sum(axis=1))]),
        who=np.nonzero(near)[1].astype(np.int32),
        ms=ms[near].astype(np.int32),
        cutoff_minutes=cutoff_minutes,
    )


def made(places: int, sites: int, opened: int, *, share: float, stand: bool = False):
    """Return a problem of towns at random; the open sites can serve ``share`` of the people."""
    rng = np.random.default_rng(1)
    towns = rng.uniform(0, SIDE_METRES, (TOWNS, 2))
    xy = towns[rng.integers(0, TOWNS, places)] + rng.normal(0, TOWN_METRES, (places, 2))
    at = xy[rng.integers(0, places, sites)]
    people = rng.integers(1, 60, places)
    metres = np.hypot(*(at[:, None] - xy[None]).transpose(2, 0, 1))
    times = times_of(np.round(metres / METRES_PER_MINUTE * 60_000), CUTOFF_MINUTES)
    return SitingProblem(
        Sites.make(
            times.sites,
            existing=stand,
            must=False,
            capacity=int(people.sum() * share / opened),
            xy=at,
        ),
        times.within(LIMIT_MINUTES),
        people,
        rules=Rules() if stand else Rules(sites=opened),
        times=times,
    )


def plain(problem: SitingProblem, pairs, terms: Terms, seconds: float) -> tuple[str, str, float]:
    """Return value and bound of the same model in ``scipy.optimize.milp``, and its seconds."""
    mip = _model(pairs, site_rows(problem), terms)
    begin = time.perf_counter()
    sign = -1.0 if mip.sense == "max" else 1.0
    answer = milp(
        sign * mip.cost,
        constraints=LinearConstraint(mip.rows, mip.row_lower, mip.row_upper),
        bounds=Bounds(mip.lower, mip.upper),
        integrality=mip.whole.astype(int),
        options={"time_limit": seconds},
    )
    took = time.perf_counter() - begin
    value = "none" if answer.x is None else f"{sign * answer.fun:,.0f}"
    bound = "none" if answer.mip_dual_bound is None else f"{sign * answer.mip_dual_bound:,.0f}"
    return value, bound, took


def line(name: str, engine: str, value: str, bound: str, gap: str, took: float) -> None:
    """Print one row of the table."""
    print(f"| {name} | {engine} | {value} | {bound} | {gap} | {took:.1f} |", flush=True)


def ours(name: str, plan: SitingPlan) -> None:
    """Print the row of one plan."""
    gap = "-" if plan.gap_percent is None else f"{plan.gap_percent:.3f} %"
    line(name, "coverplan", f"{plan.value:,}", f"{plan.bound:,}", gap, plan.seconds)


def main() -> int:
    """Print the table; return 1 where a published value is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    limits = Limits(time_limit_seconds=asked.seconds)
    print("| instance | engine | value | bound | gap | seconds |\n|---|---|---|---|---|---|")
    missed = 0
    for number in range(1, 6 if asked.quick else 11):
        problem, best = published(number)
        plan = solve_cap_pmedian(problem, limits, split=False)
        missed += (plan.value, plan.status) != (best, "optimal")
        ours(f"pmedcap{number:02d} (best known {best})", plan)
    sizes = [(1_000, 50, 8)] if asked.quick else [(1_000, 50, 8), (3_000, 200, 12)]
    for places, sites, opened in sizes:
        size = f"{places:,} x {sites:,}, {opened}"
        problem = made(places, sites, opened, share=0.6)
        pairs = merged_pairs(problem)
        ours(
            f"most served, {size} ({len(served_pairs(problem).row):,} pairs)",
            solve_cap_mclp(problem, limits),
        )
        value, bound, took = plain(problem, pairs, Terms(), asked.seconds)
        line(f"most served, {size}", "scipy milp", value, bound, "", took)
        problem = made(places, sites, opened, share=1.15)
        timed = timed_pairs(problem)
        ours(
            f"fewest minutes, {size} ({len(timed.row):,} pairs)", solve_cap_pmedian(problem, limits)
        )
        lived = int(problem.people.sum())
        base = lived * int(CUTOFF_MINUTES * 60_000)
        terms = Terms(room=np.minimum(problem.sites.capacity, lived), base=base)
        value, bound, took = plain(problem, timed, terms, asked.seconds)
        line(f"fewest minutes, {size}", "scipy milp", value, bound, "", took)
    problem = made(8_000, 12, 12, share=1.6, stand=True)
    ours("close 4 of 12, 8,000 places", solve_consolidation(problem, limits, close=4))
    print(f"\nValues of {ASSIGNED.id} in milliseconds.", file=sys.stderr)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
