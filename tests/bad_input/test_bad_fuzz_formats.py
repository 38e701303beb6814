"""Damaged files of every format that is read: nothing but a list of faults comes out of `load`.

The damage is seeded: the same files are tried every time. The variable COVERPLAN_FUZZ_SECONDS lets
a test go on with other seeds for as long, by hand.
"""

import os
import random
import re
import shutil
import time
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import osmium.osm.mutable
import pytest
import rasterio
from affine import Affine

from coverplan import load
from coverplan.core.errors import InputError, render_problems

SECONDS = float(os.environ.get("COVERPLAN_FUZZ_SECONDS", "0"))
TIMES = 4

VECTORS = {
    "gpkg": {}, "shp": {"encoding": "gbk"}, "geojson": {}, "geojsonl": {"driver": "GeoJSONSeq"},
    "fgb": {}, "gml": {"driver": "GML"}, "kml": {"driver": "LIBKML"},
    "tab": {"driver": "MapInfo File", "encoding": "gbk"},
    "mif": {"driver": "MapInfo File", "encoding": "gbk"}, "gdb": {"driver": "OpenFileGDB"},
    "parquet": None, "zip": {},
}  # fmt: skip
OTHERS = ["pbf", "osm", "graphml", "tif people", "tif heights", "csv", "xlsx", "toml"]


def _vector(county, name, kind):
    """Write a GeoJSON file of the county in another format; return its name and its files."""
    frame = gpd.read_file(county.path(name))
    stem, options = Path(name).stem, VECTORS[kind]
    inner = f"{stem}.{'gpkg' if kind == 'zip' else kind}"
    full = county.path(inner)
    if options is None:
        frame.to_parquet(full)
    else:
        frame.to_file(full, engine="pyogrio", **options)
    if kind == "zip":
        with zipfile.ZipFile(county.path(f"{stem}.zip"), "w", zipfile.ZIP_DEFLATED) as made:
            made.write(full, inner)
        full.unlink()
    new = f"{stem}.{kind}"
    county.edit(f'"{name}"', f'"{new}"')
    if kind == "gdb":
        return sorted(path for path in full.iterdir() if path.stat().st_size)
    return sorted(p for p in county.folder.glob(f"{stem}.*") if new == name or p.name != name)


def _osm(county, suffix):
    county.edit('"roads.geojson"', f'"roads.{suffix}"')
    full = county.path(f"roads.{suffix}")
    with osmium.SimpleWriter(str(full)) as out:
        places = {}
        for i, feature in enumerate(county.read_features("roads.geojson"), 1):
            refs = []
            for lonlat in map(tuple, feature["geometry"]["coordinates"]):
                if lonlat not in places:
                    places[lonlat] = len(places) + 1
                    node = osmium.osm.mutable.Node(id=places[lonlat], location=lonlat, version=1)
                    out.add_node(node)
                refs.append(places[lonlat])
            tags = {"highway": "residential", "maxspeed": "30"}
            out.add_way(osmium.osm.mutable.Way(id=i, nodes=refs, tags=tags, version=1))
    return [full]


def _graphml(county):
    county.edit('"roads.geojson"', '"roads.graphml"')
    nodes, edges, seen = [], [], {}
    for feature in county.read_features("roads.geojson"):
        ends = []
        for x, y in feature["geometry"]["coordinates"]:
            if (x, y) not in seen:
                seen[x, y] = len(seen)
                place = f'<data key="x">{x}</data><data key="y">{y}</data>'
                nodes.append(f'<node id="{seen[x, y]}">{place}</node>')
            ends.append(seen[x, y])
        edges.append(
            f'<edge source="{ends[0]}" target="{ends[1]}" id="0"><data key="h">residential</data>'
            '<data key="o">False</data></edge>'
        )
    keys = "".join(
        f'<key id="{key}" for="{of}" attr.name="{name}" attr.type="string"/>'
        for key, of, name in [
            ("x", "node", "x"), ("y", "node", "y"), ("h", "edge", "highway"),
            ("o", "edge", "oneway"), ("c", "graph", "crs"),
        ]
    )  # fmt: skip
    county.path("roads.graphml").write_text(
        '<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        f'{keys}<graph edgedefault="directed"><data key="c">EPSG:4326</data>'
        f"{''.join(nodes + edges)}</graph></graphml>",
        encoding="utf-8",
    )
    return [county.path("roads.graphml")]


