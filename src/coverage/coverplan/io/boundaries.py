"""Reading the units of a study: township polygons from any vector file."""

import geopandas as gpd
import shapely
from pyproj import CRS

from ..core.crs import LONLAT, is_metric, scale_error, system, to_working, working_crs
from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.config import RegionConfig
from ..domain.region import Region, not_metric
from .cells import cell_text
from .columns import find_column, need_columns
from .paths import Folder
from .vectors import read_vector, recorded

_SCALE_ERROR = 0.01


def read_region(folder: Folder, config: RegionConfig, crs: str | None = None) -> Region:
    """Return the region of a boundary file, in metres.

    Parameters
    ----------
    folder, config
        The study's folder, and what it says of the units.
    crs
        Projected system to work in; by the place of the county where it is None.

    Raises
    ------
    InputError
        With every fault of the file: missing columns, duplicate codes, missing or invalid
        polygons, codes of ``only`` that do not exist.
    """
    full = folder.find(config.units, "region.units")
    file = config.units.as_posix()
    frame, crs_from = read_vector(full, file, table=config.table, crs=config.crs)
    given = recorded(config.crs, frame.crs)
    folder.note(config.units, full, len(frame), crs=given, crs_from=crs_from)
    problems = Problems()
    keys = dict.fromkeys(["code", "name", *config.columns])
    columns = need_columns(file, frame.columns, keys, config.columns, problems)
    problems.raise_if_any()
    kind = find_column(frame.columns, "kind", config.columns)
    frame["_row"] = range(2, len(frame) + 2)
    code = frame[columns["code"]].map(_code_text)
    _check_codes(frame, code, file, columns["code"], problems)
    _check_names(frame, file, columns["name"], problems)
    frame[columns["code"]] = code
    if config.only:
        _check_only(config.only, list(code), file, columns["code"], problems)
        frame = frame[code.isin(config.only)].reset_index(drop=True)
    _check_polygons(frame, file, problems)
    problems.raise_if_any()
    moved = to_working(frame, _metric_crs(frame, crs))
    moved = moved.set_geometry(_still_valid(moved))
    return Region.from_frame(moved, code=columns["code"], name=columns["name"], kind=kind)


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


def _check_polygons(frame: gpd.GeoDataFrame, file: str, problems: Problems) -> None:
    for row, shape in zip(frame["_row"], frame.geometry, strict=True):
        fault = _polygon_fault(shape)
        if fault is not None:
            found, mend = fault
            problems.add(
                Problem(
                    code="region.bad_polygon",
                    what=Text(
                        "单元的边界不是有效的多边形", "a unit's boundary is no valid polygon"
                    ),
                    file=file,
                    row=int(row),
                    found=found,
                    expected=Text("不自相交的面", "a polygon that does not cross itself"),
                    mend=mend,
                )
            )


def _polygon_fault(shape: shapely.Geometry | None) -> tuple[str, Text] | None:
    """Return what a boundary is and how to mend it, None where it is a valid polygon."""
    if shape is None or shape.is_empty:
        return "", Text("补画该单元的边界，或删去该记录", "draw its boundary, or remove the record")
    if shape.geom_type not in {"Polygon", "MultiPolygon"}:
        return shape.geom_type, _TO_POLYGONS
    if not shape.is_valid:
        return shapely.is_valid_reason(shape), _FIX
    return None


_TO_POLYGONS = Text(
    "给出面文件；边界线可用 QGIS 的“线转多边形”转换",
    "give a file of polygons; QGIS's Polygonize makes them from lines",
)
_FIX = Text(
    "在 QGIS 中用“修正几何图形”修复（不要用零距离缓冲，它会丢面积）",
    "repair it with QGIS's Fix geometries (not with a buffer of 0: it loses area)",
)
