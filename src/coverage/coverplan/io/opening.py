"""One vector file through GDAL or Arrow: which layer, in which encoding, within which limits."""

import os
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pyogrio
import shapely

from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from .content import (
    MOST_VECTOR_BYTES,
    MOST_VECTOR_ROWS,
    empty,
    no_table,
    too_many,
    unreadable,
)
from .encodings import is_recoded, writing_of
from .formats import DAMAGED, DRIVERS, OPTIONS, checked_format, leads_away
from .paths import companions
from .plainfiles import check_companions
from .shapefileparts import check_whole

_PARQUET = frozenset({".parquet", ".geoparquet"})
_NO_NETWORK = {
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_TIMEOUT": "1",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "GML_DOWNLOAD_SCHEMA": "NO",
}
_ASKED_DIRECTLY = ("no_proxy", "NO_PROXY")
_CURVES = frozenset({8, 9, 10, 11, 12})
_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def read_file(
    full: Path,
    file: str,
    formats: str,
    table: str | None,
    encoding: str | None,
    notes: Problems,
) -> gpd.GeoDataFrame:
    """Return the features of one vector file as it states them.

    Parameters
    ----------
    full, file, formats
        Where it is, its name for messages, and a key of `coverplan.io.content.FORMATS`.
    table, encoding
        Its layer, and the encoding of its text; None where the study does not say.
    notes
        Where warnings go.

    Raises
    ------
    InputError
        When it is too large, no vector file, leads elsewhere, or holds shapes that are broken;
        whatever else its reader says comes out as it is.
    """
    check_companions(full, file)
    check_whole(full, file)
    size = sum(path.stat().st_size for path in companions(full)) if full.is_file() else 0
    if size > MOST_VECTOR_BYTES:
        raise InputError([too_many(file, 0, size)])
    kind = checked_format(full, file, formats)
    if kind == "parquet" or full.suffix.lower() in _PARQUET:
        return _parquet(full, file, formats)
    with offline(), apart(full, kind) as place:
        return _through_gdal(place, file, formats, kind, table, encoding, notes)


@contextmanager
def apart(full: Path, kind: str) -> Iterator[Path]:
    """Copy a GML file and what belongs to it: GDAL writes what it learnt of one beside it.

    Parameters
    ----------
    full, kind
        The file, and its format (see `coverplan.io.formats.checked_format`).
    """
    if kind != "gml":
        yield full
        return
    with tempfile.TemporaryDirectory(prefix="coverplan-") as place:
        for path in companions(full):
            shutil.copyfile(path, Path(place) / path.name)
        yield Path(place) / full.name


@contextmanager
def offline() -> Iterator[None]:
    """Keep GDAL off the network for as long as it reads a planner's file.

    A GeoJSON file may name its system by an address, which GDAL then asks: all it asks goes to a
    door of this machine that nobody opens. Where the environment names hosts that are asked
    directly, it is not to be heard.
    """
    before = {name: pyogrio.get_gdal_config_option(name) for name in _NO_NETWORK}
    direct = {name: os.environ.get(name) for name in _ASKED_DIRECTLY}
    pyogrio.set_gdal_config_options(_NO_NETWORK)
    os.environ.update(dict.fromkeys(_ASKED_DIRECTLY, ""))
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
        for name, value in direct.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _through_gdal(
    full: Path,
    file: str,
    formats: str,
    kind: str,
    table: str | None,
    encoding: str | None,
    notes: Problems,
) -> gpd.GeoDataFrame:
    # GDAL reads all of a GeoJSON file whenever it opens it: it is asked for nothing but the rows.
    plain = kind == "json"
    layer = None if plain and table is None else _layer(full, file, table)
    options: dict[str, Any] = dict(OPTIONS.get(kind, {}))
    words = kind == "shp" or (kind == "mapinfo" and not is_recoded(full))
    if words and encoding is not None:
        options["encoding"] = encoding
    elif words:
        writing = writing_of(full, file)
        if writing is not None:
            options["encoding"] = writing.encoding
            notes.extend([writing.note] if writing.note else [])
    if not plain:
        info = pyogrio.read_info(full, layer=layer, **options)
        if info["driver"] not in DRIVERS:
            raise InputError([leads_away(file, str(info["driver"]))])
        _check_rows(int(info["features"]), full, file)
    try:
        frame = pyogrio.read_dataframe(full, layer=layer, **options)
    except shapely.errors.GEOSException as error:
        broken = _broken(full, layer, options)
        if not broken:
            raise
        raise InputError([_broken_shape(file, i + 2) for i in broken]) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        why = Text("只有属性，没有几何", "attributes without geometry")
        raise InputError([unreadable(full, file, formats, why)])
    if kind == "gpkg":
        curves = _curves(full, layer)
        notes.extend([_straightened(file, curves)] if curves else [])
    return frame