def _raster(county, of):
    full = county.path(f"{of}.tif")
    values = np.arange(60 * 30, dtype="float32").reshape(30, 60) % 50
    with rasterio.open(
        full, "w", driver="GTiff", width=60, height=30, count=1, dtype="float32", crs="EPSG:4326",
        transform=Affine(0.0025, 0, 117.99, 0, -0.0025, 30.06), nodata=-9, tiled=True,
        blockxsize=16, blockysize=16, compress="deflate",
    ) as raster:  # fmt: skip
        raster.write(values, 1)
    if of == "people":
        county.edit('"villages.csv"', '"people.tif"')
        county.edit(', elderly = "60岁及以上"', "")
        county.edit("[layers.elderly_care]", '[layers.elderly_care]\ngroup = "all"')
    else:
        county.edit('"roads.geojson"', '"roads.geojson"\nelevation = "heights.tif"')
    return [full]


def _targets(county, what):
    """Make the study name a file of a format; return the files to damage."""
    kind, _, of = what.partition(" ")
    if kind in VECTORS:
        return _vector(county, of or "towns.geojson", kind)
    if kind in {"pbf", "osm"}:
        return _osm(county, "osm.pbf" if kind == "pbf" else kind)
    if kind == "graphml":
        return _graphml(county)
    if kind == "tif":
        return _raster(county, of)
    return [
        county.path({"csv": "villages.csv", "xlsx": "stations.xlsx", "toml": "study.toml"}[kind])
    ]


def _damaged(whole: bytes, dice: random.Random) -> bytes:
    data = bytearray(whole)
    for _ in range(dice.choice([1, 1, 2, 4, 12])):
        at = dice.randrange(len(data) + 1)
        some = dice.choice([1, 2, 4, 8, 60])
        how = dice.randrange(7)
        if how == 0:
            del data[at:]
        elif how == 1:
            del data[at : at + some]
        elif how == 2:
            data[at : at + some] = dice.randbytes(some)
        elif how == 3:
            data[at : at + some] = dice.choice([b"\0", b"\xff", b"\x7f"]) * some
        elif how == 4:
            data[at:at] = data[at : at + 400]
        elif how == 5 and at < len(data):
            data[at] ^= 1 << dice.randrange(8)
        else:
            numbers = list(re.finditer(rb"\d+(?:\.\d+)?", data[:20000]))
            if numbers:
                found = dice.choice(numbers)
                odd = [b"0", b"-1", b"1e999", b"NaN", b"99999999999999999999", b"", b"x", b"[]"]
                data[found.start() : found.end()] = dice.choice(odd)
    return bytes(data)


def _attempt(county, files, dice):
    """Damage one file, read the study; return the codes of what is wrong with it."""
    path = dice.choice(files)
    whole = path.read_bytes()
    path.write_bytes(_damaged(whole, dice))
    problems = ()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            load(county.study)
    except InputError as error:
        problems = error.problems
    finally:
        path.write_bytes(whole)
    for language in ("zh", "en"):
        text = "\n".join(render_problems(problems, language))
        assert "Traceback" not in text
        assert all(c.isprintable() or c == "\n" for c in text)
    return {problem.code for problem in problems}


@pytest.mark.parametrize("what", [*VECTORS, "shp roads.geojson", "parquet roads.geojson", *OTHERS])
@pytest.mark.filterwarnings("ignore")
def test_nothing_but_faults_comes_out_of_damaged_files(county, what, monkeypatch):
    files = _targets(county, what)
    load(county.study)
    before = sorted(path.name for path in county.folder.rglob("*"))
    # What is unpacked and copied for reading goes here, and must be gone afterwards.
    place = county.folder.parent / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    codes, seed, end = set(), 0, time.monotonic() + SECONDS
    while seed < TIMES or time.monotonic() < end:
        dice = random.Random(f"{what} {seed}")  # noqa: S311 - damage, not secrets
        try:
            codes |= _attempt(county, files, dice)
        except BaseException as error:
            error.add_note(f"{what}, seed {seed}")
            raise
        seed += 1
    assert codes, "no damage was found at all"
    assert sorted(path.name for path in county.folder.rglob("*")) == before
    assert not list(place.iterdir())
    shutil.rmtree(place)
