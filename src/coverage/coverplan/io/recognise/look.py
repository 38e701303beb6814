"""Looking at one file: what kind of content, which columns, its first records."""

import json
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import shapely

from ...core.crs import LONLAT, looks_like_degrees, system
from ...core.errors import InputError
from ...core.text import Text
from ..archives import unpacked
from ..cells import cell_text
from ..content import kind_of, unreadable
from ..encodings import writing_of
from ..formats import DRIVERS, OPTIONS, checked_format, leads_away
from ..opening import apart, offline
from ..plainfiles import check_companions
from ..shapefileparts import check_whole
from ..tables import TABLE_SUFFIXES
from .raster import RASTERS, look_at_raster
from .roles import Form, Look, Skipped
from .short import HEAD_ROWS, head_of_csv, head_of_sheet, sheets_of, suffix_of

_CSV = frozenset({".csv", ".txt", ".tsv"})
_OSM = frozenset({".osm.pbf", ".pbf", ".osm"})
_PARQUET = frozenset({".parquet", ".geoparquet"})
_VECTORS = frozenset(
    {".gpkg", ".geojson", ".json", ".geojsonl", ".geojsons", ".shp", ".fgb", ".gml", ".kml"}
    | {".tab", ".mif", ".gdb", ".topojson"}
)
_ZIPS = frozenset({".zip", ".kmz", ".shz"})
_MOST_MEMBERS = 50

_NOT_TEXT = _VECTORS | _ZIPS | _OSM | _PARQUET | RASTERS | (TABLE_SUFFIXES - _CSV)
_ENDS_IN_TXT = Text(
    "文件名末尾多了 .txt：去掉再试", "its name ends in .txt: take that away and try again"
)
"""Editors add the ending, and systems that hide endings do not show it."""

_READ_WHOLE = frozenset({".geojson", ".json", ".topojson", ".gml", ".kml"})
"""Text without an index: its first records cannot be had without all of it."""

_MOST_WHOLE_BYTES = 200_000_000
_TOO_LARGE = Text(
    "太大，没有看：请另存为 GeoPackage（.gpkg）", "too large to look at: save it as a GeoPackage"
)
_MOST_OF_ONE_KIND = 0.9
"""A layer of which more is of one kind is of that kind: readers name the records that are not."""

_NAMED = {"Point": "points", "LineString": "lines", "Polygon": "polygons"}

Found = tuple[list[Look], list[Skipped]]


def look_at(full: Path, name: Path) -> Found:
    """Return what a file holds: a look for each table, layer or raster, and what is passed by.

    Large files are looked at by their first records, rasters by some of their cells.

    Parameters
    ----------
    full, name
        Where it is, and its path relative to the folder.

    Raises
    ------
    InputError
        When it cannot be read as what its name says.
    """
    suffix = suffix_of(full)
    if suffix == ".txt" and suffix_of(full.with_suffix("")) in _NOT_TEXT:
        return [], [Skipped(name.as_posix(), _ENDS_IN_TXT)]
    several = {_VECTORS: _layers, TABLE_SUFFIXES - _CSV: _workbook, _ZIPS: _zip}
    for suffixes, look_into in several.items():
        if suffix in suffixes:
            return look_into(full, name)
    single: dict[frozenset[str], Callable[[Path, Path], Look]] = {
        _CSV: _csv,
        RASTERS: look_at_raster,
        _OSM: _osm,
        frozenset({".graphml"}): _graph,
        _PARQUET: _parquet,
    }
    for ends, look in single.items():
        if suffix in ends:
            return [look(full, name)], []
    return [], [Skipped(name.as_posix(), Text("不认识的格式", "not a format known here"))]


def _csv(full: Path, name: Path) -> Look:
    table, rows, whole = head_of_csv(full, name.as_posix())
    return _of_table(name, None, table.frame, rows, whole=whole)


def _of_table(
    name: Path, sheet: str | None, frame: pd.DataFrame, rows: int, *, whole: bool
) -> Look:
    sample = frame.head(HEAD_ROWS)
    return Look(
        path=name,
        form="table",
        table=sheet,
        columns=tuple(str(c) for c in frame.columns),
        sample=sample,
        rows=rows,
        whole=whole and len(sample) == len(frame),
    )


def _workbook(full: Path, name: Path) -> Found:
    file = name.as_posix()
    sheets = sheets_of(full, file)
    filled = [title for title, _, holds in sheets if holds]
    looks, skipped = [], []
    for title, seen, holds in sheets:
        label = f"{file} [{title}]"
        if not holds:
            continue
        if not seen and len(filled) > 1:
            skipped.append(Skipped(label, Text("隐藏的工作表", "a hidden sheet")))
            continue
        try:
            table, rows, whole = head_of_sheet(full, file, title)
        except InputError as error:
            first = error.problems[0].what
            skipped.append(Skipped(label, Text(f"无法读取：{first.zh}", f"unreadable: {first.en}")))
            continue
        sheet = title if len(filled) > 1 else None
        looks.append(_of_table(name, sheet, table.frame, rows, whole=whole))
    if not looks and not skipped:
        skipped.append(Skipped(file, Text("工作簿里没有数据", "a workbook without any value")))
    return looks, skipped


def _osm(full: Path, name: Path) -> Look:
    with full.open("rb") as stream:
        head = stream.read(64)
    if b"OSMHeader" not in head and b"<osm" not in head and not head.startswith(b"<?xml"):
        raise InputError([unreadable(full, name.as_posix(), "roads")])
    return Look(name, "osm", whole=False)


def _graph(full: Path, name: Path) -> Look:
    with full.open("rb") as stream:
        head = stream.read(4096)
    if b"<graphml" not in head:
        raise InputError([unreadable(full, name.as_posix(), "roads")])
    return Look(name, "graph", whole=False)


