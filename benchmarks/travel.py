"""Travel times against scipy, pandana, networkx and osmnx, in one run on one machine.

Run ``python benchmarks/travel.py`` (100,000 nodes, a few minutes), ``--full`` for everything, or
choose with ``--tasks``, ``--places`` and ``--engines``. Every engine works in a process of its
own, one at a time, and has to find the same pairs and milliseconds as the others.
"""

import argparse
import contextlib
import importlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import roads
import table
from measuring import Arrays, copy_gb_per_second, measured, wait_until_quiet


@dataclass(frozen=True, slots=True)
class Engine:
    """Where an engine's preparation and its tasks are written.

    Parameters
    ----------
    module
        A file of this folder.
    tasks
        Name of its function for each task.
    needs
        The library that has to be installed.
    prepare
        Name of its preparation; coverplan's is a process of its own.
    together
        Whether its tasks share one process, because its preparation takes minutes.
    cores
        How many cores it may use, 0 for all.
    """

    module: str
    tasks: dict[str, str]
    needs: str
    prepare: str = "prepare"
    together: bool = False
    cores: int = 0


_OWN = {"nearest": "nearest", "k_nearest": "k_nearest", "reach": "reach", "many": "reach"}
ENGINES = {
    "coverplan": Engine("own", {**_OWN, "sums": "sums"}, "coverplan"),
    "coverplan, one core": Engine("own", {**_OWN, "sums": "sums"}, "coverplan", cores=1),
    "coverplan, no times kept": Engine("own", {"reach": "cover", "many": "cover"}, "coverplan"),
    "scipy": Engine(
        "peer_scipy", {"nearest": "nearest", "k_nearest": "k_nearest", "reach": "reach"}, "scipy"
    ),
    "scipy, one by one": Engine("peer_scipy", {"reach": "reach_each"}, "scipy"),
    "scipy, with limit": Engine("peer_scipy", {"nearest": "nearest_limit"}, "scipy"),
    "scipy, tiled": Engine(
        "peer_scipy",
        {"reach": "reach_tiled", "many": "reach_tiled", "sums": "sums_tiled"},
        "scipy",
    ),
    "pandana": Engine(
        "peer_pandana",
        {"nearest": "nearest", "k_nearest": "k_nearest", "reach": "reach", "sums": "sums"},
        "pandana",
        together=True,
    ),
    "networkx": Engine("peer_networkx", {"nearest": "nearest", "reach": "reach"}, "networkx"),
    "osmnx": Engine(
        "peer_networkx", {"nearest": "ego_nearest", "reach": "ego"}, "osmnx", "prepare_ego"
    ),
    "coverplan, whole study": Engine("province", {"province": "measured"}, "coverplan"),
}

SITES = {
    ("nearest", "100000"): 200,
    ("nearest", "500000"): 1_000,
    ("nearest", "2000000"): 4_000,
    ("nearest", "wuhan"): 200,
    ("k_nearest", "100000"): 200,
    ("k_nearest", "500000"): 1_000,
    ("k_nearest", "wuhan"): 200,
    ("reach", "100000"): 10_000,
    ("reach", "500000"): 10_000,
    ("reach", "2000000"): 10_000,
    ("reach", "wuhan"): 10_000,
    ("sums", "100000"): 10_000,
    ("sums", "500000"): 10_000,
    ("sums", "wuhan"): 10_000,
    ("many", "100000"): 50_000,
    ("province", "province"): 7_300,
}
"""Sites or candidates of each task at each place; any other number of nodes takes a fortieth."""

TASKS = ("nearest", "k_nearest", "reach", "sums", "many", "province")
PLACES = ("100000", "500000", "2000000", "wuhan", "province")
USUAL_TASKS, USUAL_PLACES = TASKS[:4], ("100000",)


