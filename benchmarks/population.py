"""People of a raster: coverplan against rasterio and geopandas called plainly.

    python benchmarks/population.py
    python benchmarks/population.py --cells 4000 --results rows.json

A made county of 20 wavy townships within a raster of 1,000 x 1,000 cells in longitude and
latitude, 70 % of them with people. Each way works in a process of its own, three times; seconds
are the median, memory is the most the process held above what its imports need.

"plainly" reads the whole raster, makes a point of every cell with people and joins the points to
the townships: what a user would write. It counts a cell on a border where its middle lies, and
keeps every cell as a point. coverplan cuts those cells by area, merges thin cells and stops at
50,000 points. Both sum up people by township; the sums must agree to 1 %.
"""

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import rasterio
import shapely
from rasterio.transform import Affine

from coverplan.core.errors import Problems
from coverplan.domain.people_config import PeopleConfig
from coverplan.domain.region import Region
from coverplan.io import read_people
from coverplan.io.paths import Folder

CRS = 4549
WAYS = ("coverplan", "plainly")
_WEST, _NORTH, _CELL = 119.5, 29.5, 1 / 1200


def make(folder: Path, cells: int) -> None:
    """Write the raster and the townships."""
    rng = np.random.default_rng(1)
    with rasterio.open(
        folder / "people.tif", "w", driver="GTiff", width=cells, height=cells, count=1,
        dtype="float32", crs=4326, nodata=-99999, compress="deflate", tiled=True,
        transform=Affine(_CELL, 0, _WEST, 0, -_CELL, _NORTH),
    ) as raster:  # fmt: skip
        for row in range(0, cells, 500):
            high = min(500, cells - row)
            people = rng.gamma(0.2, 10, (high, cells)).astype(np.float32)
            people[rng.random(people.shape) < 0.3] = -99999
            raster.write(people, 1, window=rasterio.windows.Window(0, row, cells, high))
    _townships(cells).to_file(folder / "towns.gpkg")


def _townships(cells: int) -> gpd.GeoDataFrame:
    """Return 20 townships that fill a disc; the lines between them have many corners."""
    rng = np.random.default_rng(2)
    to_metres = pyproj.Transformer.from_crs(4326, CRS, always_xy=True)
    x0, y0 = to_metres.transform(_WEST, _NORTH - cells * _CELL)
    x1, y1 = to_metres.transform(_WEST + cells * _CELL, _NORTH)
    middle, radius = ((x0 + x1) / 2, (y0 + y1) / 2), 0.49 * min(x1 - x0, y1 - y0)
    disc = shapely.Point(middle).buffer(radius, quad_segs=2000)
    seats = shapely.MultiPoint(rng.normal(0, radius / 2, (20, 2)) + middle)
    parts = shapely.get_parts(shapely.voronoi_polygons(seats, extend_to=disc))

    def waves(xy: np.ndarray) -> np.ndarray:
        turn = 2 * math.pi / 3000
        return xy + 300 * np.column_stack([np.sin(xy[:, 1] * turn), np.cos(xy[:, 0] * turn)])

    towns = shapely.transform(shapely.segmentize(shapely.intersection(parts, disc), 50.0), waves)
    return gpd.GeoDataFrame({"code": [f"{i:02d}" for i in range(20)]}, geometry=towns, crs=CRS)


def coverplan_way(folder: Path) -> dict[str, float]:
    """Return people by township, and how many points they stand at."""
    towns = gpd.read_file(folder / "towns.gpkg")
    region = Region.from_frame(towns, name="code")
    config = PeopleConfig.model_validate({"source": "people.tif", "groups": {"all": "people"}})
    table = read_people(Folder(folder), config, region, Problems())
    return {**table.places.groupby("unit")["all"].sum(), "points": len(table.places)}


def plain_way(folder: Path) -> dict[str, float]:
    """Return the same, by whole arrays and a spatial join."""
    towns = gpd.read_file(folder / "towns.gpkg")
    with rasterio.open(folder / "people.tif") as raster:
        people = raster.read(1)
        row, column = np.where((people != raster.nodata) & (people > 0))
        x, y = rasterio.transform.xy(raster.transform, row, column)
        points = gpd.GeoDataFrame(
            {"people": people[row, column]}, geometry=gpd.points_from_xy(x, y), crs=raster.crs
        ).to_crs(CRS)
    joined = points.sjoin(towns, predicate="within")
    return {**joined.groupby("code")["people"].sum(), "points": len(joined)}


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one(way: str, folder: Path) -> None:
    """Work once and print the result: for a process of its own."""
    before, wall, cpu = _peak_mb(), time.perf_counter(), time.process_time()
    found = coverplan_way(folder) if way == "coverplan" else plain_way(folder)
    row = {
        "seconds": time.perf_counter() - wall,
        "CPU s": time.process_time() - cpu,
        "MB": _peak_mb() - before,
        "points": found.pop("points"),
        "people": {code: float(n) for code, n in found.items()},
    }
    print(json.dumps(row))


def measure(way: str, folder: Path) -> dict:
    """Return the median of three processes."""
    rows = []
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, __file__, "--one", way, "--folder", str(folder)],
            capture_output=True, text=True, check=True, env=os.environ,
        )  # fmt: skip
        rows.append(json.loads(done.stdout))
    return {
        **rows[0],
        **{key: statistics.median(row[key] for row in rows) for key in ("seconds", "CPU s", "MB")},
    }


def main() -> int:
    """Measure both ways and print one table."""
    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument("--cells", type=int, default=1000, help="cells a side")
    parse.add_argument("--results", type=Path)
    parse.add_argument("--folder", type=Path)
    parse.add_argument("--one", choices=WAYS)
    given = parse.parse_args()
    if given.one:
        one(given.one, given.folder)
        return 0
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        make(folder, given.cells)
        rows = {way: measure(way, folder) for way in WAYS}
    own, peer = rows["coverplan"], rows["plainly"]
    print(f"{given.cells:,} x {given.cells:,} cells\n")
    print("| way | seconds | CPU s | MB above imports | points |\n|---|---|---|---|---|")
    for way, row in rows.items():
        print(f"| {way} | {row['seconds']:.2f} | {row['CPU s']:.2f} | {row['MB']:.0f} "
              f"| {row['points']:,} |")  # fmt: skip
    print("| ratio | " + " | ".join(f"{own[k] / peer[k]:.2f}" for k in ("seconds", "CPU s", "MB"))
          + " | |")  # fmt: skip
    if given.results:
        given.results.write_text(json.dumps(rows), encoding="utf-8")
    apart = max(abs(own["people"][code] - n) / n for code, n in peer["people"].items())
    print(f"\nlargest difference of a township: {apart:.2%}")
    return int(apart > 0.01)


if __name__ == "__main__":
    raise SystemExit(main())
