"""Reading large inputs: coverplan against osmnx, pyogrio, pandas and geopandas called plainly.

    python benchmarks/inputs.py roads --copies 1 10
    python benchmarks/inputs.py people --rows 100000 1000000
    python benchmarks/inputs.py people --rows 100000 --kinds .xlsx

Roads: an OpenStreetMap extract (3 MB, in the folder of test data, ``COVERPLAN_TEST_DATA``) so many
times over in one file. "coverplan" cuts every road of it at junctions; "coverplan, clipped" does so
and keeps what lies within 10 km of one copy; "pyogrio" reads the layer of lines as GDAL gives it,
uncut and with all that are no roads; "osmnx" makes its graph of an .osm file, only of few copies,
and of references with a node alone: it refuses an extract that misses some.

People: points with a township by name and three groups, in 25 townships. "plainly" is what a user
would write: read, make points, project, join to the townships, sum up; nothing is checked. Both
must count the same people but for one in 100,000: a point in the slit that rounding leaves between
two townships is counted by the one it names, and dropped by a join.

Each way works in a process of its own; memory is the most the process held above what its imports
need. CPU seconds add up all threads.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import input_files
import pandas as pd

from coverplan.core.errors import Problems
from coverplan.domain.people_config import PeopleConfig
from coverplan.domain.region import Region
from coverplan.io import read_people
from coverplan.io.clipping import Clip
from coverplan.io.osm.reading import read_osm
from coverplan.io.paths import Folder

GROUPS = {"all": "常住人口", "elderly": "60岁以上", "oldest": "80岁以上"}
_MOST_COPIES_FOR_OSMNX = 1
_LAS_PALMAS = (-15.55, 28.0, -15.38, 28.2)
_MARGIN_DEGREES = 0.1
_APART = 1e-5


def own_roads(path: Path) -> int:
    """Read every road of a file; return how many edges."""
    return len(read_osm(path, path.name, Problems()))


def own_clipped(path: Path) -> int:
    """Read the roads around the first copy; return how many edges."""
    west, south, east, north = _LAS_PALMAS
    m = _MARGIN_DEGREES
    clip = Clip(m * 1e5, (west - m, south - m, east + m, north + m))
    return len(read_osm(path, path.name, Problems(), clip=clip))


def pyogrio_roads(path: Path) -> int:
    """Read the layer of lines; return how many."""
    return len(gpd.read_file(path, layer="lines"))


def osmnx_roads(path: Path) -> int:
    """Make a graph of an .osm file; return how many streets, each once."""
    import osmnx  # noqa: PLC0415 - its import is not what is measured

    graph = osmnx.graph_from_xml(path.with_suffix("").with_suffix(".osm"), retain_all=True)
    return len(osmnx.convert.to_undirected(graph).edges)


def own_people(path: Path) -> int:
    """Return everybody, read and placed in their townships."""
    towns = gpd.read_file(path.parent / "towns.gpkg").to_crs(input_files.CRS)
    region = Region.from_frame(towns)
    config = PeopleConfig.model_validate({"source": path.name, "groups": GROUPS})
    table = read_people(Folder(path.parent), config, region, Problems())
    return int(table.places.groupby("unit")[list(GROUPS)].sum()["all"].sum())


def plain_people(path: Path) -> int:
    """Return everybody, by a spatial join."""
    towns = gpd.read_file(path.parent / "towns.gpkg").to_crs(input_files.CRS)
    if path.suffix in {".csv", ".xlsx"}:
        table = pd.read_csv(path) if path.suffix == ".csv" else pd.read_excel(path)
        shapes = gpd.points_from_xy(table["经度"], table["纬度"])
        points = gpd.GeoDataFrame(table, geometry=shapes, crs=4326)
    else:
        points = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
    joined = points.to_crs(input_files.CRS).sjoin(towns, predicate="within")
    return int(joined.groupby("code")[list(GROUPS.values())].sum()["常住人口"].sum())


WAYS: dict[str, Callable[[Path], int]] = {
    "coverplan": own_roads,
    "coverplan, clipped": own_clipped,
    "pyogrio": pyogrio_roads,
    "osmnx": osmnx_roads,
    "coverplan, people": own_people,
    "plainly": plain_people,
}


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one(way: str, path: Path) -> None:
    """Work once and print the result: for a process of its own."""
    before, wall, cpu = _peak_mb(), time.perf_counter(), time.process_time()
    found = WAYS[way](path)
    row = {
        "seconds": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "mb": _peak_mb() - before,
        "found": found,
    }
    print(json.dumps(row))


def measured(way: str, path: Path) -> dict[str, float]:
    """Return what one process of its own needs."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", way, "--file", str(path)],
        capture_output=True, text=True, check=True, env=os.environ,
    )  # fmt: skip
    row: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return row