def main() -> int:
    """Run what was asked for, and print the table."""
    given = _arguments()
    if given.one:
        return _child(*given.one)
    rows: list[dict[str, Any]] = []
    if given.results and given.results.exists():
        rows = json.loads(given.results.read_text(encoding="utf-8"))
    with contextlib.ExitStack() as stack:
        temporary = stack.enter_context(tempfile.TemporaryDirectory())
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for place in given.places:
            for row in _place(place, given, folder, rows):
                rows.append(row)
                print(table.line(row), flush=True)
                if given.results:
                    given.results.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    print()
    print(table.markdown(rows, _machine()))
    wrong = table.disagreements(rows)
    for words in wrong:
        print(f"DISAGREE {words}", file=sys.stderr)
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", nargs="+", choices=TASKS)
    parser.add_argument(
        "--places", nargs="+", help=f"of {', '.join(PLACES)}, or any number of nodes"
    )
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--full", action="store_true", help="all tasks at all places")
    parser.add_argument("--cap", type=float, default=1800.0, help="seconds a process may take")
    parser.add_argument(
        "--quiet", type=float, default=0.0, help="seconds to wait for other work to end, each time"
    )
    parser.add_argument("--results", type=Path, help="keep rows here; rows in it are not run again")
    parser.add_argument("--folder", type=Path, help="keep prepared networks here")
    parser.add_argument("--one", nargs=5, help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.tasks = given.tasks or (TASKS if given.full else USUAL_TASKS)
    given.places = given.places or (PLACES if given.full else USUAL_PLACES)
    return given


def _place(place: str, given: argparse.Namespace, folder: Path, done: list[dict[str, Any]]) -> Any:
    """Yield the rows of a place as they are measured."""
    if place == "wuhan" and not roads.wuhan_file().exists():
        print("wuhan: skipped, no file (set COVERPLAN_TEST_DATA to the folder of test data)")
        return
    have = {(row["place"], row["task"], row["engine"]) for row in done}
    wanted: dict[str, list[str]] = {}
    for name in given.engines:
        open_ = [t for t in _tasks(place, name, given.tasks) if (place, t, name) not in have]
        if open_:
            wanted[name] = open_
    if not wanted:
        return
    if not (folder / f"{place}.json").exists():
        print(f"{place}: making the network", flush=True)
        _run(["--one", "prepare", place, "", "0", str(folder)], None, given.cap)
        record = json.loads((folder / f"{place}.json").read_text(encoding="utf-8"))
        yield {"place": place, "task": "prepare", "engine": "coverplan", **record}
    for name, tasks in wanted.items():
        if importlib.util.find_spec(ENGINES[name].needs) is None:
            print(f"{place}: {name} skipped, {ENGINES[name].needs} is not installed")
            continue
        for group in [tasks] if ENGINES[name].together else [[task] for task in tasks]:
            wait_until_quiet(given.quiet)
            yield from _engine(place, name, group, folder, given.cap)


def _tasks(place: str, name: str, tasks: tuple[str, ...]) -> list[str]:
    """Return the tasks an engine has at a place, of those asked for."""
    usual = place in PLACES
    return [
        task
        for task in tasks
        if task in ENGINES[name].tasks
        and ((task, place) in SITES if usual else task not in {"many", "province"})
    ]


def _engine(place: str, name: str, tasks: list[str], folder: Path, cap: float) -> Any:
    out = folder / "rows.json"
    out.unlink(missing_ok=True)
    words = ["--one", name, place, ",".join(tasks), str(ENGINES[name].cores), str(folder)]
    failed = _run(words, out, cap)
    rows = json.loads(out.read_text(encoding="utf-8")) if out.exists() else []
    yield from rows
    for task in tasks[len(rows) :]:
        yield {"place": place, "task": task, "engine": name, "failed": failed or "no answer"}


def _run(words: list[str], out: Path | None, cap: float) -> str:
    """Run this file in a process of its own; return why it failed, "" where it did not."""
    command = [sys.executable, str(Path(__file__).resolve()), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=cap, check=False)
    except subprocess.TimeoutExpired:
        return f"stopped after {cap:.0f} s"
    if done.returncode and out is None:
        raise SystemExit(done.stderr)
    return (done.stderr.strip().splitlines() or ["failed"])[-1] if done.returncode else ""


def _child(name: str, place: str, tasks: str, cores: str, folder: str) -> int:
    """Do one engine's tasks at one place, and write the rows as they are done."""
    if int(cores):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(cores)])
    here = Path(folder)
    if name == "prepare":
        importlib.import_module("prepared").prepare(place, here)
        return 0
    engine = ENGINES[name]
    module = importlib.import_module(engine.module)
    rows = []
    if engine.module == "province":
        rows.append(_row(place, "province", name, 0.0, module.measured(here / "province.pickle")))
        (here / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
        return 0
    arrays = Arrays.load(here / f"{place}.npz")
    begin = time.perf_counter()
    if engine.module == "own":
        prepared, seconds = module.Own.read(here / f"{place}.pickle"), 0.0
    else:
        prepared = getattr(module, engine.prepare)(arrays)
        seconds = time.perf_counter() - begin
    for task in tasks.split(","):
        sites = SITES.get((task, place)) or max(arrays.n // 40, 20)
        work = getattr(module, engine.tasks[task])(prepared, arrays, sites)
        rows.append(_row(place, task, name, seconds, {"sites": sites, **measured(work)}))
        (here / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
    return 0


def _row(place: str, task: str, name: str, prepare: float, found: dict[str, Any]) -> dict[str, Any]:
    return {"place": place, "task": task, "engine": name, "prepare_seconds": prepare, **found}


def _machine() -> str:
    versions = [f"Python {platform.python_version()}"]
    for library in ("numba", "scipy", "pandana", "networkx", "osmnx"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions.append(f"{library} {importlib.metadata.version(library)}")
    cores = f"{os.cpu_count()} cores, one copies {copy_gb_per_second():.1f} GB/s"
    return f"{cores}; {platform.system()} {platform.machine()}; {', '.join(versions)}"


if __name__ == "__main__":
    sys.exit(main())
