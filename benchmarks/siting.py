"""Maximal covering: coverplan against spopt with CBC, plain scipy `milp`, and greedy, in one run.

Each engine works on each problem in a process of its own, one at a time, with the same limit.
Whatever an engine says, its value is counted again from the sites it chose.
"""

import argparse
import importlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from measuring import peak_mb, reset_peak, wait_until_quiet
from numpy.typing import NDArray
from siting_instances import INSTANCES, made

from coverplan import Reach, SitingProblem, solve_mclp
from coverplan.siting import Limits

Answer = tuple[list[int], float | None, str, dict[str, float]]

ENGINES = ("coverplan", "greedy", "scipy milp", "spopt + CBC")
QUICK = ("1k x 100, p = 10", "2k x 200, p = 20")
TARGETS = (5.0, 1.0, 0.0)
"""Gaps in per cent whose times are reported."""

_PATIENCE = 2.0
"""An engine is stopped after its limit this often, and half a minute to begin with."""


def _coverplan(
    reach: Reach, people: NDArray[np.int64], sites: int, seconds: float, begin: float
) -> Answer:
    nobody = np.zeros(len(people), dtype=bool)
    problem = SitingProblem.covering(reach, people, nobody, sites)
    reached: dict[str, float] = {}

    def told(bounds: Any) -> None:
        gap = (bounds.bound - bounds.value) / max(bounds.bound, 1) * 100
        for target in TARGETS:
            if gap <= target:
                reached.setdefault(str(target), time.perf_counter() - begin)

    plan = solve_mclp(problem, Limits(time_limit_seconds=seconds, on_bounds=told))
    return list(plan.chosen), plan.bound, plan.status, reached


def _greedy(reach: Reach, people: NDArray[np.int64], sites: int) -> Answer:
    left, chosen = people.copy(), []
    site = np.repeat(np.arange(len(reach.sites)), np.diff(reach.ptr))
    for _ in range(sites):
        gain = np.bincount(site, left[reach.who], minlength=len(reach.sites))
        best = int(np.argmax(gain))
        chosen.append(best)
        left[reach.of(best)] = 0
    return chosen, None, "", {}


def _child(engine: str, name: str, seconds: float) -> dict[str, Any]:
    """Solve one problem with one engine, once it is warm, and return the row of the table."""
    peer = {"scipy milp": "peer_milp", "spopt + CBC": "peer_spopt"}.get(engine)
    module = importlib.import_module(peer) if peer else None
    instance = INSTANCES[name]
    if engine == "coverplan":  # its first search of a process waits for compiled code
        small = made(INSTANCES[QUICK[0]])
        _coverplan(*small, 5, 60.0, time.perf_counter())
    reach, people = made(instance)
    reset_peak()
    begin, busy = time.perf_counter(), _busy()
    if module is not None:
        chosen, bound, says = module.solve(reach, people, instance.sites, seconds)
        reached: dict[str, float] = {}
    elif engine == "greedy":
        chosen, bound, says, reached = _greedy(reach, people, instance.sites)
    else:
        chosen, bound, says, reached = _coverplan(reach, people, instance.sites, seconds, begin)
    took, worked = time.perf_counter() - begin, _busy() - busy
    if len(chosen) > instance.sites:
        raise SystemExit(f"{engine} chose {len(chosen)} sites")
    value = int(people[reach.covered(chosen)].sum())
    # A peer that tells nothing meanwhile has its gap when it ends.
    gap = None if bound is None else (bound - value) / max(bound, 1) * 100
    if gap is not None and not reached:
        reached = {str(target): took for target in TARGETS if gap <= target + 1e-4}
    return {
        "instance": name,
        "engine": engine,
        "pairs": len(reach.who),
        "value": value,
        "bound": bound,
        "gap": gap,
        "says": says,
        "seconds": took,
        "cpu": worked,
        "reached": reached,
        "peak_mb": max(peak_mb(), _called().ru_maxrss / 1024),
    }


def _called() -> resource.struct_rusage:
    return resource.getrusage(resource.RUSAGE_CHILDREN)


def _busy() -> float:
    """Return the seconds cores were busy with this process and with solvers it called."""
    called = _called()
    return time.process_time() + called.ru_utime + called.ru_stime


def _apart(engine: str, name: str, seconds: float) -> dict[str, Any]:
    """Run a child; a row that says why where there is no answer."""
    command = [sys.executable, str(Path(__file__).resolve()), "--child", engine, name, str(seconds)]
    empty = {"instance": name, "engine": engine}
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=30 + _PATIENCE * seconds,
        )
    except subprocess.TimeoutExpired:
        return {**empty, "failed": f"no answer after {30 + _PATIENCE * seconds:.0f} s"}
    if done.returncode:
        return {**empty, "failed": (done.stderr.strip().splitlines() or ["failed"])[-1]}
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return row


def _cells(row: dict[str, Any]) -> str:
    if "failed" in row:
        return f"| {row['instance']} | | {row['engine']} | | | | | | | | | {row['failed']} |"
    cells = [row["instance"], f"{row['pairs']:,}", row["engine"], f"{row['value']:,}"]
    cells.append("" if row["bound"] is None else f"{row['bound']:,.0f}")
    cells.append("" if row["gap"] is None else f"{max(row['gap'], 0):.2f}")
    cells += [_seconds(row["reached"].get(str(target))) for target in TARGETS]
    cells += [_seconds(row["seconds"]), _seconds(row["cpu"]), f"{row['peak_mb']:,.0f}"]
    return f"| {' | '.join(cells)} |"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def markdown(rows: list[dict[str, Any]], seconds: float) -> str:
    """Return rows as a table in Markdown."""
    head = ["problem", "pairs", "engine", "people reached", "bound", "gap %"]
    head += [*(f"s to {target:g} %" for target in TARGETS), "s in all", "CPU s", "peak MB"]
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    lines = [f"{machine}; limit {seconds:g} s.", "", f"| {' | '.join(head)} |"]
    lines += ["|---" * len(head) + "|", *(_cells(row) for row in rows)]
    return "\n".join(lines)


def main() -> int:
    """Run what is asked for and print the table; 1 where values and bounds contradict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small problems, under a minute")
    parser.add_argument("--instances", nargs="*", help="some of the problems, by their names")
    parser.add_argument("--engines", nargs="*", default=ENGINES, choices=ENGINES)
    parser.add_argument("--seconds", type=float, default=120.0, help="limit of each search")
    parser.add_argument("--quiet", type=float, default=0.0, help="wait for a quiet machine")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        engine, name, limit = args.child
        print(json.dumps(_child(engine, name, float(limit))))
        return 0
    seconds = min(args.seconds, 4.0) if args.quick else args.seconds
    rows = []
    for name in QUICK if args.quick else args.instances or INSTANCES:
        for engine in args.engines:
            wait_until_quiet(args.quiet)
            rows.append(_apart(engine, name, seconds))
            print(_cells(rows[-1]), file=sys.stderr)
    print(markdown(rows, seconds))
    return int(_contradictions(rows))


def _contradictions(rows: list[dict[str, Any]]) -> bool:
    """Say where one engine reaches more than another proves possible."""
    found = False
    for row in rows:
        for other in rows:
            same = row["instance"] == other["instance"]
            if not same or row.get("bound") is None or "value" not in other:
                continue
            if other["value"] > row["bound"] * (1 + 1e-6) + 1e-6:
                print(f"{row['instance']}: {other['engine']} beats the bound of {row['engine']}")
                found = True
    return found


if __name__ == "__main__":
    raise SystemExit(main())
