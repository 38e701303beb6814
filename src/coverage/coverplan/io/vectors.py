"""Reading geometry: files, files within a zip, tables of a database, each with a known system."""

import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from ..core.crs import LONLAT, system
from ..core.datum import Datum, datum_named, to_wgs84
from ..core.errors import InputError, Problem, Problems
from ..core.text import Text
from ..domain.database import DatabaseUrl
from .archives import archive_of, unpacked
from .content import empty, other_encoding, unreadable
from .database import password_note, read_database
from .extents import check_extent
from .opening import read_file
from .paths import CrsFrom


def read_vector(
    full: Path,
    file: str,
    *,
    table: str | None = None,
    crs: str | None = None,
    formats: str = "vector",
    encoding: str | None = None,
    problems: Problems | None = None,
) -> tuple[gpd.GeoDataFrame, CrsFrom]:
    """Return the features of a file, a file in a zip or a table of a database, in a known system.

    Beside them: whether the file or the study states that system.

    Parameters
    ----------
    full, file
        Where it is, and its name for messages. ``towns.zip/inner.shp`` is a file within a zip, a
        `DatabaseUrl` a table of PostGIS.
    table
        Layer of a file that has several.
    crs
        System to take where the file states none; it never overrides what the file states. A
        shifted datum (GCJ-02, BD-09) is of the coordinates whatever the file states, for no file
        can state it: they come back in WGS 84.
    formats
        What could have been read here, for messages: a key of `coverplan.io.content.FORMATS`.
    encoding
        Of the text of a file that does not state it (shapefiles, MapInfo); None: recognised.
    problems
        Where goes what a planner should know of how it was read: warnings.

    Raises
    ------
    InputError
        When it cannot be read, is empty, leads to other files, states no system, states one that
        its coordinates contradict, or its coordinates are not finite or at zero.
    MissingExtraError
        When a database is asked for and the extra ``postgis`` is not installed.
    """
    notes = Problems() if problems is None else problems
    frame = _frame(full, file, formats, table, encoding, notes)
    if not len(frame):
        raise InputError([empty(file)])
    frame.columns = [str(column) for column in frame.columns]
    crs_from: CrsFrom = "file"
    if frame.crs is None or system(frame.crs) is None:
        crs_from = "study"
        frame = frame.set_crs(stated_crs(crs, file), allow_override=True)
    check_extent(frame, file)
    frame, datum = frame.reset_index(drop=True), datum_named(crs)
    if datum is None:
        return frame, crs_from
    return frame.set_geometry(unshifted(frame.geometry, datum)), "study"


def _frame(
    full: Path, file: str, formats: str, table: str | None, encoding: str | None, notes: Problems
) -> gpd.GeoDataFrame:
    if isinstance(full, DatabaseUrl):
        said = [password_note(full)] if full.password is not None else []
        try:
            frame = read_database(full)
        except InputError as error:
            raise InputError([*error.problems, *said]) from error
        notes.extend(said)
        return frame
    found = archive_of(full)
    place = full if found is None else found[0]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if found is None:
                return read_file(full, file, formats, table, encoding, notes)
            with unpacked(*found, file, formats) as inner:
                return read_file(inner, file, formats, table, encoding, notes)
    except InputError:
        raise
    except UnicodeError as error:
        raise InputError([other_encoding(file, encoding)]) from error
    except Exception as error:
        # GDAL, GEOS and Arrow say many things of a damaged file.
        raise InputError([unreadable(place, file, formats)]) from error


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
