"""Reading the units of a study: township polygons from any vector file."""

import datetime

import geopandas as gpd
from pyproj import CRS

from ..core.crs import LONLAT, is_metric, scale_error, system, to_working, working_crs
from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.config import RegionConfig
from ..domain.region import Region, not_metric
from ..domain.unit_words import is_scientific
from .cells import cell_text
from .columns import find_column, need_columns
from .paths import FolderLike, Records, folder_at
from .polygons import fit_notes, sound_polygons
from .regionnaming import UnitRows, beside_of, naming_of, only_codes, units_in_force
from .unitcolumn import lost_digits
from .vectors import read_vector, recorded

_SCALE_ERROR = 0.01


def read_region(
    folder: FolderLike,
    config: RegionConfig,
    crs: str | None = None,
    *,
    date: datetime.date | None = None,
    problems: Problems | None = None,
) -> Region:
    """Return the region of a boundary file, in metres.

    Parameters
    ----------
    folder, config
        The study's folder or its path, and what it says of the units.
    crs
        Projected system to work in; by the place of the county where it is None.
    date
        The day of the study: of a file that says when its units are in force, only those of that
        day are read, and of the crosswalk only what had happened by then.
    problems
        Where warnings go.

    Raises
    ------
    InputError
        With every fault of the file: missing columns, duplicate codes, missing or invalid
        polygons, codes of ``only`` that do not exist, no unit in force on the day.

    Examples
    --------
    >>> import coverplan as cp
    >>> from coverplan.io import read_region
    >>> config = cp.read_study("data/geo/yunxi/study.toml")
    >>> region = read_region("data/geo/yunxi", config.region)
    >>> len(region), region.crs.to_epsg()
    (12, 4549)
    """
    folder = folder_at(folder)
    full = folder.find(config.units, "region.units")
    file = config.units.as_posix()
    noted = Problems()
    frame, crs_from = read_vector(
        full, file, table=config.table, crs=config.crs, encoding=config.encoding, problems=noted
    )
    given = recorded(config.crs, frame.crs)
    folder.note(config.units, full, len(frame), crs=given, crs_from=crs_from)
    keys = dict.fromkeys(["code", "name", *config.columns])
    columns = need_columns(file, frame.columns, keys, config.columns, noted)
    noted.raise_if_any()
    kind = find_column(frame.columns, "kind", config.columns)
    beside = beside_of(frame, config.columns)
    folder.took(file, "region", frame, {**columns, "kind": kind, **beside}, config.columns)
    frame["_row"] = range(2, len(frame) + 2)
    code = frame[columns["code"]].map(_code_text)
    folder.records.append(Records(file, "region", frame["_row"].to_numpy(), units=tuple(code)))
    frame[columns["code"]] = code
    rows = UnitRows(file, frame, columns["code"], columns["name"], beside)
    rows, elsewhen = units_in_force(rows, date, noted)
    frame, code = rows.frame, rows.frame[columns["code"]]
    _check_codes(frame, code, file, columns["code"], noted)
    _check_names(frame, file, columns["name"], noted)
    naming = naming_of(folder, config, rows, elsewhen, date, noted)
    if config.only:
        only = only_codes(config.only, list(code))
        _check_only(only, list(code), file, columns["code"], noted)
        frame = frame[code.isin(only)].reset_index(drop=True)
    frame = sound_polygons(frame, file, noted, repair=config.repair)
    noted.raise_if_any()
    if problems is not None:
        problems.extend(noted)
    moved = to_working(frame, _metric_crs(frame, crs))
    moved = moved.set_geometry(_still_valid(moved))
    if problems is not None:
        names = [cell_text(name) for name in moved[columns["name"]]]
        problems.extend(fit_notes(moved, names, file, gaps=not config.only))
    return Region.from_frame(
        moved, code=columns["code"], name=columns["name"], kind=kind, naming=naming
    )


def _code_text(value: object) -> str:
    return "" if gpd.pd.isna(value) else cell_text(value).removesuffix(".0")


def _metric_crs(frame: gpd.GeoDataFrame, crs: str | None) -> CRS:
    west, south, east, north = frame.geometry.to_crs(LONLAT).total_bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    if crs is None:
        return working_crs(lon, lat)
    given = system(crs)
    if given is None or not is_metric(given):
        raise InputError([not_metric("crs", crs)])
    error = scale_error(given, lon, lat)
    if error > _SCALE_ERROR:
        raise InputError([_distorts(crs, error, working_crs(lon, lat))])
    return given


def _distorts(crs: str, error: float, better: CRS) -> Problem:
    name = better.to_string()
    percent = f"{error * 100:.1f} %" if error < 1 else "> 100 %"
    return Problem(
        code="crs.far_away",
        what=Text(
            f"研究文件的 crs 在本区量出的长度误差太大（{percent}）",
            f"crs in the study file measures lengths here with too large an error ({percent})",
        ),
        column="crs",
        found=crs,
        expected=Text(f"适合本区的投影，如 {name}", f"a projection for this place, such as {name}"),
        mend=Text("改正，或删去这一行由程序选择", "correct it, or leave it out"),
    )


def _still_valid(frame: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Mend the rare polygon that was valid in degrees and is not quite so in metres."""
    geometry = frame.geometry
    return geometry.where(geometry.is_valid, geometry.make_valid())


def _check_codes(
    frame: gpd.GeoDataFrame, code: "gpd.pd.Series", file: str, column: str, problems: Problems
) -> None:
    for row in frame.loc[code == "", "_row"]:
        problems.add(
            Problem(
                code="region.no_code",
                what=Text("单元没有代码", "a unit has no code"),
                file=file,
                row=int(row),
                column=column,
                mend=Text("补上唯一的代码", "give it a code of its own"),
            )
        )
    for row, value in zip(frame["_row"], code, strict=True):
        if is_scientific(value):
            problems.add(lost_digits(file, int(row), column, value))
    for value in sorted(set(code[code.duplicated()]) - {""}):
        for row in frame.loc[code == value, "_row"]:
            problems.add(
                Problem(
                    code="region.duplicate_code",
                    what=Text("单元代码重复", "a unit code comes more than once"),
                    file=file,
                    row=int(row),
                    column=column,
                    found=value,
                    mend=Text(
                        "保证代码唯一；同一单元的几块合并为一个多部件面",
                        "make codes unique; parts of one unit belong into one multipolygon",
                    ),
                )
            )


def _check_names(frame: gpd.GeoDataFrame, file: str, column: str, problems: Problems) -> None:
    for row in frame.loc[frame[column].map(_code_text) == "", "_row"]:
        problems.add(
            Problem(
                code="region.no_name",
                what=Text("单元没有名称", "a unit has no name"),
                file=file,
                row=int(row),
                column=column,
                found="",
                mend=Text("补上名称", "give it a name"),
            )
        )


def _check_only(
    only: list[str], codes: list[str], file: str, column: str, problems: Problems
) -> None:
    for code in only:
        if code not in codes:
            problems.add(
                Problem(
                    code="region.only_unknown",
                    what=Text("region.only 中的代码不在文件里", "a code of region.only is unknown"),
                    file=file,
                    column=column,
                    found=code,
                    mend=Text("改正 region.only", "correct region.only"),
                )
            )
