"""Large inputs for `inputs.py`: one OpenStreetMap extract many times over, many people."""

import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely

STEP_DEGREES = 0.3
"""How far the copies of an extract are apart."""

_ACROSS = 10
_IDS_APART = 12_000_000_000
"""Above every number in use today, so that copies keep the numbers as far apart as they are."""

CRS = 4549
_WEST, _SOUTH, _SIDE = 119.5, 28.5, 0.8
_CELLS = 5


def extract() -> Path | None:
    """Return the extract of Las Palmas in the folder of test data, None where there is none."""
    data = os.environ.get("COVERPLAN_TEST_DATA") or Path(__file__).parents[2] / "shared"
    found = sorted((Path(data) / "realdata" / "es_las_palmas").glob("*.osm.pbf"))
    return found[0] if found else None


def tile(source: Path, target: Path, copies: int, *, placed: bool = False) -> None:
    """Write an extract so many times over into one file, each copy beside the last.

    Numbers and places of the copies are shifted; relations, which no road needs, are left out;
    where ``placed``, references to nodes that the extract does not hold are too.
    """
    nodes: list[tuple[int, float, float, dict[str, str]]] = []
    ways: list[tuple[int, list[int], dict[str, str]]] = []
    for item in osmium.FileProcessor(str(source), osmium.osm.NODE | osmium.osm.WAY):
        tags = {tag.k: tag.v for tag in item.tags}
        if isinstance(item, osmium.osm.Node):
            nodes.append((item.id, item.lon, item.lat, tags))
        elif isinstance(item, osmium.osm.Way):
            ways.append((item.id, [node.ref for node in item.nodes], tags))
    if placed:
        there = {number for number, *_ in nodes}
        ways = [(number, [r for r in refs if r in there], tags) for number, refs, tags in ways]
    with osmium.SimpleWriter(str(target), overwrite=True) as out:
        for copy in range(copies):
            more = copy * _IDS_APART
            east, north = STEP_DEGREES * (copy % _ACROSS), STEP_DEGREES * (copy // _ACROSS)
            for number, lon, lat, tags in nodes:
                place = (lon + east, lat + north)
                out.add_node(osmium.osm.mutable.Node(id=number + more, location=place, tags=tags))
        for copy in range(copies):
            more = copy * _IDS_APART
            for number, refs, tags in ways:
                moved = [ref + more for ref in refs]
                out.add_way(osmium.osm.mutable.Way(id=number + more, nodes=moved, tags=tags))


def towns() -> gpd.GeoDataFrame:
    """Return 25 townships that fill a square, their borders with many corners."""
    side = _SIDE / _CELLS
    lines = np.linspace(0.0, 1.0, 200)
    wave = 0.1 * side * np.sin(lines * 14 * np.pi)

    def bent(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.column_stack([_WEST + x * side, _SOUTH + y * side])

    corners = {}
    for j in range(_CELLS):
        for i in range(_CELLS):
            low, high = wave / side * (j > 0), wave / side * (j < _CELLS - 1)
            ring = [
                bent(i + lines, j + low),
                bent(np.full(2, i + 1.0), np.array([j + 0.0, j + 1.0])),
                bent(i + lines[::-1], j + 1 + high[::-1]),
            ]
            corners[f"33062410{j}{i:01d}00"] = shapely.Polygon(np.vstack(ring))
    names = [f"第{n + 1:02d}镇" for n in range(len(corners))]
    return gpd.GeoDataFrame(
        {"code": list(corners), "name": names}, geometry=list(corners.values()), crs=4326
    )


def people(folder: Path, n: int, suffix: str) -> Path:
    """Write the townships and so many points of people in three groups; return the second file."""
    rng = np.random.default_rng(n)
    units = towns()
    units.to_file(folder / "towns.gpkg")
    xy = np.column_stack(
        [rng.uniform(_WEST, _WEST + _SIDE, n), rng.uniform(_SOUTH, _SOUTH + _SIDE, n)]
    ).round(6)
    points, town = shapely.STRtree(units.geometry.to_numpy()).query(
        shapely.points(xy), predicate="intersects"
    )
    lies_in = np.zeros(n, dtype=int)
    lies_in[points] = town
    everybody = rng.integers(0, 40, n)
    older = rng.binomial(everybody, 0.2)
    frame = pd.DataFrame(
        {
            "编号": [f"P{k:07d}" for k in range(n)],
            "经度": xy[:, 0],
            "纬度": xy[:, 1],
            "所属乡镇": units["name"].to_numpy()[lies_in],
            "常住人口": everybody,
            "60岁以上": older,
            "80岁以上": rng.binomial(older, 0.15),
        }
    )
    target = folder / f"people{suffix}"
    if suffix == ".csv":
        frame.to_csv(target, index=False, encoding="utf-8-sig")
    elif suffix == ".xlsx":
        frame.to_excel(target, index=False)
    else:
        points = gpd.points_from_xy(frame.pop("经度"), frame.pop("纬度"), crs=4326)
        shaped = gpd.GeoDataFrame(frame, geometry=points)
        shaped.to_parquet(target) if suffix == ".parquet" else shaped.to_file(target)
    return target
