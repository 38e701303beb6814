"""Map pages: what they weigh, what making them takes, and how fast a browser answers.

Run with ``python benchmarks/pages.py [--quick] [--only "50 x 20k walk" ...]``. Chromium is driven
without network; where there is none only the first table is printed. Beside our page stand the
same figures by numpy and a page of folium with a polygon for each point. Ends with code 1 where
page and numpy disagree.
"""

import argparse
import gc
import importlib.util
import json
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import folium
import numpy as np
from measuring import peak_mb, reset_peak
from numpy.typing import NDArray
from page_studies import cell_squares, county

import coverplan
from coverplan import Study
from coverplan.present.bulk import weight
from coverplan.present.pagepoints import page_points
from coverplan.present.pagetimes import page_times
from coverplan.sitetimes import BEYOND

CASES: dict[str, tuple[int, int, dict[str, float]]] = {
    "50 x 20k walk": (20_000, 50, {"walking": 15}),
    "50 x 20k drive": (20_000, 50, {"driving": 30}),
    "300 x 200k walk": (200_000, 300, {"walking": 15}),
    "300 x 200k drive": (200_000, 300, {"driving": 30}),
}
SWITCHED = 12
"""Sites switched off and on again, one after the other; each time is the median."""

_POLYGONS = 20_000
"""Points above which no page of polygons is made: it would not open."""

_READY = """
Object.defineProperty(window, "coverplan", {configurable: true, set(found) {
  window.readyAt = performance.now();
  Object.defineProperty(window, "coverplan", {value: found});
}});
"""

_TIMED = """(async () => {
  const frame = () => new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
  await frame();
  const begin = performance.now();
  window.coverplan.set(%s);
  const script = performance.now() - begin;
  await frame();
  return [script, performance.now() - begin];
})()"""


@dataclass(frozen=True, slots=True)
class Made:
    """A page and what it took.

    Parameters
    ----------
    study, page
        The study, and the page as text.
    seconds, cpu_seconds, peak_mb
        Of making the page from the computed study.
    parts
        Characters of parts of the page, by name.
    """

    study: Study
    page: str
    seconds: float
    cpu_seconds: float
    peak_mb: float
    parts: dict[str, int]


def make(points: int, sites: int, ways: dict[str, float]) -> Made:
    """Compute a study and its page."""
    study = county(points, sites, ways)
    gc.collect()
    reset_peak()
    begin, busy = time.perf_counter(), time.process_time()
    page = coverplan.map_html(study)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - busy
    peak = peak_mb()
    where = page_points(study)
    parts = {
        "times": weight(dict(page_times(study, where.order).parts)),
        "people": weight(dict(where.parts)),
    }
    return Made(study, page, seconds, cpu, peak, parts)


def numpy_figures(
    minutes: NDArray[np.uint8], opened: NDArray[np.bool_], unit: NDArray[Any], people: NDArray[Any]
) -> NDArray[np.int64]:
    """Return people of each unit by minutes, cumulated: what the page finds after a switch."""
    best = minutes[opened].min(axis=0, initial=BEYOND).astype(np.int64)
    units = int(unit.max()) + 1
    table = np.bincount(unit.astype(np.int64) * 256 + best, people, minlength=units * 256)
    return table.astype(np.int64).reshape(units, 256).cumsum(axis=1)


def by_numpy(made: Made) -> tuple[float, int]:
    """Return the milliseconds of CPU numpy takes after a switch, and the people it finds."""
    study = made.study
    where = page_points(study)
    minutes = page_times(study, where.order).parts["minutes.0"]
    (layer,) = study.layers.values()
    opened = (layer.sites["state"] == "existing").to_numpy(copy=True)
    people = study.inputs.demand.people(layer.layer.group)[where.order]
    opened[np.flatnonzero(opened)[0]] = False
    took = []
    for _ in range(5):
        begin = time.process_time()
        table = numpy_figures(minutes, opened, where.parts["unit"], people)
        took.append((time.process_time() - begin) * 1000)
    return statistics.median(took), int(table[:, int(layer.layer.minutes)].sum())


def browser_module() -> ModuleType:
    """Return the tests' driver of Chromium."""
    path = Path(__file__).resolve().parent.parent / "tests" / "browser" / "conftest.py"
    spec = importlib.util.spec_from_file_location("browser_driver", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parents[1] / "support"))
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Watched:
    """A page in Chromium with the main thread's seconds."""

    def __init__(self, browser: Any, file: Path, before: str = "", *, stands: bool = True) -> None:
        self.page = browser.open(file.as_uri(), before=before) if stands else _bare(browser, file)
        self.page.send("Performance.enable", timeDomain="threadTicks")

    def metric(self, name: str) -> float:
        """Return a metric of the browser by name."""
        found = self.page.send("Performance.getMetrics")["metrics"]
        return next((item["value"] for item in found if item["name"] == name), float("nan"))

    def times(self, asked: list[dict[str, Any]]) -> dict[str, float]:
        """Return medians over some changes in milliseconds, and the fastest script.

        ``script`` and ``frame`` are by the clock: until the script is done, and until the next
        frame is drawn; ``cpu`` is what the main thread worked, drawing included.
        """
        return _medians([self.time(change) for change in asked])

    def time(self, change: dict[str, Any]) -> dict[str, float]:
        """Return the times of one change."""
        before = self.metric("TaskDuration")
        script, frame = self.page.evaluate(_TIMED % json.dumps(change))
        cpu = (self.metric("TaskDuration") - before) * 1000
        return {"script": script, "frame": frame, "cpu": cpu}