def _table(name: str, ways: list[str], path: Path) -> dict[str, dict[str, float]]:
    """Measure ways one after the other and print them beside the first."""
    rows: dict[str, dict[str, float]] = {}
    for way in ways:
        row = rows[way] = measured(way, path)
        first = rows[ways[0]]
        # Less than the imports needed before it is no measure of memory.
        ratio = " | ".join(
            f"{row[key] / first[key]:.2f}" if first[key] >= least else "—"
            for key, least in (("cpu", 0.01), ("mb", 10))
        )
        print(f"| {name} | {way} | {row['seconds']:.1f} | {row['cpu']:.1f} | {row['mb']:.0f} "
              f"| {ratio} | {row['found']:,} |", flush=True)  # fmt: skip
    return rows


def roads(copies: list[int], folder: Path) -> int:
    """Measure the reading of roads."""
    source = input_files.extract()
    if source is None:
        print("no extract: COVERPLAN_TEST_DATA is not set", file=sys.stderr)
        return 1
    for n in copies:
        path = folder / f"roads{n}.osm.pbf"
        if not path.exists():
            input_files.tile(source, path, n)
        ways = ["coverplan", "coverplan, clipped", "pyogrio"]
        if n <= _MOST_COPIES_FOR_OSMNX:
            input_files.tile(source, folder / f"roads{n}.osm", n, placed=True)
            ways.append("osmnx")
        _table(f"{path.stat().st_size / 1e6:,.0f} MB", ways, path)
    return 0


def people(rows: list[int], kinds: list[str], folder: Path) -> int:
    """Measure the reading of people; return 1 where the sums differ."""
    wrong = 0
    for n in rows:
        for kind in kinds:
            here = folder / f"people{n}{kind}"
            here.mkdir(exist_ok=True)
            path = here / f"people{kind}"
            if not path.exists():
                input_files.people(here, n, kind)
            found = _table(f"{n:,} {kind}", ["plainly", "coverplan, people"], path)
            counts = [row["found"] for row in found.values()]
            wrong |= max(counts) - min(counts) > _APART * max(counts)
    return int(wrong)


def main() -> int:
    """Measure what is asked for and print one table."""
    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument("what", nargs="?", choices=["roads", "people"])
    parse.add_argument("--copies", type=int, nargs="+", default=[1, 10])
    parse.add_argument("--rows", type=int, nargs="+", default=[100_000])
    parse.add_argument("--kinds", nargs="+", default=[".csv", ".parquet", ".gpkg"])
    parse.add_argument("--folder", type=Path, help="keep the made files here")
    parse.add_argument("--one", choices=list(WAYS))
    parse.add_argument("--file", type=Path)
    given = parse.parse_args()
    if given.one:
        one(given.one, given.file)
        return 0
    print("| input | way | seconds | CPU s | MB above imports | CPU ratio | memory ratio | found |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        folder.mkdir(exist_ok=True)
        if given.what == "people":
            return people(given.rows, given.kinds, folder)
        return roads(given.copies, folder)


if __name__ == "__main__":
    raise SystemExit(main())
