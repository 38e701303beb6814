"""A study handed on: its layers in the formats and the coordinate system somebody asks for."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from .clock import Clock, OnStep
from .core.crs import LONLAT
from .core.errors import Problem, Problems
from .core.nearest import meant
from .core.text import Language, Text
from .domain.facilities import STATUS_LABELS
from .gisoutput import dresses, gis_fields, gis_layers
from .identity import run_id, version_of
from .io.geofiles import write_dressed_gpkg
from .io.geotext import with_coordinates, write_geojson
from .io.outcrs import asked_crs, degrees_of
from .io.write import RECORD, hashes, whole_folder, write_csv, write_text
from .present.gisfields import Field, fields_of
from .present.speaking import spoken
from .present.tables import STATES
from .results import Inputs, Study

FORMATS = ("gpkg", "geojson", "csv")
"""What a study can be handed on as."""

_UNIT = 10
"""Longer words about a field stand in the list of fields, not in a heading."""

FIELDS, GEOPACKAGE = "fields.csv", "export.gpkg"


def check_formats(asked: str | None) -> tuple[str, ...]:
    """Return the formats somebody asks for, commas between them; all where nothing is said.

    Raises
    ------
    InputError
        When one is none of `FORMATS`.
    """
    if asked is None:
        return FORMATS
    words = list(dict.fromkeys(part.strip().lower() for part in asked.split(",")))
    problems = Problems([_no_format(word) for word in words if word not in FORMATS])
    problems.raise_if_any()
    return tuple(name for name in FORMATS if name in words)


def export_systems(inputs: Inputs, formats: Sequence[str], crs: str | None) -> dict[str, CRS]:
    """Return the coordinate system of each format.

    Without one asked for a GeoPackage has the study's own, in metres; GeoJSON has WGS 84, as its
    standard (RFC 7946) says; a CSV has the longitude and latitude the study's own rests on,
    CGCS2000 in China.

    Parameters
    ----------
    inputs, formats
        The study, and what is written.
    crs
        What is asked for, for all of them.

    Raises
    ------
    InputError
        When the system is none that places of this study can be given in.
    """
    own = inputs.region.crs
    if crs is None:
        usual = {"gpkg": own, "geojson": LONLAT, "csv": degrees_of(own)}
        return {name: usual[name] for name in formats}
    west, south, east, north = (float(v) for v in inputs.region.units.total_bounds)
    return dict.fromkeys(formats, asked_crs(crs, own, (west, south, east, north)))


def write_export(
    study: Study,
    folder: str | Path,
    *,
    formats: Sequence[str] = FORMATS,
    crs: str | int | None = None,
    language: Language | None = None,
    on_step: OnStep | None = None,
) -> list[Path]:
    """Write the layers of a study for other programs.

    ``export.gpkg`` holds units, sites, people, candidates and roads with styles and names of
    fields; ``units.geojson``, ``units.csv`` and so on hold one each. ``fields.csv`` says what
    every field is, ``run.json`` what it was made from. The folder is complete or unchanged.

    Parameters
    ----------
    study, folder
        What to write, and where.
    formats
        Of `FORMATS`.
    crs
        Coordinate system of all files, such as ``EPSG:4490`` or ``4490``; see `export_systems`.
    language
        Of headings, titles and labels; the study's own where it is None.
    on_step
        Called as each step begins.

    Raises
    ------
    InputError
        When the coordinate system cannot be used, or the folder holds other things or cannot be
        written.

    Examples
    --------
    >>> import tempfile
    >>> import coverplan as cp
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = cp.write_export(cp.assess(cp.small_county()), folder, formats=["geojson"])
    >>> [file.name for file in files if file.suffix == ".geojson"]
    ['candidates.geojson', 'people.geojson', 'roads.geojson', 'sites.geojson', 'units.geojson']
    """
    speak, clock, target = spoken(study, language), Clock(on_step), Path(folder)
    wanted = check_formats(formats if isinstance(formats, str) else ",".join(formats))
    systems = export_systems(study.inputs, wanted, None if crs is None else str(crs))
    layers = gis_layers(study)
    with whole_folder(target) as draft:
        for name, there in systems.items():
            with clock.step(Text(f"写 {name}", f"writing {name}")):
                moved = {key: frame.to_crs(there) for key, frame in layers.items()}
                _WRITERS[name](study, moved, draft, speak)
        write_csv(_field_table(study, layers, systems), draft / FIELDS)
        record = _record(study, systems, hashes(draft))
        text = json.dumps(record, ensure_ascii=False, indent=2, default=str)
        write_text(text + "\n", draft / RECORD)
    return [target / name for name in sorted([*record["outputs"], RECORD])]


def _gpkg(
    study: Study, layers: Mapping[str, gpd.GeoDataFrame], folder: Path, language: Language
) -> None:
    write_dressed_gpkg(layers, dresses(study, layers, language), folder / GEOPACKAGE)


def _geojson(
    study: Study,  # noqa: ARG001 - one signature for all formats
    layers: Mapping[str, gpd.GeoDataFrame],
    folder: Path,
    language: Language,  # noqa: ARG001
) -> None:
    for name, frame in layers.items():
        write_geojson(frame, folder / f"{name}.geojson", name)


def _csv(
    study: Study, layers: Mapping[str, gpd.GeoDataFrame], folder: Path, language: Language
) -> None:
    words = {
        "layer": {key: result.layer.label.of(language) for key, result in study.layers.items()},
        "state": {key: label.of(language) for key, label in STATES.items()},
        "status": {key: label.of(language) for key, label in STATUS_LABELS.items()},
    }
    for name, frame in layers.items():
        table = with_coordinates(frame)
        told = fields_of(study, name, table.columns)
        for column in words.keys() & set(table.columns):
            table[column] = [words[column].get(value, value) for value in table[column]]
        table.columns = [_heading(field, language) for field in told]
        write_csv(table, folder / f"{name}.csv")


_WRITERS = {"gpkg": _gpkg, "geojson": _geojson, "csv": _csv}


def _heading(field: Field, language: Language) -> str:
    alias, unit = field.alias.of(language), field.unit.of(language)
    if not unit or len(unit) > _UNIT:
        return alias
    return f"{alias}（{unit}）" if language == "zh" else f"{alias} ({unit})"


def _field_table(
    study: Study, layers: Mapping[str, gpd.GeoDataFrame], systems: Mapping[str, CRS]
) -> pd.DataFrame:
    """Return every field of every layer: its name, what it is called, its unit."""
    told = gis_fields(study, layers)
    if "csv" in systems:
        moved = {name: frame.head(1).to_crs(systems["csv"]) for name, frame in layers.items()}
        told = {
            name: fields_of(study, name, with_coordinates(frame).columns)
            for name, frame in moved.items()
        }
    return pd.DataFrame(
        [
            {
                "layer": name,
                "field": field.name,
                "alias_zh": field.alias.zh,
                "alias_en": field.alias.en,
                "unit_zh": field.unit.zh,
                "unit_en": field.unit.en,
                "type": _kind(layers[name], field.name),
            }
            for name, fields in told.items()
            for field in fields
        ]
    )


def _kind(frame: gpd.GeoDataFrame, column: str) -> str:
    if column not in frame:
        return "number"
    kind = frame[column].dtype
    if pd.api.types.is_bool_dtype(kind):
        return "yes/no"
    if pd.api.types.is_integer_dtype(kind):
        return "whole number"
    return "number" if pd.api.types.is_numeric_dtype(kind) else "text"


def _record(study: Study, systems: Mapping[str, CRS], written: dict[str, str]) -> dict[str, Any]:
    inputs = study.inputs
    return {
        "run_id": run_id(study),
        "title": inputs.title,
        "date": inputs.date.isoformat(),
        "notice": inputs.notice,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"coverplan": version_of("coverplan")},
        "crs": {name: _called(crs) for name, crs in systems.items()},
        "inputs": [{"file": f.label, "sha256": f.sha256} for f in inputs.files],
        "warnings": [
            {"code": p.code, "file": p.file, "row": p.row, "zh": p.what.zh, "en": p.what.en}
            for p in study.problems
        ],
        "outputs": written,
    }


def _called(crs: CRS) -> str:
    known = crs.to_authority()
    return f"{':'.join(known)} {crs.name}" if known is not None else str(crs.name)


def _no_format(word: str) -> Problem:
    shape = word in {"shp", "shapefile"}
    return Problem(
        code="export.format",
        what=Text(
            "不写 Shapefile：字段名限 10 个字节，中文名会被截断，空值会变成 0"
            if shape
            else "没有这种导出格式",
            "Shapefiles are not written: names of fields are cut at 10 bytes, unknown becomes 0"
            if shape
            else "there is no such format to export",
        ),
        column="--format",
        found=word,
        expected=Text("、".join(FORMATS), ", ".join(FORMATS)),
        mend=meant(
            word,
            FORMATS,
            Text("改用其中之一，多种用逗号隔开", "name one of these, commas between several"),
        ),
    )