def _layers(full: Path, name: Path) -> Found:
    file = name.as_posix()
    if suffix_of(full) in _READ_WHOLE and full.stat().st_size > _MOST_WHOLE_BYTES:
        return [], [Skipped(file, _TOO_LARGE)]
    check_companions(full, file)
    check_whole(full, file)
    kind = checked_format(full, file, "vector")
    with offline(), apart(full, kind) as place:
        return _looks(place, name, kind)


def _looks(full: Path, name: Path, kind: str) -> Found:
    file = name.as_posix()
    options: dict[str, Any] = dict(OPTIONS.get(kind, {}))
    writing = writing_of(full, file) if kind == "shp" else None
    if writing is not None:
        options["encoding"] = writing.encoding
    try:
        there = [(str(layer), kind) for layer, kind in pyogrio.list_layers(full)]
    except Exception as error:
        raise InputError([unreadable(full, file, "vector")]) from error
    drawn = [layer for layer, kind in there if kind is not None]
    looks, skipped = [], []
    for layer, shape in there:
        label = f"{file} [{layer}]" if len(there) > 1 else file
        if shape is None:
            why = Text("只有属性，没有几何", "attributes without geometry")
            skipped.append(Skipped(label, why))
            continue
        try:
            look = _layer(full, name, layer, options)
        except InputError as error:
            first = error.problems[0].what
            skipped.append(Skipped(label, Text(f"无法读取：{first.zh}", f"unreadable: {first.en}")))
        except Exception:  # noqa: BLE001 - GDAL fails in any way; the other layers are used
            why = Text("无法读取这个图层", "this layer cannot be read")
            skipped.append(Skipped(label, why))
        else:
            looks.append(replace(look, table=layer if len(drawn) > 1 else None))
    return looks, skipped


def _layer(full: Path, name: Path, layer: str, options: Mapping[str, Any]) -> Look:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        info = pyogrio.read_info(full, layer=layer, **options)
        if info["driver"] not in DRIVERS:
            raise InputError([leads_away(name.as_posix(), str(info["driver"]))])
        frame = pyogrio.read_dataframe(full, layer=layer, max_features=HEAD_ROWS, **options)
    count = int(info["features"])
    rows = count if count >= 0 else len(frame)
    return _of_shapes(name, frame, rows, whole=rows <= len(frame))


def _zip(full: Path, name: Path) -> Found:
    """Look at the vector files of a zip; one alone is named by the zip."""
    file = name.as_posix()
    try:
        with zipfile.ZipFile(full) as parts:
            members = [m for m in parts.namelist() if Path(m).suffix.lower() in _VECTORS | _PARQUET]
    except Exception as error:
        raise InputError([unreadable(full, file, "vector")]) from error
    if not members:
        why = Text("压缩包里没有矢量文件；表格请解压", "a zip without vector file; unpack tables")
        return [], [Skipped(file, why)]
    looks, skipped = [], []
    for member in sorted(members)[:_MOST_MEMBERS]:
        inside = "" if len(members) == 1 else member
        with unpacked(full, inside, file, "vector") as inner:
            read = _parquet if suffix_of(inner) in _PARQUET else _layers
            found = read(inner, name / inside)
        more, less = ([found], []) if isinstance(found, Look) else found
        looks += more
        skipped += less
    return looks, skipped


def _parquet(full: Path, name: Path) -> Look:
    if kind_of(full)[0] != "parquet":
        raise InputError([unreadable(full, name.as_posix(), "vector")])
    file = pq.ParquetFile(full)
    rows = file.metadata.num_rows
    geo = (file.schema_arrow.metadata or {}).get(b"geo")
    if geo is None:
        why = Text("没有几何（不是 GeoParquet）", "no geometry: it is no GeoParquet file")
        raise InputError([unreadable(full, name.as_posix(), "vector", why)])
    said = json.loads(geo)
    column = said["primary_column"]
    batch = next(file.iter_batches(batch_size=HEAD_ROWS), None)
    plain = batch.to_pandas() if batch is not None else pd.DataFrame({column: []})
    # Without a word on it, GeoParquet is in longitude and latitude.
    crs = said["columns"][column].get("crs", "OGC:CRS84")
    shapes = shapely.from_wkb(plain.pop(column).to_numpy(dtype=object), on_invalid="ignore")
    frame = gpd.GeoDataFrame(plain, geometry=shapes, crs=system(crs) if crs else None)
    return _of_shapes(name, frame, rows, whole=rows <= len(frame))


def _of_shapes(name: Path, frame: gpd.GeoDataFrame, rows: int, *, whole: bool) -> Look:
    shapes = frame.geometry
    plain = pd.DataFrame(frame.drop(columns=shapes.name)).astype(object)
    sample = plain.where(plain.notna(), None).map(cell_text)
    sample.columns = [str(c) for c in sample.columns]
    kinds = shapes.dropna().geom_type.str.removeprefix("Multi").value_counts(normalize=True)
    form: Form = "mixed"
    if len(kinds) and kinds.iloc[0] > _MOST_OF_ONE_KIND:
        form = _NAMED.get(str(kinds.index[0]), "mixed")  # type: ignore[assignment]
    return Look(
        path=name,
        form=form,
        columns=tuple(sample.columns),
        sample=sample,
        rows=rows,
        whole=whole,
        shapes=shapes,
        bounds=_bounds(shapes),
    )


def _bounds(shapes: gpd.GeoSeries) -> tuple[float, float, float, float] | None:
    if shapes.crs is None or shapes.dropna().empty:
        return None
    west, south, east, north = (float(v) for v in shapes.to_crs(LONLAT).total_bounds)
    around = (west, south, east, north)
    return around if looks_like_degrees(around) else None
