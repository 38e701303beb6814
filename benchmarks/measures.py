"""Floating catchments beside pysal's access: seconds, memory, and whether both agree.

Usage: ``python benchmarks/measures.py [--places 100000] [--sites 1000]``. ``access`` is measured
where it is installed; each engine and method works in a process of its own, one at a time.
"""

import argparse
import importlib.util
import json
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from measuring import Work, measured

from coverplan.measure.decay import LUO_QI_WEIGHTS, Catchment, Zones
from coverplan.measure.floating import two_step_floating_catchment
from coverplan.travel import TravelTimes

MINUTES = 15.0
METHODS = ("2sfca", "e2sfca", "3sfca")
ENGINES = ("coverplan", "access")
BEYOND = MINUTES + 1e-4
"""access takes what is less than its limit; coverplan what is at most it."""


def made(places: int, sites: int):
    """Return times, people and beds: sites in a square that reaches 2 % of all places each."""
    rng = np.random.default_rng(1)
    near = max(places // 50, 1)
    who = np.sort(
        np.stack([rng.choice(places, near, replace=False) for _ in range(sites)]), axis=1
    ).astype(np.int32)
    ms = rng.integers(0, int(MINUTES * 60_000) + 1, who.size).astype(np.int32)
    ptr = np.arange(sites + 1, dtype=np.int64) * near
    times = TravelTimes(pd.RangeIndex(places), pd.RangeIndex(sites), ptr, who.ravel(), ms, MINUTES)
    return times, rng.integers(0, 60, places), rng.integers(1, 200, sites).astype(float)


def checks(access) -> dict[str, int]:
    """Return sums that engines must agree on: places per 1,000 of the first and of all places."""
    return {
        "first": round(1e9 * float(access[:100].sum())),
        "all": round(1e6 * float(access.sum())),
    }


def own(times, people, beds, method) -> Work:
    """Return the work of coverplan: from travel times to access."""
    decay = Catchment(MINUTES) if method == "2sfca" else Zones.equal(MINUTES)
    return Work(
        lambda: two_step_floating_catchment(
            times, people, beds, decay, selection=method == "3sfca"
        ),
        lambda found: checks(found.per_person),
    )


def peer(times, people, beds, method) -> Work:
    """Return the work of access: from a table of pairs to access; the table is not timed."""
    from access import Access, weights  # noqa: PLC0415 - may be absent

    warnings.simplefilter("ignore")
    pairs = times.to_frame().set_axis(["dest", "origin", "cost"], axis=1)
    demand = pd.DataFrame({"geoid": times.demand, "pop": people})
    supply = pd.DataFrame({"geoid": times.sites, "beds": beds})
    step = weights.step_fn(dict(zip((5, 10, 15), LUO_QI_WEIGHTS, strict=True)))

    def run() -> pd.DataFrame:
        whole = Access(
            demand_df=demand, demand_index="geoid", demand_value="pop",
            supply_df=supply, supply_index="geoid", supply_value="beds",
            cost_df=pairs, cost_origin="origin", cost_dest="dest", cost_name="cost",
        )  # fmt: skip
        if method == "2sfca":
            return whole.two_stage_fca(name="a", max_cost=BEYOND)
        if method == "e2sfca":
            return whole.enhanced_two_stage_fca(name="a", max_cost=BEYOND, weight_fn=step)
        return whole.three_stage_fca(name="a", max_cost=BEYOND, weight_fn=step)

    def check(found: pd.DataFrame) -> dict[str, int]:
        access = found.iloc[:, 0].reindex(times.demand).fillna(0).to_numpy()
        return checks(access)

    return Work(run, check)


def alone(engine: str, method: str, places: int, sites: int) -> dict:
    """Return the figures of one engine and method, from a process of its own."""
    words = [sys.executable, __file__, "--one", engine, method]
    words += ["--places", str(places), "--sites", str(sites)]
    done = subprocess.run(
        words, cwd=Path(__file__).parent, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    """Print the table; return 1 where engines do not agree."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--places", type=int, default=100_000)
    parser.add_argument("--sites", type=int, default=1_000)
    parser.add_argument("--one", nargs=2)
    asked = parser.parse_args()
    if asked.one:
        engine, method = asked.one
        work = (own if engine == "coverplan" else peer)(*made(asked.places, asked.sites), method)
        print(json.dumps(measured(work)))
        return 0
    engines = [e for e in ENGINES if e == "coverplan" or importlib.util.find_spec(e)]
    print("| method | engine | CPU s | ratio | peak MB | agrees |\n|---|---|---|---|---|---|")
    wrong = False
    for method in METHODS:
        rows = {e: alone(e, method, asked.places, asked.sites) for e in engines}
        mine = rows["coverplan"]
        for engine, row in rows.items():
            same = all(abs(row["checks"][k] - v) <= max(1, 1e-9 * v) for k, v in
                       mine["checks"].items())  # fmt: skip
            wrong |= not same
            ratio = row["cpu_seconds"] / mine["cpu_seconds"]
            print(f"| {method} | {engine} | {row['cpu_seconds']:.3f} | {ratio:.1f} | "
                  f"{row['peak_mb']:.0f} | {'yes' if same else 'NO'} |", flush=True)  # fmt: skip
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
