"""Reading geometry files, and refusing coordinates whose unit cannot be trusted."""

import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyproj import CRS

from ..core.crs import LONLAT, is_metric, looks_like_degrees, system
from ..core.datum import Datum, datum_named, to_wgs84
from ..core.errors import InputError, Problem
from ..core.gausskrueger import Zone, is_plain_easting, zone_of, zone_written
from ..core.text import Text
from .content import empty, no_table, unreadable
from .paths import CrsFrom


def read_vector(
    full: Path,
    file: str,
    *,
    table: str | None = None,
    crs: str | None = None,
    formats: str = "vector",
) -> tuple[gpd.GeoDataFrame, CrsFrom]:
    """Return the features of a file GDAL or GeoParquet can read, with a trustworthy CRS.

    Beside them: whether the file or the study states that CRS.

    Parameters
    ----------
    full, file
        Where it is, and its name for messages.
    table
        Layer of a file that has several.
    crs
        System to take where the file states none; it never overrides what the file states. A
        shifted datum (GCJ-02, BD-09) is of the coordinates whatever the file states, for no file
        can state it: they come back in WGS 84.
    formats
        What could have been read here, for messages: a key of `coverplan.io.content.FORMATS`.

    Raises
    ------
    InputError
        When the file cannot be read, is empty, states no CRS, states one that its coordinates
        contradict, or its coordinates are not finite.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = _read(full, file, table)
    except InputError:
        raise
    except Exception as error:
        why = None
        if "geo metadata" in str(error):
            why = Text("没有几何（不是 GeoParquet）", "no geometry: it is no GeoParquet file")
        raise InputError([unreadable(full, file, formats, why)]) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        why = Text("只有属性，没有几何", "attributes without geometry")
        raise InputError([unreadable(full, file, formats, why)])
    if not len(frame):
        raise InputError([empty(file)])
    frame.columns = [str(column) for column in frame.columns]
    crs_from: CrsFrom = "file"
    if frame.crs is None or system(frame.crs) is None:
        crs_from = "study"
        frame = frame.set_crs(stated_crs(crs, file), allow_override=True)
    _check_extent(frame, file)
    frame, datum = frame.reset_index(drop=True), datum_named(crs)
    if datum is None:
        return frame, crs_from
    return frame.set_geometry(unshifted(frame.geometry, datum)), "study"


def unshifted(shapes: gpd.GeoSeries, datum: Datum | None) -> gpd.GeoSeries:
    """Return shapes given in a shifted datum in WGS 84; as they are where the datum is None.

    Parameters
    ----------
    shapes
        In degrees, or projected from degrees of the datum.
    datum
        GCJ-02 or BD-09.
    """
    if datum is None:
        return shapes
    degrees = shapes.to_crs(LONLAT)

    def move(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], datum))

    moved = shapely.transform(shapely.force_2d(degrees.to_numpy()), move)
    return gpd.GeoSeries(moved, index=shapes.index, crs=LONLAT, name=shapes.name)


def recorded(crs: str | None, found: CRS) -> CRS | str:
    """Return what the record of a run says of a file's coordinates: the datum, or the system.

    Parameters
    ----------
    crs, found
        What the study states, and the system the coordinates were read in.
    """
    return datum_named(crs) or found


def _read(full: Path, file: str, table: str | None) -> gpd.GeoDataFrame:
    if full.suffix.lower() in {".parquet", ".geoparquet"}:
        return gpd.read_parquet(full)
    there = pyogrio.list_layers(full)
    names = [str(name) for name, kind in there if kind is not None]
    if table is not None and table not in names:
        raise InputError([no_table(file, table, names)])
    if table is None and len(names) > 1:
        raise InputError([_which(file, names)])
    return pyogrio.read_dataframe(full, layer=table or (names[0] if names else None))


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


def stated_crs(crs: str | None, file: str) -> CRS:
    """Return the CRS a study states for a file that names none itself."""
    found = LONLAT if datum_named(crs) else system(crs) if crs is not None else None
    if found is not None:
        return found
    raise InputError(
        [
            Problem(
                code="crs.unknown",
                what=Text("文件没有说明坐标系", "the file states no coordinate system")
                if crs is None
                else Text("不认识的坐标系", "the coordinate system is not known"),
                file=file,
                found=crs,
                expected=Text("例如 EPSG:4490（CGCS2000）", "for example EPSG:4490 (CGCS2000)"),
                mend=Text(
                    '补上 .prj 文件，或在研究文件中写明 crs = "EPSG:…"',
                    'add the .prj file, or say in the study file: crs = "EPSG:..."',
                ),
            )
        ]
    )


def _check_extent(frame: gpd.GeoDataFrame, file: str) -> None:
    shapes = frame.geometry.to_numpy()
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    if not len(coordinates):
        raise InputError([empty(file)])
    bad = np.unique(owner[~np.isfinite(coordinates).all(axis=1)])
    if len(bad):
        raise InputError([_extent(file, None, "crs.not_finite", int(i) + 2) for i in bad])
    x0, y0 = (float(value) for value in coordinates.min(axis=0))
    x1, y1 = (float(value) for value in coordinates.max(axis=0))
    crs = CRS.from_user_input(frame.crs)
    found = f"x {x0:g} … {x1:g}, y {y0:g} … {y1:g} ({crs.to_string()[:20]})"
    degrees = looks_like_degrees((x0, y0, x1, y1))
    if is_metric(crs) and degrees:
        raise InputError([_extent(file, found, "crs.degrees_as_metres")])
    zone = _other_zone(crs, coordinates[:, 0])
    if zone is not None:
        raise InputError([_zone_number(file, found, crs, zone)])
    if crs.is_geographic and not degrees:
        outside = (np.abs(coordinates) > (180.0, 90.0)).any(axis=1)
        rows = np.unique(owner[outside])
        if len(rows) < np.unique(owner).size:
            raise InputError(
                [_extent(file, found, "crs.metres_as_degrees", int(i) + 2) for i in rows]
            )
        raise InputError([_extent(file, found, "crs.metres_as_degrees")])


def _other_zone(crs: CRS, eastings: np.ndarray) -> Zone | None:
    """Return the zone eastings are written in, where the zone a file states is written otherwise.

    Whether the number of the zone stands before its eastings is a matter of the file's system: a
    file that states one and holds the other lies thousands of kilometres away.
    """
    stated, written = zone_of(crs), zone_written(eastings)
    if stated is None:
        return None
    if stated.prefixed and is_plain_easting(eastings).all():
        return stated.otherwise()
    return written if written is not None and not stated.prefixed else None


def _zone_number(file: str, found: str, crs: CRS, zone: Zone) -> Problem:
    return Problem(
        code="crs.zone_number",
        what=Text(
            f"坐标的带号写法与文件声明的坐标系（{crs.name}）不符",
            f"eastings are written with or without a zone number, unlike the system the file "
            f"states ({crs.name})",
        ),
        file=file,
        found=found,
        expected=Text(f"坐标像是 {zone.epsg}（{zone.crs.name}）", f"{zone.epsg} ({zone.crs.name})"),
        mend=Text(
            f"在 GIS 软件中把该图层的坐标系改为 {zone.epsg}（不是重投影），再导出",
            f"in a GIS set the system of the layer to {zone.epsg} (do not reproject), and export",
        ),
    )


_EXTENT_WORDS = {
    "crs.not_finite": Text("坐标不是有限的数", "there are coordinates that are not finite"),
    "crs.degrees_as_metres": Text(
        "坐标系声明以米为单位，但坐标像是经纬度（度）",
        "the coordinate system is in metres, but the coordinates look like degrees",
    ),
    "crs.metres_as_degrees": Text(
        "坐标系声明为经纬度，但坐标超出经纬度范围（像是米）",
        "the coordinate system is in degrees, but the coordinates are outside their range",
    ),
}


def _extent(file: str, found: str | None, code: str, row: int | None = None) -> Problem:
    return Problem(
        code=code,
        what=_EXTENT_WORDS[code],
        file=file,
        row=row,
        found=found,
        mend=Text(
            "在 GIS 软件中核对并改正该文件的坐标系声明后重新导出",
            "correct the coordinate system of this file in a GIS and export it again",
        ),
    )
