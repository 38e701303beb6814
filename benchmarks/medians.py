"""p-median and p-centre to the proof: OR-Library's graphs, and places along roads.

    python benchmarks/medians.py [--quick] [--data FOLDER]

prints a table in Markdown and names every instance that was not proven. ``--data`` is the folder
of third parties' data (default: ``../shared`` beside the project); without it the graphs are left
out. Each instance is solved in a process of its own, the compiled loops being ready.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src" / "coverage"), str(ROOT / "tests" / "support")]

from measuring import peak_mb, reset_peak  # noqa: E402
from orlib import pmed_problem, read_pmed, read_values  # noqa: E402

from coverplan.siting import Limits, Rules, Sites, SitingProblem  # noqa: E402
from coverplan.siting.pcenter import solve_pcenter  # noqa: E402
from coverplan.siting.pmedian import solve_pmedian  # noqa: E402
from coverplan.travel import TravelTimes  # noqa: E402

ROADS = {
    # places, candidates, p, seconds, whether every road has a detour of its own
    "10k x 1k, p = 25, even detours": (10_000, 1_000, 25, 60.0, False),
    "10k x 1k, p = 25, uneven detours": (10_000, 1_000, 25, 60.0, True),
    "100k x 1k, p = 50, even detours": (100_000, 1_000, 50, 120.0, False),
    "100k x 1k, p = 50, uneven detours": (100_000, 1_000, 50, 120.0, True),
}
SOLVERS = {"p-median": solve_pmedian, "p-centre": solve_pcenter}
SIDE_METRES, METRES_PER_MS, CUTOFF_MINUTES = 60_000.0, 40 / 3_600, 180.0


def road_like(n_places, n_sites, p, *, uneven):
    """Places in towns and between them, candidates at some; times at 40 km/h, all pairs kept."""
    rng = np.random.default_rng(0)
    towns = rng.uniform(0, SIDE_METRES, (max(n_places // 400, 8), 2))
    size = rng.lognormal(0, 1, len(towns))
    town = rng.choice(len(towns), n_places, p=size / size.sum())
    urban = towns[town] + rng.normal(0, 1_500, (n_places, 2))
    rural = rng.uniform(0, SIDE_METRES, (n_places, 2))
    xy = np.where((rng.random(n_places) < 0.6)[:, None], urban, rural)
    people = np.maximum(1, rng.lognormal(3.5, 1.0, n_places)).astype(np.int64)
    sites = xy[rng.choice(n_places, n_sites, replace=False)] + rng.normal(0, 50, (n_sites, 2))
    ptr, who, ms = [0], [], []
    for j in range(n_sites):
        detour = 1.25 + 0.15 * np.sin(xy[:, 0] / 700 + j) if uneven else 1.3
        metres = np.hypot(*(xy - sites[j]).T) * detour
        taken = (metres / METRES_PER_MS).astype(np.int64) + 30_000
        near = np.flatnonzero(taken <= CUTOFF_MINUTES * 60_000)
        who.append(near.astype(np.int32))
        ms.append(taken[near].astype(np.int32))
        ptr.append(ptr[-1] + len(near))
    times = TravelTimes(
        pd.RangeIndex(n_places),
        pd.RangeIndex(n_sites),
        np.array(ptr),
        np.concatenate(who),
        np.concatenate(ms),
        CUTOFF_MINUTES,
    )
    made = Sites.make(times.sites, xy=sites)
    return SitingProblem(made, times.within(15.0), people, Rules(sites=p), times)


def instance(name, data):
    """Return the problem of this name, and its published values by model."""
    if name in ROADS:
        n_places, n_sites, p, _, uneven = ROADS[name]
        return road_like(n_places, n_sites, p, uneven=uneven), {}
    folder = Path(data) / "benchmarks" / "orlib_pmed"
    known = {
        "p-median": read_values(folder / "pmedopt.txt")[name],
        "p-centre": read_values(folder / "kcenteropt.txt")[name],
    }
    return pmed_problem(read_pmed(folder, int(name.removeprefix("pmed")))), known


def one(model, name, data):
    """Solve one instance; return its row."""
    SOLVERS[model](road_like(60, 12, 3, uneven=True))
    problem, known = instance(name, data)
    seconds = ROADS[name][3] if name in ROADS else 60.0
    told = []
    reset_peak()
    begin, busy = time.perf_counter(), time.process_time()
    plan = SOLVERS[model](problem, Limits(time_limit_seconds=seconds, on_bounds=told.append))
    return {
        "model": model,
        "instance": name,
        "pairs": len(problem.times.who),
        "value": plan.value,
        "bound": plan.bound,
        "gap": plan.gap_percent,
        "known": known.get(model),
        "seconds": time.perf_counter() - begin,
        "cpu": time.process_time() - busy,
        "percent": reached(told),
        "mb": peak_mb(),
        "left": plan.sizes.get("candidates_left"),
        "nodes": plan.sizes.get("nodes"),
    }


def reached(told):
    """Return after how many seconds the gap was 1 % and 0.1 %."""
    found = {}
    for bounds in told:
        if bounds.value is None or not bounds.bound:
            continue
        gap = (bounds.value - bounds.bound) / bounds.bound * 100
        for aim in (1.0, 0.1):
            if gap <= aim:
                found.setdefault(str(aim), bounds.seconds)
    return found


def main():
    """Run all instances and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="graphs of up to 200 nodes only")
    parser.add_argument("--data", default=str(ROOT.parent / "shared"))
    parser.add_argument("--only", default="", help="instances whose name contains this")
    parser.add_argument("--one", nargs=2, metavar=("MODEL", "INSTANCE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(one(*asked.one, asked.data)))
        return
    graphs = [f"pmed{i}" for i in range(1, 11 if asked.quick else 21)]
    if not (Path(asked.data) / "benchmarks" / "orlib_pmed").is_dir():
        graphs = []
    tasks = [(model, name) for model in SOLVERS for name in graphs]
    if not asked.quick:
        tasks += [("p-median", name) for name in ROADS]
    rows = [run(task, asked.data) for task in tasks if asked.only in task[1]]
    print(table(rows))
    wrong = [f"{r['model']} {r['instance']}" for r in rows if r["known"] not in {None, r["value"]}]
    open_ = [f"{r['model']} {r['instance']} ({r['gap']:.3f} %)" for r in rows if r["gap"]]
    print(f"\nNot the published value: {', '.join(wrong) or 'none'}.")
    print(f"Not proven: {', '.join(open_) or 'none'}.")


def run(task, data):
    """Solve one instance in a process of its own; return its row."""
    command = [sys.executable, __file__, "--data", data, "--one", *task]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    row = json.loads(done.stdout.splitlines()[-1])
    print(f"{task[0]} {task[1]}: {row['seconds']:.2f} s, {row['gap']} %", file=sys.stderr)
    return row


def table(rows):
    """Return the rows as Markdown."""
    head = (
        "model | instance | pairs | value | gap % | published | seconds | CPU s | to 1 % | to 0.1 %"
    )
    lines = [f"| {head} | sites left | nodes | peak MB |", "|---" * 13 + "|"]
    for row in rows:
        cells = (
            row["model"],
            row["instance"],
            f"{row['pairs']:,}",
            f"{row['value']:,}",
            f"{row['gap']:.3f}",
            "" if row["known"] is None else f"{row['known']:,}",
            f"{row['seconds']:.2f}",
            f"{row['cpu']:.2f}",
            *(f"{row['percent'][a]:.2f}" if a in row["percent"] else "" for a in ("1.0", "0.1")),
            "" if row["left"] is None else str(row["left"]),
            "" if row["nodes"] is None else str(row["nodes"]),
            f"{row['mb']:,.0f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
