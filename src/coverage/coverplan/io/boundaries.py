"""Reading the units of a study: township polygons from any vector file."""

import geopandas as gpd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from ..core.crs import LONLAT, is_metric, to_working, working_crs
from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.config import RegionConfig
from ..domain.region import Region
from .columns import find_column, need_columns
from .paths import Folder
from .vectors import read_vector


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
    frame = read_vector(full, file, table=config.table)
    folder.note(config.units, full, len(frame))
    problems = Problems()
    columns = need_columns(file, frame.columns, ["code", "name"], config.columns, problems)
    problems.raise_if_any()
    kind = find_column(frame.columns, "kind", config.columns)
    frame["_row"] = range(2, len(frame) + 2)
    code = frame[columns["code"]].map(_code_text)
    _check_codes(frame, code, file, columns["code"], problems)
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
    text = str(value).strip()
    return text.removesuffix(".0")


def _metric_crs(frame: gpd.GeoDataFrame, crs: str | None) -> CRS:
    if crs is None:
        west, south, east, north = frame.geometry.to_crs(LONLAT).total_bounds
        return working_crs((west + east) / 2, (south + north) / 2)
    try:
        given = CRS.from_user_input(crs)
    except CRSError:
        given = None
    if given is None or not is_metric(given):
        raise InputError(
            [
                Problem(
                    code="crs.not_metric",
                    what=Text(
                        "研究文件的 crs 必须是以米为单位的投影坐标系",
                        "crs in the study file must be a projected system in metres",
                    ),
                    found=crs,
                    expected=Text("例如 EPSG:4549", "for example EPSG:4549"),
                    mend=Text("改正，或删去这一行由程序选择", "correct it, or leave it out"),
                )
            ]
        )
    return given


def _still_valid(frame: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Mend the rare polygon that was valid in degrees and is not quite so in metres."""
    geometry = frame.geometry
    return geometry.where(geometry.is_valid, geometry.make_valid())


def _check_codes(
    frame: gpd.GeoDataFrame, code: "gpd.pd.Series", file: str, column: str, problems: Problems
) -> None:
    for row in frame.loc[code.isin(["", "nan", "None", "<NA>"]), "_row"]:
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
    for value in sorted(set(code[code.duplicated()])):
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
    geometry = frame.geometry
    for row, shape in zip(frame["_row"], geometry, strict=True):
        if shape is None or shape.is_empty:
            found = "empty"
        elif shape.geom_type not in {"Polygon", "MultiPolygon"}:
            found = shape.geom_type
        elif not shape.is_valid:
            found = shapely.is_valid_reason(shape)
        else:
            continue
        problems.add(
            Problem(
                code="region.bad_polygon",
                what=Text("单元的边界不是有效的多边形", "a unit's boundary is no valid polygon"),
                file=file,
                row=int(row),
                found=found,
                expected=Text("不自相交的面", "a polygon that does not cross itself"),
                mend=Text(
                    "在 QGIS 中用“修正几何图形”修复（不要用零距离缓冲，它会丢面积）",
                    "repair it with QGIS's Fix geometries (not with a buffer of 0: it loses area)",
                ),
            )
        )
