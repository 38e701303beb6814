"""Which vector files GDAL may open: by what they hold, never by what they are called.

GDAL opens whatever its drivers know, and some of them open other files or the network in turn: a
virtual file (OGR VRT), a stored pipeline (GDALG), the address of a service, a seamless MapInfo
table, a view or a virtual table of SQLite. A planner's file that does so is not data. So a file is
looked at first, and only what one of `DRIVERS` reads is handed on; what GDAL then says it opened
is checked once more.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from ..core.errors import InputError, Problem
from ..core.text import Text
from .content import kind_of, unreadable

DRIVERS = frozenset(
    {
        "ESRI Shapefile", "ESRIJSON", "FlatGeobuf", "GML", "GPKG", "GeoJSON", "GeoJSONSeq",
        "JSONFG", "KML", "LIBKML", "MapInfo File", "OpenFileGDB", "TopoJSON",
    }
)  # fmt: skip
"""The drivers of GDAL that read what they are given and nothing else."""

OPTIONS: dict[str, dict[str, str]] = {"gml": {"DOWNLOAD_SCHEMA": "NO"}}
"""What GDAL is told for a format: it would fetch the schema of GML."""

_HEAD_BYTES = 1 << 16
_LINKS = re.compile(
    rb"<\s*(?:OGR\w*DataSource|VRTDataset|GDAL_W\w+)|gdal_streamed_alg", re.IGNORECASE
)
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ROOT = re.compile(rb"<\s*(?:[\w.-]+:)?([\w.-]+)")
_SEVERAL = re.compile(rb'"(?:Topology|conformsTo|featureType)"')
_GML_SPACE = re.compile(rb"opengis\.net/(?:gml|wfs)|opengis\.net/citygml", re.IGNORECASE)
_CALL = re.compile(r"([A-Za-z_]\w*)\s*\(")
_HARMLESS_CALLS = frozenset(
    {
        "abs", "all", "and", "as", "avg", "by", "case", "cast", "coalesce", "count",
        "distinct", "else", "exists", "from", "group", "having", "ifnull", "iif", "in",
        "is", "join", "length", "like", "lower", "ltrim", "max", "min", "not", "nullif",
        "on", "or", "over", "partition", "round", "rtrim", "select", "substr", "substring",
        "sum", "then", "total", "trim", "union", "upper", "values", "when", "where",
    }
)  # fmt: skip
_HARMLESS_MODULES = frozenset({"rtree", "rtree_i32", "fts3", "fts4", "fts5", "geopoly"})
_MODULE = re.compile(r"\busing\s+[\"'`\[]?(\w+)", re.IGNORECASE)
_SQL_NAMES = re.compile(
    r"'(?:[^']|'')*'|\"[^\"]*\"|\[[^\]]*\]|`[^`]*`|--[^\n]*|/\*.*?\*/", re.DOTALL
)
_GEODATABASE = "a00000001.gdbtable"


def is_geodatabase(full: Path) -> bool:
    """Return whether a path is the folder of an Esri file geodatabase."""
    return full.suffix.lower() == ".gdb" and full.is_dir() and (full / _GEODATABASE).is_file()


def checked_format(full: Path, file: str, formats: str) -> str:
    """Return the format of a vector file in a short word, such as ``"gpkg"`` or ``"gml"``.

    Parameters
    ----------
    full, file, formats
        Where it is, its name for messages, and the key of `coverplan.io.content.FORMATS`.

    Raises
    ------
    InputError
        When it is no vector file, or one that leads to other files or to the network.
    """
    if is_geodatabase(full):
        return "gdb"
    kind = kind_of(full)[0]
    head = check_links(full, file)
    if kind == "sqlite":
        _check_sqlite(full, file, formats)
        return "gpkg"
    if kind == "xml":
        return _xml(head, full, file, formats)
    if kind == "json" and _SEVERAL.search(head):
        return "topojson"
    if kind in {"shp", "fgb", "json", "parquet"}:
        return kind
    if kind in {"text", "binary"} and _is_mapinfo(full, head, file):
        return "mapinfo"
    raise InputError([unreadable(full, file, formats)])


def check_links(full: Path, file: str) -> bytes:
    """Return how a file begins, up to 64 KiB; refuse one that describes what lies elsewhere.

    Raises
    ------
    InputError
        When it is a virtual file, a stored pipeline, or the address of a service.
    """
    try:
        with full.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return b""
    link = _LINKS.search(head)
    if link is not None:
        raise InputError([leads_away(file, link.group().decode("ascii", "replace").strip("< "))])
    return head


def _xml(head: bytes, full: Path, file: str, formats: str) -> str:
    """Return which XML it is, by its first element; what defines entities is no data."""
    if _DOCTYPE.search(head):
        raise InputError([leads_away(file, "<!DOCTYPE")])
    plain = re.sub(rb"<\?.*?\?>|<!--.*?-->", b"", head, flags=re.DOTALL)
    root = _ROOT.search(plain)
    name = root.group(1).lower() if root else b""
    if name == b"kml":
        return "kml"
    if name in {b"featurecollection", b"citymodel"} or _GML_SPACE.search(head):
        return "gml"
    raise InputError([unreadable(full, file, formats)])


def _is_mapinfo(full: Path, head: bytes, file: str) -> bool:
    suffix = full.suffix.lower()
    lower = head.lower()
    if suffix == ".mif":
        return lower.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"version")
    if suffix != ".tab" or not lower.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"!table"):
        return False
    if b"isseamless" in lower or b'type "raster"' in lower or b"linked" in lower:
        raise InputError([leads_away(file, "MapInfo seamless / linked table")])
    return True


def _check_sqlite(full: Path, file: str, formats: str) -> None:
    """Refuse a database that is no GeoPackage, or that computes instead of holding data."""
    address = f"file:{quote(str(full.resolve()))}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as there:
            made = there.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    except (sqlite3.Error, OSError, ValueError) as error:
        raise InputError([unreadable(full, file, formats, DAMAGED)]) from error
    if "gpkg_contents" not in {str(name).lower() for _, name, _ in made}:
        why = Text("SQLite 数据库，但不是 GeoPackage", "an SQLite database, but no GeoPackage")
        raise InputError([unreadable(full, file, formats, why)])
    for kind, name, text in made:
        found = _strange(str(kind), str(text or ""))
        if found is not None:
            raise InputError([leads_away(file, f"{name}: {found}")])


def _strange(kind: str, text: str) -> str | None:
    """Return what a table or view calls upon beside its own data, None where it is nothing."""
    if kind == "table" and re.match(r"\s*create\s+virtual", text, re.IGNORECASE):
        module = _MODULE.search(text)
        word = module.group(1) if module else "?"
        return None if word.lower() in _HARMLESS_MODULES else word
    if kind != "view":
        return None
    body = re.split(r"\bas\b", _SQL_NAMES.sub("x", text), maxsplit=1, flags=re.IGNORECASE)[-1]
    calls = (word.lower() for word in _CALL.findall(body))
    return next((f"{word}()" for word in calls if word not in _HARMLESS_CALLS), None)


DAMAGED = Text("文件已损坏或不完整", "damaged or cut short")


def leads_away(file: str, found: str) -> Problem:
    """Return the fault of a file that is no data but leads to other files or to the network."""
    return Problem(
        code="file.leads_away",
        what=Text(
            "文件本身不是数据，而是指向其他文件、网络或计算，为安全起见不予读取",
            "the file holds no data but leads to other files, the network or a computation; for "
            "safety it is not read",
        ),
        file=file,
        found=found,
        expected=Text("存有数据本身的文件", "a file that holds the data themselves"),
        mend=Text(
            "在 GIS 中打开它，把图层另存为 GeoPackage（.gpkg）",
            "open it in a GIS and save the layer as GeoPackage (.gpkg)",
        ),
    )