def _layer(full: Path, file: str, table: str | None) -> str | None:
    there = pyogrio.list_layers(full)
    names = [str(name) for name, kind in there if kind is not None]
    if table is not None and table not in names:
        raise InputError([no_table(file, table, names)])
    if table is None and len(names) > 1:
        raise InputError([_which(file, names)])
    return table or (names[0] if names else None)


def _check_rows(rows: int, full: Path, file: str) -> None:
    """Refuse a number of records that the file cannot hold, before memory is set aside for it."""
    size = sum(path.stat().st_size for path in companions(full))
    if rows > MOST_VECTOR_ROWS:
        raise InputError([too_many(file, rows, size)])
    if full.is_file() and rows > size:
        raise InputError([unreadable(full, file, "vector", DAMAGED)])


def _parquet(full: Path, file: str, formats: str) -> gpd.GeoDataFrame:
    meta = pq.read_metadata(full)
    size = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
    if meta.num_rows > MOST_VECTOR_ROWS or size > MOST_VECTOR_BYTES:
        raise InputError([too_many(file, meta.num_rows, size)])
    if not meta.num_rows:
        raise InputError([empty(file)])
    try:
        return gpd.read_parquet(full)
    except ValueError as error:
        if "geo metadata" not in str(error):
            raise
        why = Text("没有几何（不是 GeoParquet）", "no geometry: it is no GeoParquet file")
        raise InputError([unreadable(full, file, formats, why)]) from error


def _broken(full: Path, layer: str | None, options: dict[str, Any]) -> list[int]:
    """Return which records hold bytes that are no shape, counted from 0."""
    _, _, raw, _ = pyogrio.raw.read(full, layer=layer, columns=[], **options)
    shapes = shapely.from_wkb(raw, on_invalid="ignore")
    there = np.array([each is not None for each in raw])
    return [int(i) for i in np.flatnonzero(there & shapely.is_missing(shapes))]


def _curves(full: Path, layer: str | None) -> list[int]:
    """Return which records of a layer of a GeoPackage are curved, counted from 0."""
    with closing(sqlite3.connect(f"file:{quote(str(full.resolve()))}?mode=ro", uri=True)) as there:
        try:
            column = there.execute(
                "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (layer,)
            ).fetchone()
            if column is None:
                return []
            name, table = (str(n).replace('"', '""') for n in (column[0], layer))
            heads = there.execute(f'SELECT substr("{name}", 1, 77) FROM "{table}"').fetchall()  # noqa: S608
        except sqlite3.Error:
            return []
    return [i for i, (head,) in enumerate(heads) if isinstance(head, bytes) and _is_curve(head)]


def _is_curve(head: bytes) -> bool:
    start = 8 + _ENVELOPE_BYTES.get(head[3] >> 1 & 7, 0) if len(head) > 8 else len(head)  # noqa: PLR2004
    if len(head) < start + 5:
        return False
    kind = struct.unpack_from("<I" if head[start] == 1 else ">I", head, start + 1)[0]
    return kind % 1000 in _CURVES


def _which(file: str, there: list[str]) -> Problem:
    return Problem(
        code="file.which_table",
        what=Text("文件里有几个图层，不知用哪一个", "the file has several layers: which one?"),
        file=file,
        found=", ".join(there),
        mend=Text(
            f'在研究文件中写明，例如 table = "{there[0]}"',
            f'say in the study file, for example table = "{there[0]}"',
        ),
    )


def _broken_shape(file: str, row: int) -> Problem:
    return Problem(
        code="geometry.broken",
        what=Text("图形的数据残缺，不成图形", "the data of a shape are incomplete: it is none"),
        file=file,
        row=row,
        expected=Text("闭合的面、至少两点的线", "closed polygons, lines of two points or more"),
        mend=Text("在 GIS 中重画或删去该记录", "draw it anew in a GIS, or remove the record"),
    )


def _straightened(file: str, rows: list[int]) -> Problem:
    return Problem(
        code="geometry.curves",
        what=Text(
            f"有 {len(rows)} 条记录含曲线（圆弧），按折线读取",
            f"{len(rows)} records have curves (arcs); they were read as short straight lines",
        ),
        file=file,
        row=rows[0] + 2,
        expected=Text("折线和多边形", "straight lines and polygons"),
        mend=Text(
            "无需改动；若要自定精度，在 GIS 中转为折线后另存",
            "nothing needs to be done; to choose the precision, make them straight in a GIS",
        ),
        severity="warning",
    )
