"""Reading a table of a PostGIS database as if it were a file.

The connection is libpq's: host, port, user and database by the address, the password by PGPASSWORD,
``~/.pgpass`` or a service file. Everything happens in one transaction that cannot write.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ..core.crs import system
from ..core.errors import InputError, MissingExtraError, Problem
from ..core.text import Text
from ..domain.database import DatabaseUrl
from .content import MOST_VECTOR_BYTES, MOST_VECTOR_ROWS, empty, no_table, too_many

try:
    import psycopg
    from psycopg import sql
except ImportError:  # the extra "postgis" is not installed
    psycopg = None  # type: ignore[assignment]

_WAIT_SECONDS = 10
_STATEMENT_MS = 600_000
_AT_ONCE = 2000
_PLAIN = frozenset(
    {"bool", "int2", "int4", "int8", "float4", "float8", "text", "varchar", "bpchar"}
)
_TEXTS = frozenset({"text", "varchar", "bpchar"})
_SHAPES = frozenset({"geometry", "geography"})
_NUMBER = "numeric"

_NUMBER_OF_ERROR = re.compile(r"\[Errno [^\]]*\]\s*")

_DIGESTS: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class _Layout:
    """Columns of a table with the names of their types, and those of its primary key."""

    schema: str
    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]

    @property
    def shapes(self) -> list[str]:
        return [name for name, kind in self.columns if kind in _SHAPES]


def read_database(url: DatabaseUrl) -> gpd.GeoDataFrame:
    """Return the rows of a table with their geometry, straight lines in place of curves.

    Rows come in the order of the table's primary key; those of a table without one in the order of
    their text.

    Parameters
    ----------
    url
        The table.

    Returns
    -------
    GeoDataFrame
        Its CRS is None where the database states none (SRID 0). Numbers without a fraction are
        integers; what is neither text, number nor truth value is text.

    Raises
    ------
    InputError
        When the database cannot be reached, has no such table, or the table has not one column of
        geometry in one system.
    MissingExtraError
        When the extra ``postgis`` is not installed.
    """
    if psycopg is None:
        purpose = Text("读取 PostGIS 数据库", "reading a PostGIS database")
        raise MissingExtraError("psycopg", "postgis", purpose)
    file = url.as_posix()
    if not url.table:
        raise InputError([_name_a_table(file)])
    try:
        with _connected(url) as connection:
            return _read(connection, url)
    except psycopg.Error as error:
        raise InputError([_refused(file, error)]) from error


def digest_of_rows(url: DatabaseUrl) -> str:
    """Return the SHA-256 of the rows last read from a table in this process, in hexadecimal.

    Of lines of UTF-8 ended by a line feed: first the names and types of the columns as JSON, then
    every row as JSON (shapes as hexadecimal EWKB), these sorted by their bytes. The order in which
    a server hands out rows does not matter.
    """
    return _DIGESTS.get(str(url), "")


def _connected(url: DatabaseUrl) -> Any:
    known: dict[str, Any] = {} if url.password is None else {"password": url.password}
    connection = psycopg.connect(
        url.address,
        connect_timeout=_WAIT_SECONDS,
        application_name="coverplan",
        client_encoding="utf8",
        **known,
    )
    connection.read_only = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    return connection


def _read(connection: Any, url: DatabaseUrl) -> gpd.GeoDataFrame:
    file = url.as_posix()
    connection.execute(f"SET LOCAL statement_timeout = {_STATEMENT_MS}")
    layout = _layout(connection, url)
    if len(layout.shapes) != 1:
        raise InputError([_one_shape(file, layout.shapes)])
    rows = _rows(connection, layout, file)
    if not rows:
        raise InputError([empty(file)])
    lines = [_line(row) for row in rows]
    if not layout.key:
        order = sorted(range(len(rows)), key=lines.__getitem__)
        rows = [rows[i] for i in order]
    digest = hashlib.sha256(_line(layout.columns))
    for line in sorted(lines):
        digest.update(line)
    _DIGESTS[str(url)] = digest.hexdigest()
    return _frame(connection, rows, layout, file)


def _layout(connection: Any, url: DatabaseUrl) -> _Layout:
    schema, dot, name = url.table.rpartition(".")
    found = connection.execute(
        "SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n "
        "ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND c.relname = %s "
        "AND CASE WHEN %s THEN n.nspname = %s ELSE pg_table_is_visible(c.oid) END",
        (name, bool(dot), schema),
    ).fetchone()
    if found is None:
        raise InputError([no_table(url.as_posix(), url.table, _tables(connection))])
    oid, schema, name = found
    columns = connection.execute(
        "SELECT a.attname, t.typname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid "
        "WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
        (oid,),
    ).fetchall()
    key = connection.execute(
        "SELECT a.attname FROM pg_index i JOIN LATERAL unnest(i.indkey) WITH ORDINALITY k(n, o) "
        "ON true JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n "
        "WHERE i.indrelid = %s AND i.indisprimary ORDER BY k.o",
        (oid,),
    ).fetchall()
    plain = tuple((str(name), str(kind)) for name, kind in columns)
    return _Layout(str(schema), str(name), plain, tuple(str(row[0]) for row in key))


def _tables(connection: Any) -> list[str]:
    found = connection.execute(
        "SELECT DISTINCT n.nspname || '.' || c.relname FROM pg_attribute a "
        "JOIN pg_type t ON t.oid = a.atttypid JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE t.typname = ANY(%s) "
        "AND c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT a.attisdropped ORDER BY 1",
        (sorted(_SHAPES),),
    ).fetchall()
    return [str(row[0]) for row in found]


def _rows(connection: Any, layout: _Layout, file: str) -> list[tuple[Any, ...]]:
    table = sql.Identifier(layout.schema, layout.name)
    taken = [_taken(name, kind) for name, kind in layout.columns]
    query = sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(taken), table)
    if layout.key:
        # A text key is sorted by its bytes, whatever the server's language.
        texts = {name for name, kind in layout.columns if kind in _TEXTS}
        key = [
            sql.SQL('{} COLLATE "C"' if name in texts else "{}").format(sql.Identifier(name))
            for name in layout.key
        ]
        query += sql.SQL(" ORDER BY ") + sql.SQL(", ").join(key)
    rows, size = list[tuple[Any, ...]](), 0
    with connection.cursor(name="coverplan", binary=True) as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(query)
        for row in _fetched(cursor):
            size += sum(len(cell) for cell in row if isinstance(cell, str | bytes))
            rows.append(row)
            if len(rows) > MOST_VECTOR_ROWS or size > MOST_VECTOR_BYTES:
                raise InputError([too_many(file, len(rows), size)])
    return rows


def _fetched(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(_AT_ONCE):
        for row in rows:
            yield tuple(_plain(cell) for cell in row)


def _taken(name: str, kind: str) -> Any:
    column = sql.Identifier(name)
    if kind in _SHAPES:
        return sql.SQL("ST_AsEWKB(ST_CurveToLine({}::geometry))").format(column)
    if kind in _PLAIN or kind == _NUMBER:
        return column
    return sql.SQL("{}::text").format(column)


def _plain(cell: Any) -> Any:
    if isinstance(cell, Decimal):
        return int(cell) if cell.is_finite() and cell == int(cell) else float(cell)
    return bytes(cell) if isinstance(cell, memoryview | bytearray) else cell


def _line(row: tuple[Any, ...]) -> bytes:
    return json.dumps(row, ensure_ascii=False, default=_hex).encode("utf-8") + b"\n"


def _hex(cell: Any) -> str:
    return bytes(cell).hex()


def _frame(
    connection: Any, rows: list[tuple[Any, ...]], layout: _Layout, file: str
) -> gpd.GeoDataFrame:
    at = next(i for i, (_, kind) in enumerate(layout.columns) if kind in _SHAPES)
    shapes = shapely.from_wkb([row[at] for row in rows], on_invalid="ignore")
    srids = np.unique(shapely.get_srid(shapes[~shapely.is_missing(shapes)]))
    if len(srids) > 1:
        raise InputError([_systems(file, [int(srid) for srid in srids])])
    plain = {
        name: [row[i] for row in rows]
        for i, (name, _) in enumerate(layout.columns)
        if i != at
    }  # fmt: skip
    frame = gpd.GeoDataFrame(pd.DataFrame(plain), geometry=shapely.set_srid(shapes, 0))
    crs = _system(connection, int(srids[0])) if len(srids) else None
    return frame if crs is None else frame.set_crs(crs)


def _system(connection: Any, srid: int) -> CRS | None:
    found = connection.execute(
        "SELECT auth_name, auth_srid, srtext FROM spatial_ref_sys WHERE srid = %s", (srid,)
    ).fetchone()
    if found is None:
        return None
    authority, number, wkt = found
    known = system(f"{authority}:{number}") if authority else None
    return known if known is not None else system(str(wkt))


def _name_a_table(file: str) -> Problem:
    return Problem(
        code="database.no_table",
        what=Text("没有写明数据库里的哪张表", "which table of the database is not said"),
        file=file,
        mend=Text(
            '在研究文件中写明，例如 table = "public.towns"',
            'say in the study file, for example table = "public.towns"',
        ),
    )


def _one_shape(file: str, there: list[str]) -> Problem:
    return Problem(
        code="database.geometry",
        what=Text("表里应有一个几何列", "the table should have one column of geometry"),
        file=file,
        found=", ".join(there) if there else Text("没有几何列", "none"),
        expected=Text("一个 geometry 或 geography 列", "one of type geometry or geography"),
        mend=Text(
            "建一个只留一个几何列的视图，在 table 中写它的名称",
            "make a view that keeps one column of geometry, and name it in table",
        ),
    )


def no_plain_table(file: str) -> Problem:
    """Return the fault of a database where a table without shapes is wanted."""
    return Problem(
        code="database.plain_table",
        what=Text(
            "数据库只用于有几何的表：没有坐标的表要给出文件",
            "a database is for tables with shapes: a table without any is given as a file",
        ),
        file=file,
        expected=Text("CSV 或 Excel 文件", "a CSV file or a workbook"),
        mend=Text("把表导出为 .csv", "export the table as .csv"),
    )


def _systems(file: str, srids: list[int]) -> Problem:
    return Problem(
        code="database.systems",
        what=Text(
            "表里的几何不在同一坐标系",
            "the shapes of the table are in different coordinate systems",
        ),
        file=file,
        found=", ".join(f"SRID {srid}" for srid in srids),
        mend=Text(
            "用 ST_Transform 统一坐标系（可建视图）",
            "bring them into one with ST_Transform, in a view for example",
        ),
    )


def _refused(file: str, error: Exception) -> Problem:
    # What libpq says begins with where it asked, which the name of the source says already.
    said = _NUMBER_OF_ERROR.sub("", " ".join(str(error).split())).rpartition("failed: ")[2]
    said = said.partition(" Is the server")[0]
    return Problem(
        code="database.unreachable",
        what=Text("无法从数据库读取", "the database could not be read"),
        file=file,
        found=said,
        expected=Text("能够连接、有读取权限的数据库", "a database that answers and may be read"),
        mend=Text(
            "核对地址、端口、用户名和权限；密码放在环境变量 PGPASSWORD 或 ~/.pgpass 中",
            "check host, port, user and rights; the password belongs in PGPASSWORD or ~/.pgpass",
        ),
    )


def password_note(url: DatabaseUrl) -> Problem:
    """Return what to say of a password that stands in the study file."""
    return Problem(
        code="database.password",
        what=Text(
            "研究文件里写着数据库密码：谁拿到文件谁就有密码",
            "the study file holds the password of a database: whoever has the file has it",
        ),
        file=url.as_posix(),
        mend=Text(
            "删去密码，改放在环境变量 PGPASSWORD 或 ~/.pgpass 中；程序的任何记录都不含密码",
            "take it out and put it in PGPASSWORD or ~/.pgpass; no record of a run has it",
        ),
        severity="warning",
    )