def _bare(browser: Any, file: Path) -> Any:
    """Open a page that is not ours: nothing of it is waited for."""
    target = browser.send("Target.createTarget", url="about:blank")["targetId"]
    session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    page = sys.modules[type(browser).__module__].Page(browser, session)
    page.target = target
    browser.pages[session] = page
    for domain in ("Page", "Runtime", "Network"):
        page.send(f"{domain}.enable")
    page.send(
        "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1,
        uploadThroughput=-1,
    )  # fmt: skip
    page.send("Page.navigate", url=file.as_uri())
    page.wait_for("Page.loadEventFired", seconds=120)
    return page


def browse(browser: Any, made: Made, folder: Path) -> dict[str, Any]:
    """Return what Chromium takes for a page."""
    file = folder / "page.html"
    file.write_text(made.page, encoding="utf-8")
    watched = Watched(browser, file, _READY)
    (layer,) = made.study.layers.values()
    working = layer.sites.loc[layer.sites["state"] == "existing", "site_id"].tolist()
    away = working[:: max(len(working) // SWITCHED, 1)][:SWITCHED]
    own = int(layer.layer.minutes)
    offs = [change for site in away for change in ({"sites": {"off": [site]}}, {"sites": None})]
    result: dict[str, Any] = {"ready": watched.page.evaluate("window.readyAt")}
    watched.times(offs[:4])  # the engine compiles what is called often
    result["off"] = _alternate(watched, offs, 0)
    result["on"] = _alternate(watched, offs, 1)
    result["limit"] = watched.times([{"minutes": m} for m in (*range(1, 13), own)])
    watched.page.evaluate(f"coverplan.set({json.dumps({'sites': {'off': [working[0]]}})})")
    result["reached"] = watched.page.evaluate("coverplan.figures().total.reached")
    watched.page.send("HeapProfiler.collectGarbage")
    result["heap_mb"] = watched.metric("JSHeapUsedSize") / 1e6
    result["errors"] = watched.page.errors
    watched.page.close()
    return result


def _alternate(watched: Watched, changes: list[dict[str, Any]], which: int) -> dict[str, float]:
    """Return the times of every other change, the ones between made too."""
    return _medians([watched.time(change) for change in changes][which::2])


def _medians(rows: list[dict[str, float]]) -> dict[str, float]:
    fastest = min(row["script"] for row in rows)
    return {key: statistics.median(row[key] for row in rows) for key in rows[0]} | {
        "fastest": fastest
    }


def by_folium(browser: Any | None, made: Made, folder: Path) -> dict[str, Any]:
    """Return what folium's own page of a polygon for each point weighs and shows offline."""
    begin = time.perf_counter()
    view = folium.Map(location=[28.9, 120.0], zoom_start=11)
    squares = cell_squares(made.study)
    folium.GeoJson(squares, style_function=_style).add_to(view)
    file = folder / "folium.html"
    view.save(file)
    result: dict[str, Any] = {
        "seconds": time.perf_counter() - begin,
        "mb": file.stat().st_size / 1e6,
    }
    if browser is not None:
        watched = Watched(browser, file, stands=False)
        result["drawn"] = watched.page.evaluate("document.querySelectorAll('path,canvas').length")
        result["asked"] = len({r for r in watched.page.requests if r.startswith("http")})
        watched.page.close()
    return result


def _style(feature: dict[str, Any]) -> dict[str, Any]:
    within = feature["properties"]["minutes"] <= 15
    return {"weight": 0, "fillColor": "#2c7fb8" if within else "#edf8b1", "fillOpacity": 0.8}


def report(name: str, made: Made, seen: dict[str, Any] | None) -> bool:
    """Print a case; return whether page and numpy agree."""
    ms, people = by_numpy(made)
    parts = ", ".join(f"{key} {size / 1e6:.2f}" for key, size in made.parts.items())
    print(f"\n{name}: page {len(made.page.encode()) / 1e6:.2f} MB ({parts})")
    print(
        f"  made in {made.seconds:.1f} s, CPU {made.cpu_seconds:.1f} s, peak {made.peak_mb:,.0f} MB"
    )
    print(f"  numpy, all sites again: CPU {ms:.1f} ms")
    if seen is None:
        return True
    print(f"  ready {seen['ready'] / 1000:.2f} s, heap {seen['heap_mb']:.0f} MB")
    for key in ("off", "on", "limit"):
        took = seen[key]
        print(
            f"  {key}: script {took['script']:.1f} ms (fastest {took['fastest']:.1f}), to the next "
            f"frame {took['frame']:.1f} ms, CPU of the main thread {took['cpu']:.1f} ms"
        )
    print(f"  errors {len(seen['errors'])}, page {seen['reached']:,} people, numpy {people:,}")
    return bool(seen["reached"] == people and not seen["errors"])


def run(names: list[str], *, quick: bool) -> bool:
    """Measure cases; return whether all agree."""
    driver = browser_module()
    binary = next(filter(None, map(shutil.which, driver.BINARIES)), None)
    browser = driver.Browser(binary) if binary else None
    fine = True
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        try:
            for name in names:
                points, sites, ways = CASES[name]
                if quick:
                    points, sites = points // 20, max(sites // 5, 5)
                made = make(points, sites, ways)
                seen = None if browser is None else browse(browser, made, folder)
                fine &= report(name, made, seen)
                if points <= _POLYGONS:
                    print(f"  folium, a polygon a point: {by_folium(browser, made, folder)}")
        finally:
            if browser is not None:
                browser.stop()
    return fine


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(CASES), default=list(CASES))
    parser.add_argument("--quick", action="store_true", help="small counties, to see that it works")
    arguments = parser.parse_args()
    return 0 if run(arguments.only, quick=arguments.quick) else 1


if __name__ == "__main__":
    sys.exit(main())
