"""What a GeoPackage holds beside its rows: titles, names of fields, and styles for QGIS."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from .write import write_gpkg

_DATE = "2000-01-01T00:00:00"
_SCHEMA_DEFINITION = "http://www.geopackage.org/spec121/#extension_schema"
_SCHEMA_TABLES = {
    "gpkg_data_columns": """CREATE TABLE gpkg_data_columns (
        table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
        description TEXT, mime_type TEXT, constraint_name TEXT,
        CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
        CONSTRAINT gdc_tn UNIQUE (table_name, name))""",
    "gpkg_data_column_constraints": """CREATE TABLE gpkg_data_column_constraints (
        constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
        min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
        CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))""",
}
"""As the standard (OGC 12-128r18, annex F.9) words them."""


@dataclass(frozen=True, slots=True)
class Style:
    """A style of a table: its name, a line about it, and its text."""

    name: str
    description: str
    qml: str


@dataclass(frozen=True, slots=True)
class Dress:
    """What a table shows itself as.

    Parameters
    ----------
    title, description
        Of the table; titles of one file all differ.
    fields
        Title and unit of each field, by its name; titles of one table all differ.
    styles
        The first is the one a table opens with.
    """

    title: str
    description: str
    fields: Mapping[str, tuple[str, str]]
    styles: Sequence[Style] = ()


def write_dressed_gpkg(
    layers: Mapping[str, gpd.GeoDataFrame], dresses: Mapping[str, Dress], path: Path
) -> None:
    """Write layers with titles, names of fields and styles; the same bytes for the same ones.

    Parameters
    ----------
    layers
        By the names of their tables.
    dresses
        What the tables show themselves as, by name.
    path
        The file, which is not there yet.
    """
    write_gpkg(layers, path)
    dressed = {name: dresses[name] for name in layers if name in dresses}
    _write_styles(dressed, path)
    with closing(sqlite3.connect(path)) as database, database:
        _write_titles(database, dressed)


def _write_styles(dresses: Mapping[str, Dress], path: Path) -> None:
    """Write the table QGIS looks for, with the columns it gives it."""
    rows = [
        (table, style, number == 0)
        for table, dress in dresses.items()
        for number, style in enumerate(dress.styles)
    ]
    if not rows:
        return
    frame = pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": [table for table, _, _ in rows],
            "f_geometry_column": "geom",
            "styleName": [style.name for _, style, _ in rows],
            "styleQML": [style.qml for _, style, _ in rows],
            "styleSLD": "",
            "useAsDefault": [default for _, _, default in rows],
            "description": [style.description for _, style, _ in rows],
            "owner": "",
            "ui": "",
            # QGIS lists the latest first, and lists styles of one time again and again.
            # Old readers ask for milliseconds, which only times that have some are written with.
            "update_time": pd.Timestamp(f"{_DATE}.001", tz="UTC")
            + pd.to_timedelta(range(len(rows), 0, -1), unit="s"),
        }
    )
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{_DATE}Z"})
    try:
        pyogrio.write_dataframe(
            frame, path, layer="layer_styles", driver="GPKG", append=True, FID="id"
        )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _write_titles(database: sqlite3.Connection, dresses: Mapping[str, Dress]) -> None:
    for table, dress in dresses.items():
        database.execute(
            "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?",
            (dress.title, dress.description, table),
        )
    for name, statement in _SCHEMA_TABLES.items():
        database.execute(statement)
        database.execute(
            "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
            (name, _SCHEMA_DEFINITION),
        )
    database.executemany(
        "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, NULL)",
        [
            (table, field, title, title, unit)
            for table, dress in dresses.items()
            for field, (title, unit) in dress.fields.items()
        ],
    )
